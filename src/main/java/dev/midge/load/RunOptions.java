package dev.midge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that both load commands have.
final class RunOptions {

  @Option(
      names = "--scenarios",
      paramLabel = "DIR",
      defaultValue = "${env:MIDGE_SCENARIOS:-loadtest}",
      description = "The folder of the scenarios' files.")
  private Path folder;

  @Option(
      names = "--seconds",
      paramLabel = "WARM-UP,MEASURE",
      description = "Times for all scenarios, instead of those in their files.")
  private @Nullable String seconds;

  @Option(
      names = "--small",
      description = "Runs everything short and with few clients: to see that it works.")
  private boolean small;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Appends each result to this file, as a line of JSON.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a report with charts to this file in the end.")
  private @Nullable Path html;

  @Option(
      names = "--i-may-load-this-host",
      description = "Allows a target that is not in this machine or a private network.")
  private boolean mayLoad;

  /// The scenarios of these names, or all.
  List<Scenario> scenarios(List<String> names) {
    return scenarios("", names);
  }

  /// Whether everything is to be short.
  boolean isSmall() {
    return small;
  }

  /// Refuses a target that is somebody else's, as far as one can know.
  void requireAllowed(Target target) {
    if (!mayLoad && !target.isNear()) {
      throw new LoadFailure(
          target.address()
              + " is not in this machine or a private network. If its owner allows you to load it,"
              + " say so with --i-may-load-this-host.");
    }
  }

  /// Writes a result down.
  void record(Result result) {
    if (json != null) {
      try {
        Files.writeString(
            json,
            Results.json(result) + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new LoadFailure(json + ": cannot be written (" + e + ")", e);
      }
    }
  }

  /// Writes the report, if one is wanted.
  void report(List<String> targets, List<Result> results) {
    if (html != null) {
      Comparison comparison = new Comparison(targets);
      results.forEach(comparison::add);
      new Report(comparison, results).write(html);
    }
  }

  /// The folder of the scenarios' files.
  Path folder() {
    return folder;
  }

  /// The scenarios of a folder in that one, of these names, or all.
  List<Scenario> scenarios(String within, List<String> names) {
    return ScenarioFiles.named(ScenarioFiles.read(folder.resolve(within)), names).stream()
        .map(this::adjusted)
        .toList();
  }

  private Scenario adjusted(Scenario scenario) {
    if (small) {
      return scenario.small();
    }
    if (seconds == null) {
      return scenario;
    }
    String[] parts = seconds.split(",", -1);
    try {
      return scenario.lasting(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new LoadFailure("--seconds: two numbers like 3,5 are wanted", e);
    }
  }
}
