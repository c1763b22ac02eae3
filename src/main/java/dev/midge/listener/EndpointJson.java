package dev.midge.listener;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.certs.Fault;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What programs are told of the open listeners: the same in `endpoints.json` and on the web site,
/// as far as it does not depend on where they are.
///
/// @param host the host as they know it, or null for the one that each listener is bound to
/// @param site how the address of each page of the web site begins, or an empty string if they
///   cannot reach it
/// @param isHere whether they are on this machine, and can read its files
public record EndpointJson(@Nullable String host, String site, boolean isHere) {

  /// All of them, as an array.
  public String text(List<Endpoint> endpoints) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (Endpoint endpoint : endpoints) {
        json.writeStartObject();
        write(json, endpoint);
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return text + "\n";
  }

  private void write(JsonGenerator json, Endpoint endpoint) throws IOException {
    String known = host == null ? endpoint.host() : host;
    json.writeStringField("name", endpoint.name());
    json.writeStringField("summary", endpoint.summary());
    if (!endpoint.explanation().isEmpty()) {
      json.writeStringField("explanation", endpoint.explanation());
      if (!site.isEmpty()) {
        json.writeStringField("page", site + "/faults#" + endpoint.name());
      }
    }
    json.writeStringField("url", endpoint.url(known));
    json.writeStringField("host", known);
    json.writeNumberField("port", endpoint.port());
    json.writeStringField("transport", endpoint.transport().toString());
    json.writeStringField("auth", endpoint.auth().toString());
    json.writeStringField("connect", endpoint.expect().connect().toString());
    json.writeBooleanField("tls", endpoint.tls() != null);
    if (endpoint.tls() != null) {
      write(json, endpoint.expect(), endpoint.tls());
    }
  }

  private void write(JsonGenerator json, Expect expect, Endpoint.Tls tls) throws IOException {
    Fault fault = expect.fault();
    json.writeStringField("fault", fault.toString());
    json.writeStringField("verdict", expect.verdict().toString());
    json.writeArrayFieldStart("lenient");
    for (String stack : expect.lenient()) {
      json.writeString(stack);
    }
    json.writeEndArray();
    Path caFile = tls.caFile();
    if (caFile != null && !site.isEmpty()) {
      json.writeStringField("ca", site + "/" + caFile.getFileName());
    }
    if (caFile != null && isHere) {
      json.writeStringField("ca_file", caFile.toString());
    }
    json.writeStringField("self_test", tls.proof().word());
    if (!tls.proof().detail().isEmpty()) {
      json.writeStringField("self_test_detail", tls.proof().detail());
    }
  }
}
