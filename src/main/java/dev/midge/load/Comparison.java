package dev.midge.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Results of several brokers under the same scenarios, in several rounds: medians, and the ratio
/// of each to the last broker named.
final class Comparison {

  /// A figure that brokers are compared by.
  record Measure(String name, ToDoubleFunction<Result> figure) {}

  static final Measure CPU = new Measure("CPU µs each", Result::cpuMicrosEach);

  private static final List<Measure> MEASURES =
      List.of(
          CPU,
          new Measure("generator CPU µs each", Result::generatorMicrosEach),
          new Measure("per second", Result::perSecond),
          new Measure("RSS growth, bytes each", Result::growthBytesEach),
          new Measure("latency p50, µs", result -> result.latency().p50()),
          new Measure("latency p99, µs", result -> result.latency().p99()),
          new Measure("latency p99.9, µs", result -> result.latency().p999()),
          new Measure("latency p99.99, µs", result -> result.latency().p9999()));

  private final List<String> targets;
  private final Map<String, List<Result>> byScenario = new LinkedHashMap<>();

  Comparison(List<String> targets) {
    this.targets = targets;
  }

  void add(Result result) {
    byScenario.computeIfAbsent(result.scenario(), _ -> new ArrayList<>()).add(result);
  }

  /// The names of scenarios, and what came of each.
  Map<String, List<Result>> byScenario() {
    return byScenario;
  }

  List<String> targets() {
    return targets;
  }

  /// A table with a line for each scenario and figure.
  List<String> table() {
    return Results.aligned(rows());
  }

  /// That table cell by cell, with its heading.
  List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("SCENARIO", "MEDIAN OF"));
    heading.addAll(targets);
    targets
        .subList(0, targets.size() - 1)
        .forEach(target -> heading.add(target + "/" + targets.getLast()));
    rows.add(heading);
    byScenario.forEach((scenario, results) -> {
      for (Measure measure : MEASURES) {
        List<Double> medians =
            targets.stream().map(target -> median(results, target, measure)).toList();
        if (!medians.stream().allMatch(median -> median.isNaN())) {
          rows.add(row(scenario, measure, medians));
        }
      }
    });
    return rows;
  }

  private static List<String> row(String scenario, Measure measure, List<Double> medians) {
    List<String> row = new ArrayList<>(List.of(scenario, measure.name()));
    medians.forEach(median -> row.add(Results.decimal(median)));
    medians
        .subList(0, medians.size() - 1)
        .forEach(median -> row.add(Results.decimal(median / medians.getLast())));
    return row;
  }

  /// The median of the rounds of a broker, or NaN when there is none.
  static double median(List<Result> results, String target, Measure measure) {
    return median(
        results.stream()
            .filter(result -> result.target().equals(target))
            .mapToDouble(measure.figure())
            .toArray());
  }

  /// The median of figures, or NaN when there is none.
  static double median(double... figures) {
    double[] sorted = Arrays.stream(figures).sorted().toArray();
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
