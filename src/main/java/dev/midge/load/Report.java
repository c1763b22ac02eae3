package dev.midge.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Results as a page that needs nothing but itself.
final class Report {

  private static final String STYLE =
      """
      body { font: 15px sans-serif; margin: 2em auto; max-width: 80em; padding: 0 1em }
      table { border-collapse: collapse; display: block; overflow-x: auto }
      td, th { padding: .2em .6em; text-align: right; border-bottom: 1px solid #ddd; white-space: nowrap }
      td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left }
      .bar { background: #0072b2; height: 1em; min-width: 1px }
      .bars td { border: 0 }
      .bars td:nth-child(3) { width: 30em }
      h2 { margin-top: 2em }
      """;
  private static final List<String> PERCENTILES =
      List.of("p50", "p90", "p99", "p99.9", "p99.99", "max");

  private final Comparison comparison;
  private final List<Result> results;

  /// @param comparison the same results beside each other
  Report(Comparison comparison, List<Result> results) {
    this.comparison = comparison;
    this.results = results;
  }

  /// Writes the page to a file.
  void write(Path file) {
    try {
      Files.writeString(file, html());
    } catch (IOException e) {
      throw new LoadFailure(file + ": cannot be written (" + e + ")", e);
    }
  }

  private String html() {
    String title = "Load on " + String.join(", ", comparison.targets());
    Markup page = new Markup();
    page.element(
        "html",
        () -> {
          page.element(
              "head",
              () ->
                  page.element("meta", "", "charset", "utf-8")
                      .element("title", title)
                      .element("style", () -> page.markup(STYLE)));
          page.element("body", () -> body(page, title));
        },
        "lang",
        "en");
    return "<!DOCTYPE html>\n" + page + "\n";
  }

  private void body(Markup page, String title) {
    page.element("h1", title);
    page.element("p", machine());
    if (comparison.targets().size() > 1) {
      page.element("h2", "Medians and ratios");
      table(page, comparison.rows());
    }
    page.element("h2", "All runs");
    table(page, Results.rows(results));
    comparison
        .byScenario()
        .forEach((scenario, runs) -> {
          page.element("h2", scenario);
          costs(page, runs);
          latencies(page, runs);
          courses(page, runs);
        });
  }

  /// What it was run on, and when.
  static String machine() {
    return String.format(
        Locale.ROOT,
        "%s; %d cores, %s %s, Java %s; load of the machine at the end: %.1f.",
        ZonedDateTime.now(ZoneId.systemDefault())
            .format(
                DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG).withLocale(Locale.ROOT)),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static void table(Markup page, List<List<String>> rows) {
    page.element(
        "table",
        () -> {
          for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            String cell = i == 0 ? "th" : "td";
            page.element(
                "tr",
                () ->
                    IntStream.range(0, row.size())
                        .filter(column -> Results.isKnown(rows, column))
                        .forEach(column -> page.element(cell, row.get(column))));
          }
        });
  }

  /// A bar for each broker, as long as a message costs it.
  private void costs(Markup page, List<Result> runs) {
    double[] costs =
        comparison.targets().stream()
            .mapToDouble(target -> Comparison.median(runs, target, Comparison.CPU))
            .toArray();
    double most = Arrays.stream(costs).filter(Double::isFinite).max().orElse(0);
    if (most == 0) {
      return;
    }
    page.element("p", "CPU of the broker, µs each:");
    page.element(
        "table",
        () -> {
          for (int i = 0; i < costs.length; i++) {
            String name = comparison.targets().get(i);
            double share = Double.isNaN(costs[i]) ? 0 : 100 * costs[i] / most;
            String width = String.format(Locale.ROOT, "width: %.1f%%", share);
            String figure = Results.decimal(costs[i]);
            page.element(
                "tr",
                () ->
                    page.element("td", name)
                        .element("td", figure)
                        .element(
                            "td", () -> page.element("div", "", "class", "bar", "style", width)));
          }
        },
        "class",
        "bars");
  }

  private void latencies(Markup page, List<Result> runs) {
    List<Plot.Line> lines = new ArrayList<>();
    for (String target : comparison.targets()) {
      List<Latency> known =
          runs.stream()
              .filter(run -> run.target().equals(target) && run.latency().isKnown())
              .map(Result::latency)
              .toList();
      if (!known.isEmpty()) {
        lines.add(
            new Plot.Line(
                target,
                List.of(
                    median(known, Latency::p50),
                    median(known, Latency::p90),
                    median(known, Latency::p99),
                    median(known, Latency::p999),
                    median(known, Latency::p9999),
                    median(known, Latency::max))));
      }
    }
    if (!lines.isEmpty()) {
      page.markup(
          new Plot(
                  "Time from when it was due", "µs, median of the rounds", PERCENTILES, lines, true)
              .svg());
    }
  }

  private static double median(List<Latency> latencies, ToDoubleFunction<Latency> percentile) {
    return Comparison.median(latencies.stream().mapToDouble(percentile).toArray());
  }

  /// How fast it went in each second, in the last round.
  private void courses(Markup page, List<Result> runs) {
    List<Plot.Line> lines = new ArrayList<>();
    int seconds = 0;
    for (String target : comparison.targets()) {
      List<Double> course =
          runs.stream()
              .filter(run -> run.target().equals(target))
              .map(Result::course)
              .reduce(List.of(), (_, last) -> last);
      lines.add(new Plot.Line(target, course));
      seconds = Math.max(seconds, course.size());
    }
    if (seconds > 1) {
      List<String> steps = IntStream.rangeClosed(1, seconds).mapToObj(Integer::toString).toList();
      page.markup(
          new Plot("Course of the last round", "per second, over seconds", steps, lines, false)
              .svg());
    }
  }
}
