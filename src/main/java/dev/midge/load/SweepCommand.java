package dev.midge.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `midge loadtest sweep`: runs scenarios in several sizes, and plots what a message costs against
/// the size.
@Command(
    name = "sweep",
    description = "Runs scenarios in several sizes on brokers in turn and plots cost against size.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n")
final class SweepCommand implements Callable<Integer> {

  private static final String FOLDER = "sweeps";

  @Spec private CommandSpec spec;

  @Mixin private RunOptions options;

  @Parameters(
      paramLabel = "NAME=URL,PID",
      arity = "1..*",
      description = "The brokers, each with its process on this machine.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many rounds, of which the medians count; ${DEFAULT-VALUE} if left out.")
  private int rounds;

  @Option(
      names = "--only",
      paramLabel = "SWEEP",
      split = ",",
      description = "The sweeps to run; all of them if left out.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description =
          "Where to put plots and figures; the folder results beside the scenarios if"
              + " left out.")
  private @Nullable Path to;

  @Override
  public Integer call() {
    try {
      return sweep();
    } catch (LoadFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int sweep() {
    List<Target> brokers = targets.stream().map(Target::named).toList();
    for (Target broker : brokers) {
      options.requireAllowed(broker);
      if (broker.pid() == 0) {
        throw new LoadFailure(broker.name() + ": its process is needed, to see what it costs");
      }
    }
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : options.scenarios(FOLDER, names)) {
      Map<Integer, List<Result>> bySize = run(scenario, brokers);
      write(scenario, brokers, bySize);
      bySize.values().forEach(results::addAll);
    }
    Results.table(results).forEach(spec.commandLine().getOut()::println);
    spec.commandLine().getOut().flush();
    options.report(brokers.stream().map(Target::name).toList(), results);
    return results.stream().allMatch(Result::isFlawless) ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private Map<Integer, List<Result>> run(Scenario scenario, List<Target> brokers) {
    Progress progress = Progress.on(spec.commandLine().getErr());
    Map<Integer, List<Result>> bySize = new LinkedHashMap<>();
    // Rounds around sizes: a broker that has to warm up is cold in one round, not in one size.
    for (int round = 0; round < rounds; round++) {
      for (int size : scenario.sweep().sizes()) {
        String name = scenario.name() + "-" + size;
        Scenario sized = scenario.sized(size).but(draft -> draft.name = name);
        List<Result> results = bySize.computeIfAbsent(size, _ -> new ArrayList<>());
        for (Target broker : brokers) {
          Result result = Bench.run(sized, broker, progress);
          options.record(result);
          results.add(result);
        }
      }
    }
    return bySize;
  }

  private void write(Scenario scenario, List<Target> brokers, Map<Integer, List<Result>> bySize) {
    Path folder = to == null ? options.folder().resolve("results") : to;
    List<Plot.Line> lines = new ArrayList<>();
    for (Target broker : brokers) {
      List<Double> costs =
          bySize.values().stream()
              .map(results -> Comparison.median(results, broker.name(), Comparison.CPU))
              .toList();
      lines.add(new Plot.Line(broker.name(), costs));
    }
    String what = scenario.sweep().what().name().toLowerCase(Locale.ROOT);
    Plot plot =
        new Plot(
            scenario.summary(),
            "CPU of the broker in µs for each message, over " + what,
            bySize.keySet().stream().map(SweepCommand::shortened).toList(),
            lines,
            true);
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(scenario.name() + ".svg"), plot.svg() + "\n");
      Files.writeString(
          folder.resolve(scenario.name() + ".json"), json(what, bySize, lines) + "\n");
    } catch (IOException e) {
      throw new LoadFailure(folder + ": cannot be written to (" + e + ")", e);
    }
  }

  /// The figures of a plot: what has which size, and a list of costs for each broker.
  private static String json(
      String what, Map<Integer, List<Result>> bySize, List<Plot.Line> lines) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("measured", Report.machine());
      json.writeStringField("sizes_of", what);
      int[] sizes = bySize.keySet().stream().mapToInt(Integer::intValue).toArray();
      json.writeFieldName("sizes");
      json.writeArray(sizes, 0, sizes.length);
      for (Plot.Line line : lines) {
        double[] costs =
            line.values().stream().mapToDouble(cost -> Math.rint(cost * 1000) / 1000).toArray();
        json.writeFieldName(line.name() + "_cpu_micros_each");
        json.writeArray(costs, 0, costs.length);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException(e); // Nothing is written but to memory.
    }
    return text.toString();
  }

  private static String shortened(int size) {
    if (size >= 1_000_000 && size % 1_000_000 == 0) {
      return size / 1_000_000 + "M";
    }
    return size >= 1000 && size % 1000 == 0 ? size / 1000 + "k" : Integer.toString(size);
  }
}
