package dev.midge;

import dev.midge.listener.Endpoint;
import dev.midge.listener.ShellWord;
import dev.midge.listener.Transport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The open endpoints as a table for a terminal, with a line to paste for each.
record EndpointTable(List<Endpoint> endpoints) {

  /// The lines of the table, the headings first.
  List<String> lines() {
    int nameWidth = width("NAME", Endpoint::name);
    int urlWidth = width("URL", Endpoint::url);
    String format = "%-" + nameWidth + "s  %-" + urlWidth + "s  %s";
    List<String> lines = new ArrayList<>();
    lines.add(format.formatted("NAME", "URL", "TRY IT"));
    for (Endpoint endpoint : endpoints) {
      lines.add(format.formatted(endpoint.name(), endpoint.url(), tryIt(endpoint)));
    }
    return lines;
  }

  private int width(String heading, Function<Endpoint, String> column) {
    return Math.max(
        heading.length(), endpoints.stream().map(column).mapToInt(String::length).max().orElse(0));
  }

  /// A command that subscribes. mosquitto_sub does not speak WebSocket everywhere, MQTT.js does.
  private static String tryIt(Endpoint endpoint) {
    boolean isTcp = endpoint.transport() != Transport.WEBSOCKET;
    String client =
        isTcp
            ? "mosquitto_sub"
            : "npx mqtt sub -l " + endpoint.transport().scheme(endpoint.tls() != null);
    return client
        + trust(endpoint, isTcp ? "--cafile" : "--ca")
        + " -h "
        + endpoint.host()
        + " -p "
        + endpoint.port()
        + " -t 'demo/#' -v";
  }

  /// The options for TLS, with the file as it is from here.
  private static String trust(Endpoint endpoint, String option) {
    Endpoint.Tls tls = endpoint.tls();
    if (tls == null) {
      return "";
    }
    Path here = Path.of("").toAbsolutePath();
    Path file = tls.caFile().startsWith(here) ? here.relativize(tls.caFile()) : tls.caFile();
    String own =
        endpoint.auth() == Endpoint.Auth.CERTIFICATE ? " --cert client.crt --key client.key" : "";
    return " " + option + " " + new ShellWord(file.toString()) + own;
  }
}
