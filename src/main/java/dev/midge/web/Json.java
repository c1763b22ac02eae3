package dev.midge.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Makes texts in JSON.
final class Json {
  /// What is written.
  interface Writing {
    /// Writes it.
    void to(JsonGenerator json) throws IOException;
  }

  private Json() {}

  /// The text, in one line.
  static String text(Writing writing) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      writing.to(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return text + "\n";
  }
}
