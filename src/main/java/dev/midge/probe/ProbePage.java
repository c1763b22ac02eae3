package dev.midge.probe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.stream.Collectors;

/// What came of a look at a server, for people and programs.
///
/// @param target the server
/// @param round what came of it
public record ProbePage(String target, ProbeRound round) {
  private static final String ROW = "%-4s  %-26s  %-4s  %s%n";

  /// Whether all is as it is promised.
  public boolean isGood() {
    return round.results().stream().allMatch(ProbeResult::isGood);
  }

  /// As a table for a terminal.
  public String table() {
    StringBuilder text = new StringBuilder(ROW.formatted("", "LISTENER", "", "STEPS, ms"));
    for (ProbeResult result : round.results()) {
      text.append(
          ROW.formatted(
              result.isGood() ? "good" : "BAD",
              plain(result.name()),
              result.family(),
              plain(words(result))));
    }
    return text.toString();
  }

  /// What a server says must not tell a terminal what to do.
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String words(ProbeResult result) {
    String steps =
        result.steps().stream()
            .map(step -> String.format(Locale.ROOT, "%s %.1f", step.name(), step.millis()))
            .collect(Collectors.joining(", "));
    return result.isGood()
        ? steps
        : result.problem() + (steps.isEmpty() ? "" : " (after " + steps + ")");
  }

  /// As JSON: the listeners in an array, each with its probes as `GET /api/v1/status` has them.
  public String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("target", target);
      json.writeStringField("looked_at", round.at().toString());
      json.writeArrayFieldStart("listeners");
      for (var problem : round.problems().entrySet()) {
        json.writeStartObject();
        json.writeStringField("name", problem.getKey());
        json.writeBooleanField("up", problem.getValue().isEmpty());
        ProbeJson.write(json, round.of(problem.getKey()));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return text + "\n";
  }

  /// As a page for browsers, which asks for the next one after half a minute.
  public String html() {
    StringBuilder text = new StringBuilder();
    text.append(
            "<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=refresh content=30>")
        .append("<meta name=viewport content=\"width=device-width\"><title>")
        .append(escaped(target))
        .append("</title><h1>")
        .append(escaped(target))
        .append("</h1><p>")
        .append(isGood() ? "All listeners are as they promise." : "Not all is well.")
        .append(" Looked at ")
        .append(escaped(round.at().toString()))
        .append(".</p><table><tr><th>Listener<th><th><th>Steps, ms");
    for (ProbeResult result : round.results()) {
      text.append("<tr><td>")
          .append(escaped(result.name()))
          .append("<td>")
          .append(escaped(result.family()))
          .append("<td>")
          .append(result.isGood() ? "good" : "<strong>bad</strong>")
          .append("<td>")
          .append(escaped(words(result)));
    }
    return text + "</table></html>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
