package dev.midge;

import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Problems;
import dev.midge.listener.Choice;
import dev.midge.listener.ListenerFiles;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `midge check`: tells all that is wrong with the configuration, and starts nothing.
@Command(
    name = "check",
    description = "Tells all that is wrong with the configuration, and starts nothing.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:a server would start with it", "2:something is wrong with it"})
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions files;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Whose settings take the place of the defaults; all profiles, if left out.")
  private @Nullable String profile;

  @Override
  public Integer call() {
    Path listeners = files.listeners();
    Problems problems = new Problems();
    Set<String> profiles = profile == null ? ListenerFiles.profiles(listeners) : Set.of(profile);
    int count = 0;
    for (String each : profiles) {
      Configuration.Source source =
          new Configuration.Source(listeners, each, files.certs(), Choice.ALL);
      count = Configuration.read(source, problems).listeners().listeners().size();
    }
    try {
      problems.throwIfAny();
    } catch (InvalidConfiguration e) {
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.USAGE;
    }
    spec.commandLine()
        .getOut()
        .printf("%s: %d listeners, all as they should be.%n", listeners, count);
    return ExitCode.OK;
  }
}
