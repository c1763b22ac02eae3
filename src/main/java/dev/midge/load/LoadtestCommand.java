package dev.midge.load;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `midge loadtest`: runs scenarios against a broker.
@Command(
    name = "loadtest",
    description = "Puts a load on a broker and tells what it costs and whether all arrives.",
    subcommands = {CompareCommand.class, SweepCommand.class, DurableCommand.class},
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every message arrived once and in order",
      "1:some did not, or the load could not be run",
      "2:wrong option"
    })
public final class LoadtestCommand implements Callable<Integer> {

  private static final Path ENDPOINTS = Path.of("data", "endpoints.env");

  @Spec private CommandSpec spec;

  @Mixin private RunOptions options;

  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..*",
      description = "The scenarios to run; all of them if left out.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "URL",
      description =
          "The broker, like mqtt://localhost:1883, or mqtts, ws or wss. If left out: the"
              + " environment's MQTT_URL, else the server whose data/endpoints.env is here, else"
              + " localhost:1883.")
  private @Nullable String url;

  @Option(
      names = "--pid",
      paramLabel = "PID",
      defaultValue = "0",
      description = "The broker's process on this machine, whose CPU and memory to read.")
  private long pid;

  @Option(names = "--list", description = "Tells which scenarios there are, and runs none.")
  private boolean list;

  /// A command that has yet to be given its arguments.
  public LoadtestCommand() {}

  @Override
  public Integer call() {
    try {
      List<Scenario> scenarios = options.scenarios(names);
      return list ? list(scenarios) : run(scenarios);
    } catch (LoadFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int run(List<Scenario> scenarios) {
    String standard = Target.standardUrl(System.getenv(), ENDPOINTS);
    Target target = Target.of(url == null ? standard : url, pid);
    options.requireAllowed(target);
    Progress progress = Progress.on(spec.commandLine().getErr());
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      Result result = Bench.run(scenario, target, progress);
      options.record(result);
      results.add(result);
    }
    print(Results.table(results));
    options.report(List.of(target.name()), results);
    return results.stream().allMatch(Result::isFlawless) ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private int list(List<Scenario> scenarios) {
    print(
        scenarios.stream()
            .map(scenario -> "%-24s %s".formatted(scenario.name(), scenario.summary()))
            .toList());
    return ExitCode.OK;
  }

  private void print(List<String> lines) {
    PrintWriter out = spec.commandLine().getOut();
    lines.forEach(out::println);
    out.flush();
  }
}
