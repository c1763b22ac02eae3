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

/// `midge restore`: puts a backup back, whether or not the server runs.
@Command(
    name = "restore",
    description =
        "Puts a backup back. It is copied beside what the server keeps, and takes its place at the"
            + " next start; until then a server that runs goes on as it is.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    descriptionHeading = "%n",
    optionListHeading = "%n")
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "BACKUP", description = "The folder that midge backup made.")
  private Path backup;

  @Mixin private DataOption data;

  @Override
  public Integer call() {
    try {
      Backup.putBack(backup, data.folder(), new ProgressLines(spec));
      spec.commandLine().getOut().println("It takes its place at the next start of the server.");
      return ExitCode.OK;
    } catch (StoreFailure | StartFailure e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }
}
