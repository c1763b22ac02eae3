package dev.midge;

import dev.midge.store.StoreFailure;
import dev.midge.store.StoreFolder;
import dev.midge.store.StoreReport;
import java.io.PrintWriter;
import java.nio.file.Files;
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

/// `midge store`: what a server keeps, for people who look after it. All but `restore` may be used
/// while the server runs.
@Command(
    name = "store",
    description = "Looks at, copies and puts back what a server keeps on disk.",
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
  private static final long PROGRESS_MILLIS = 2000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      scope = ScopeType.INHERIT,
      description = "The data folder of the server.")
  private Path data;

  private long toldMillis = System.currentTimeMillis();

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
        List<String> problems = folder.check(this::progress);
        problems.forEach(out()::println);
        out().println(problems.isEmpty() ? "All fits together." : "Something is wrong: see above.");
        out().flush();
        return problems.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    });
  }

  @Command(
      name = "backup",
      description = "Copies all that is kept at this moment into a new folder.")
  int backup(@Parameters(paramLabel = "BACKUP", description = "The new folder.") Path backup) {
    return attempt(() -> {
      try (StoreFolder folder = StoreFolder.open(place(null))) {
        folder.copyTo(backup.toAbsolutePath(), this::progress);
      }
      out().println("Put it back with ./midge store restore " + backup);
      out().flush();
      return ExitCode.OK;
    });
  }

  @Command(name = "restore", description = "Puts a backup back, while the server is stopped.")
  int restore(
      @Parameters(paramLabel = "BACKUP", description = "The folder of the backup.") Path backup,
      @Option(names = "--replace", description = "Deletes what is kept now.") boolean replace) {
    return attempt(() -> {
      try (DataFolder taken = DataFolder.take(data);
          StoreFolder folder = StoreFolder.open(backup)) {
        Path store = taken.path().resolve("store");
        if (Files.exists(store) && !replace) {
          throw new StartFailure(store + ": is there; --replace deletes it.");
        }
        Path fresh = store.resolveSibling("store.restored");
        StoreFolder.delete(fresh);
        folder.copyTo(fresh, this::progress);
        StoreFolder.delete(store);
        if (!fresh.toFile().renameTo(store.toFile())) {
          throw new StartFailure(fresh + ": cannot be renamed to " + store + ".");
        }
      }
      return ExitCode.OK;
    });
  }

  private Path place(@Nullable Path backup) {
    return backup == null ? data.resolve("store") : backup;
  }

  private int attempt(Task task) {
    try {
      return task.run();
    } catch (StoreFailure | StartFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private void progress(long done, long about) {
    long nowMillis = System.currentTimeMillis();
    if (nowMillis - toldMillis >= PROGRESS_MILLIS) {
      toldMillis = nowMillis;
      PrintWriter err = spec.commandLine().getErr();
      err.printf("%,d of about %,d%n", done, about);
      err.flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
