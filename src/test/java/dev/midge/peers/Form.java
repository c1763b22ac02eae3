package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One line to or from a client script: names and values, encoded as web forms are, which every
/// language has at hand. A name may have several values.
final class Form {
  private final Map<String, List<String>> fields = new LinkedHashMap<>();

  /// Takes a line apart.
  static Form parse(String line) {
    Form form = new Form();
    for (String field : line.split("&", -1)) {
      int equals = field.indexOf('=');
      form.put(
          URLDecoder.decode(field.substring(0, equals), UTF_8),
          URLDecoder.decode(field.substring(equals + 1), UTF_8));
    }
    return form;
  }

  /// Adds a value.
  Form put(String name, Object value) {
    fields.computeIfAbsent(name, _ -> new ArrayList<>()).add(value.toString());
    return this;
  }

  /// Whether there is a value.
  boolean has(String name) {
    return fields.containsKey(name);
  }

  /// The first value, or an empty text.
  String text(String name) {
    List<String> values = texts(name);
    return values.isEmpty() ? "" : values.getFirst();
  }

  /// All values, in order.
  List<String> texts(String name) {
    return fields.getOrDefault(name, List.of());
  }

  /// The first value as a number, or 0.
  long number(String name) {
    return has(name) ? Long.parseLong(text(name)) : 0;
  }

  /// The line.
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    fields.forEach((name, values) -> {
      for (String value : values) {
        line.append(line.isEmpty() ? "" : "&")
            .append(URLEncoder.encode(name, UTF_8))
            .append('=')
            .append(URLEncoder.encode(value, UTF_8));
      }
    });
    return line.toString();
  }
}
