package dev.midge.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `midge loadtest compare`: runs scenarios against several brokers in turn, so that what else the
/// machine does falls on all of them.
@Command(
    name = "compare",
    description = "Runs scenarios against brokers in turn and tells medians and ratios.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n")
final class CompareCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private RunOptions options;

  @Parameters(
      paramLabel = "NAME=URL,PID",
      arity = "1..*",
      description = "The brokers; ratios are those to the last one.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many rounds; 3 if left out.")
  private int rounds;

  @Option(
      names = "--only",
      paramLabel = "SCENARIO",
      split = ",",
      description = "The scenarios to run; all of them if left out.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() {
    try {
      return compare();
    } catch (LoadFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private int compare() {
    List<Target> brokers = targets.stream().map(Target::named).toList();
    brokers.forEach(options::requireAllowed);
    List<Scenario> scenarios = options.scenarios(names);
    Progress progress = Progress.on(spec.commandLine().getErr());
    Comparison comparison = new Comparison(brokers.stream().map(Target::name).toList());
    List<Result> results = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      for (Scenario scenario : scenarios) {
        for (Target broker : brokers) {
          try {
            Result result = Bench.run(scenario, broker, progress);
            options.record(result);
            comparison.add(result);
            results.add(result);
          } catch (LoadFailure e) {
            // One broker that cannot do it is no reason to know nothing of the others.
            failed.add(scenario.name() + " on " + broker.name() + ": " + e.getMessage());
          }
        }
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    comparison.table().forEach(out::println);
    List<Result> flawed = results.stream().filter(result -> !result.isFlawless()).toList();
    if (!flawed.isEmpty()) {
      out.println();
      Results.table(flawed).forEach(out::println);
    }
    out.flush();
    options.report(comparison.targets(), results);
    failed.forEach(spec.commandLine().getErr()::println);
    return flawed.isEmpty() && failed.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }
}
