package dev.midge.load;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/// `midge loadtest durable`: starts brokers of its own, fills them, stops and kills them, and tells
/// what keeping messages costs.
@Command(
    name = "durable",
    description = {
      "Starts brokers that keep messages, fills, stops, kills and drains them, and tells what that"
          + " costs and whether all is there afterwards.",
      "",
      "Parts: backlog (a million messages over 10,000 sessions: filled, SIGKILL, SIGTERM, drained),"
          + " wide (ten million, each message for a thousand sessions), rate (64 publishers, QoS 1,"
          + " sessions that last; and one publisher with one message at a time), steady (the same"
          + " load for long)."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all aims are met",
      "1:some are not, or the load could not be run",
      "2:wrong option"
    })
final class DurableCommand implements Callable<Integer> {

  private static final int SESSIONS = 10_000;
  private static final String SCENARIO = "kept";

  /// What can be measured.
  private enum Part {
    backlog,
    wide,
    rate,
    steady
  }

  @Spec private CommandSpec spec;

  @Mixin private RunOptions options;

  @Parameters(
      paramLabel = "PART",
      arity = "0..*",
      description = "The parts to run: ${COMPLETION-CANDIDATES}; all of them if left out.")
  private List<Part> parts = new ArrayList<>();

  @Option(
      names = "--brokers",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "midge,midge-none,mosquitto,mosquitto-each",
      description = "The brokers: ${DEFAULT-VALUE} if left out.")
  private List<String> brokers = List.of();

  @Option(
      names = "--midge",
      paramLabel = "FILE",
      defaultValue = "${env:MIDGE_PROGRAM:-./midge}",
      description = "The script that starts Midge; the one that started this if left out.")
  private Path midge;

  @Option(
      names = "--mosquitto",
      paramLabel = "FILE",
      defaultValue = "/usr/sbin/mosquitto",
      description = "The program; ${DEFAULT-VALUE} if left out.")
  private Path mosquitto;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "A folder on the disk to use, where each broker gets a folder for its time.")
  private Path folder;

  @Option(
      names = "--heap",
      paramLabel = "MB",
      defaultValue = "512",
      description = "The heap of Midge; ${DEFAULT-VALUE} if left out.")
  private int heapMegabytes;

  @Option(
      names = "--messages",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many wait in the part backlog; ${DEFAULT-VALUE} if left out.")
  private long messages;

  @Option(
      names = "--wide-messages",
      paramLabel = "N",
      defaultValue = "10000000",
      description = "How many wait in the part wide; ${DEFAULT-VALUE} if left out.")
  private long wideMessages;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many rounds in the part rate; ${DEFAULT-VALUE} if left out.")
  private int rounds;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long the part steady lasts; ${DEFAULT-VALUE} if left out.")
  private double minutes;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Messages a second in the part steady; as many as windows allow if left out.")
  private int ratePerSecond;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Scenario scenario = options.scenarios(List.of(SCENARIO)).getFirst();
      BrokerKind.Program program =
          new BrokerKind.Program(midge.toAbsolutePath(), mosquitto, heapMegabytes);
      DurableRun run =
          new DurableRun(
              program, Files.createDirectories(folder), size(), kinds(), Progress.on(err), err);
      for (Part part : parts.isEmpty() ? List.of(Part.values()) : parts) {
        switch (part) {
          case backlog -> run.backlog();
          case wide -> run.wide();
          case rate -> run.rate(scenario);
          case steady -> run.steady(scenario);
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      run.findings().table().forEach(out::println);
      out.flush();
      return run.findings().areMet() ? ExitCode.OK : ExitCode.SOFTWARE;
    } catch (LoadFailure e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    } catch (IOException e) {
      err.println(folder + ": cannot be made (" + e.getMessage() + ")");
      return ExitCode.SOFTWARE;
    }
  }

  private DurableRun.Size size() {
    return options.isSmall()
        ? DurableRun.Size.SMALL
        : new DurableRun.Size(SESSIONS, messages, wideMessages, rounds, minutes, ratePerSecond, 60);
  }

  /// The brokers named, without those that are not here.
  private List<BrokerKind> kinds() {
    List<BrokerKind> kinds = new ArrayList<>();
    for (String name : brokers) {
      BrokerKind kind =
          List.of(BrokerKind.values()).stream()
              .filter(each -> each.title().equals(name))
              .findFirst()
              .orElseThrow(() -> new LoadFailure("there is no broker '" + name + "'"));
      if (kind.isMidge() || Files.isExecutable(mosquitto)) {
        kinds.add(kind);
      } else {
        spec.commandLine().getErr().println(mosquitto + " is not here: no " + name);
      }
    }
    return kinds;
  }
}
