package dev.midge;

import dev.midge.listener.Endpoint;
import dev.midge.listener.ShellWord;
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

  /// A command that shows that it works, with files as they are from here.
  private static String tryIt(Endpoint endpoint) {
    Endpoint.Tls tls = endpoint.tls();
    if (tls == null || tls.caFile() == null) {
      return endpoint.command(endpoint.host(), "");
    }
    Path here = Path.of("").toAbsolutePath();
    Path file = tls.caFile().startsWith(here) ? here.relativize(tls.caFile()) : tls.caFile();
    return endpoint.command(endpoint.host(), new ShellWord(file.toString()).toString());
  }
}
