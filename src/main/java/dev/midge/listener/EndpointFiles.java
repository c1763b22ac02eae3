package dev.midge.listener;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.listener.Endpoint.Auth;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The files that tell scripts where the listeners are: `endpoints.json` for programs,
/// `endpoints.env` for shells. Each appears complete or not at all, and both are gone when no
/// server runs, so that a script may wait for them.
public final class EndpointFiles {

  private final Path json;
  private final Path env;

  /// The files in this folder.
  public EndpointFiles(Path folder) {
    this.json = folder.resolve("endpoints.json");
    this.env = folder.resolve("endpoints.env");
  }

  /// Writes both files, `endpoints.env` last.
  public void write(List<Endpoint> endpoints) throws IOException {
    replace(json, json(endpoints));
    replace(env, env(endpoints));
  }

  /// Removes both files, if they are there.
  public void remove() throws IOException {
    Files.deleteIfExists(env);
    Files.deleteIfExists(json);
  }

  private static String json(List<Endpoint> endpoints) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (Endpoint endpoint : endpoints) {
        json.writeStartObject();
        json.writeStringField("name", endpoint.name());
        json.writeStringField("summary", endpoint.summary());
        if (!endpoint.explanation().isEmpty()) {
          json.writeStringField("explanation", endpoint.explanation());
        }
        json.writeStringField("url", endpoint.url());
        json.writeStringField("host", endpoint.host());
        json.writeNumberField("port", endpoint.port());
        json.writeStringField("transport", endpoint.transport().toString());
        json.writeStringField("auth", endpoint.auth().toString());
        Endpoint.Tls tls = endpoint.tls();
        json.writeBooleanField("tls", tls != null);
        if (tls != null) {
          json.writeStringField("ca_file", tls.caFile().toString());
          json.writeStringField("fault", tls.fault().toString());
          json.writeStringField("verdict", tls.expect().verdict().toString());
          json.writeArrayFieldStart("lenient");
          for (String stack : tls.expect().lenient()) {
            json.writeString(stack);
          }
          json.writeEndArray();
          json.writeStringField("self_test", tls.proof().word());
          if (!tls.proof().detail().isEmpty()) {
            json.writeStringField("self_test_detail", tls.proof().detail());
          }
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text + "\n";
  }

  private static String env(List<Endpoint> endpoints) {
    StringBuilder text = new StringBuilder();
    endpoints.stream()
        .filter(endpoint ->
            endpoint.transport() == Transport.TCP
                && endpoint.tls() == null
                && endpoint.auth() == Auth.ANONYMOUS)
        .findFirst()
        .ifPresent(endpoint -> variables(text, "MQTT", endpoint));
    for (Endpoint endpoint : endpoints) {
      String name = endpoint.name().toUpperCase(Locale.ROOT).replace('-', '_');
      variables(text, "MIDGE_" + name, endpoint);
    }
    endpoints.stream()
        .map(Endpoint::tls)
        .filter(Objects::nonNull)
        .findFirst()
        .ifPresent(tls ->
            text.append("MQTT_CA_FILE=")
                .append(new ShellWord(tls.caFile().toString()))
                .append('\n'));
    return text.toString();
  }

  /// No value needs quotes: hosts and paths have none of the characters that a shell minds.
  private static void variables(StringBuilder text, String prefix, Endpoint endpoint) {
    text.append(prefix).append("_URL=").append(endpoint.url()).append('\n');
    text.append(prefix).append("_HOST=").append(endpoint.host()).append('\n');
    text.append(prefix).append("_PORT=").append(endpoint.port()).append('\n');
  }

  private static void replace(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, text);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
