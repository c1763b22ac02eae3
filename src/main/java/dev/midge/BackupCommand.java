package dev.midge;

import dev.midge.store.StoreFailure;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `midge backup`: copies what a server keeps, whether or not it runs.
@Command(
    name = "backup",
    description =
        "Copies what a server keeps, at this moment, into a new folder: sessions, queues, retained"
            + " messages, its authority and all keys. The server may run.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    descriptionHeading = "%n",
    optionListHeading = "%n")
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BACKUP", description = "The new folder. Keep it secret: it has keys.")
  private Path backup;

  @Mixin private DataOption data;

  @Override
  public Integer call() {
    try {
      Backup.make(data.folder(), backup, new ProgressLines(spec));
      spec.commandLine().getOut().println("Put it back with ./midge restore " + backup);
      return ExitCode.OK;
    } catch (StoreFailure | StartFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}
