package dev.midge;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Lets each option be set in the environment too: `--port-offset` by `MIDGE_PORT_OFFSET`. The
/// command line wins; an empty variable says nothing.
final class EnvironmentDefaults implements IDefaultValueProvider {

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = option.longestName().substring("--".length());
    String value = System.getenv("MIDGE_" + name.replace('-', '_').toUpperCase(Locale.ROOT));
    return value == null || value.isBlank() ? null : value;
  }
}
