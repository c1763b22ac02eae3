package dev.midge.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// Results for people, as a table, and for programs, as lines of JSON.
final class Results {

  private static final String UNKNOWN = "-";
  private static final int MEGABYTE = 1 << 20;

  private Results() {}

  /// A table of all results.
  static List<String> table(List<Result> results) {
    return aligned(rows(results));
  }

  /// That table cell by cell, with its heading.
  static List<List<String>> rows(List<Result> results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "SCENARIO",
            "TARGET",
            "COUNT",
            "PER SECOND",
            "CPU µs EACH",
            "GENERATOR µs",
            "RSS MB",
            "WRITTEN B EACH",
            "GROWTH B EACH",
            "LOST",
            "TWICE",
            "DISORDER",
            "BROKEN",
            "P50 µs",
            "P90 µs",
            "P99 µs",
            "P99.9 µs",
            "P99.99 µs",
            "MAX µs"));
    for (Result result : results) {
      rows.add(
          List.of(
              result.scenario(),
              result.target(),
              whole(result.count()),
              whole(result.perSecond()),
              decimal(result.cpuMicrosEach()),
              decimal(result.generatorMicrosEach()),
              result.rssBytes() == 0 ? UNKNOWN : whole((double) result.rssBytes() / MEGABYTE),
              whole(result.writtenBytesEach()),
              whole(result.growthBytesEach()),
              whole(result.lost()),
              whole(result.duplicate()),
              whole(result.outOfOrder()),
              whole(result.failures()),
              whole(result.latency().p50()),
              whole(result.latency().p90()),
              whole(result.latency().p99()),
              whole(result.latency().p999()),
              whole(result.latency().p9999()),
              whole(result.latency().max())));
    }
    return rows;
  }

  /// One result as a line of JSON; what is not known is null.
  static String json(Result result) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("scenario", result.scenario());
      json.writeStringField("target", result.target());
      json.writeNumberField("count", result.count());
      number(json, "seconds", result.seconds());
      number(json, "per_second", result.perSecond());
      number(json, "cpu_micros_each", result.cpuMicrosEach());
      number(json, "generator_micros_each", result.generatorMicrosEach());
      json.writeNumberField("rss_bytes", result.rssBytes());
      number(json, "written_bytes_each", result.writtenBytesEach());
      number(json, "growth_bytes_each", result.growthBytesEach());
      json.writeNumberField("lost", result.lost());
      json.writeNumberField("duplicate", result.duplicate());
      json.writeNumberField("out_of_order", result.outOfOrder());
      json.writeNumberField("failures", result.failures());
      number(json, "p50_micros", result.latency().p50());
      number(json, "p90_micros", result.latency().p90());
      number(json, "p99_micros", result.latency().p99());
      number(json, "p999_micros", result.latency().p999());
      number(json, "p9999_micros", result.latency().p9999());
      number(json, "max_micros", result.latency().max());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException(e); // Nothing is written but to memory.
    }
    return text.toString();
  }

  /// Rows as lines, their cells under each other: the first two to the left, figures to the right.
  /// Columns in which no figure is known are left out.
  static List<String> aligned(List<List<String>> rows) {
    List<String> lines = new ArrayList<>(Collections.nCopies(rows.size(), ""));
    for (int column = 0; column < rows.getFirst().size(); column++) {
      int c = column;
      if (!isKnown(rows, c)) {
        continue;
      }
      int width = rows.stream().mapToInt(row -> row.get(c).length()).max().orElse(0);
      for (int i = 0; i < rows.size(); i++) {
        String format = (column < 2 ? "%-" : "%") + width + "s";
        String gap = column == 0 ? "" : "  ";
        lines.set(i, lines.get(i) + gap + format.formatted(rows.get(i).get(column)));
      }
    }
    return lines.stream().map(String::stripTrailing).toList();
  }

  /// Whether any row but the heading has a figure in a column.
  static boolean isKnown(List<List<String>> rows, int column) {
    return rows.stream().skip(1).anyMatch(row -> !row.get(column).equals(UNKNOWN));
  }

  /// A figure with three digits that count.
  static String decimal(double figure) {
    if (Double.isNaN(figure)) {
      return UNKNOWN;
    }
    int decimals = figure >= 100 ? 0 : figure >= 10 ? 1 : figure >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", figure);
  }

  private static String whole(long figure) {
    return String.format(Locale.ROOT, "%,d", figure);
  }

  private static String whole(double figure) {
    return Double.isNaN(figure) ? UNKNOWN : String.format(Locale.ROOT, "%,.0f", figure);
  }

  private static void number(JsonGenerator json, String name, double figure) throws IOException {
    if (Double.isNaN(figure)) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, figure);
    }
  }
}
