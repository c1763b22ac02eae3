package dev.midge;

import dev.midge.store.StoreFailure;
import dev.midge.store.StoreFolder;
import dev.midge.store.StoreReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `midge store`: what a server keeps, for people who look after it, whether or not it runs.
@Command(
    name = "store",
    description = "Looks at what a server keeps on disk, or at a backup of it.",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n")
final class StoreCommand {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      scope = ScopeType.INHERIT,
      description = "The data folder of the server.")
  private Path data;

  /// Something that ends with an exit status.
  private interface Task {
    int run();
  }

  @Command(
      name = "inspect",
      description = "Says what is kept: how much of what, and for whom most waits.")
  int inspect(
      @Parameters(paramLabel = "BACKUP", arity = "0..1", description = "A backup, to look at that.")
          @Nullable Path backup) {
    return attempt(() -> {
      try (StoreFolder folder = StoreFolder.open(place(backup))) {
        print(folder.report());
      }
      return ExitCode.OK;
    });
  }

  private void print(StoreReport report) {
    PrintWriter out = out();
    out.printf("%,d sessions%n", report.sessions());
    out.printf(
        "%,d messages wait for them, of %,d KiB; %,d were sent and not acknowledged%n",
        report.queuedCount(), report.queuedBytes() >> 10, report.inflightCount());
    out.printf("%,d retained messages%n%n", report.retained());
    out.printf("%-14s %14s %12s%n", "KIND", "KEYS (ABOUT)", "KIB");
    for (StoreReport.Kind kind : report.families()) {
      out.printf("%-14s %,14d %,12d%n", kind.name(), kind.keys(), kind.bytes() >> 10);
    }
    if (!report.longest().isEmpty()) {
      out.printf("%n%14s %12s  %s%n", "MESSAGES WAIT", "KIB", "FOR CLIENT");
    }
    for (StoreReport.Queue queue : report.longest()) {
      out.printf("%,14d %,12d  %s%n", queue.count(), queue.bytes() >> 10, queue.clientId());
    }
    out.flush();
  }

  @Command(
      name = "check",
      description = "Reads everything, and says what is damaged or does not fit together.")
  int check(
      @Parameters(paramLabel = "BACKUP", arity = "0..1", description = "A backup, to check that.")
          @Nullable Path backup) {
    return attempt(() -> {
      try (StoreFolder folder = StoreFolder.open(place(backup))) {
        List<String> problems = folder.check(new ProgressLines(spec));
        problems.forEach(out()::println);
        out().println(problems.isEmpty() ? "All fits together." : "Something is wrong: see above.");
        out().flush();
        return problems.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    });
  }

  private Path place(@Nullable Path backup) {
    return (backup == null ? data : backup).resolve("store");
  }

  private int attempt(Task task) {
    try {
      return task.run();
    } catch (StoreFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
