package dev.midge.listener;

import dev.midge.listener.Endpoint.Auth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

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

  private static String json(List<Endpoint> endpoints) {
    String site =
        endpoints.stream()
            .filter(endpoint -> endpoint.transport() == Transport.HTTP && endpoint.tls() == null)
            .map(endpoint -> endpoint.url().replaceFirst("/$", ""))
            .findFirst()
            .orElse("");
    return new EndpointJson(null, site, true).text(endpoints);
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
        .filter(tls -> tls != null && tls.caFile() != null)
        .findFirst()
        .ifPresent(tls ->
            text.append("MQTT_CA_FILE=")
                .append(new ShellWord(String.valueOf(tls.caFile())))
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
