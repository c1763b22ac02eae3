package dev.midge;

import dev.midge.listener.Endpoint;
import dev.midge.listener.Transport;
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
    String client = endpoint.transport() == Transport.TCP ? "mosquitto_sub" : "npx mqtt sub -l ws";
    return client + " -h " + endpoint.host() + " -p " + endpoint.port() + " -t 'demo/#' -v";
  }
}
