package dev.midge;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where the configuration is, as options that come before others.
final class ConfigurationOptions {
  @Option(
      names = "--listeners",
      paramLabel = "DIR",
      defaultValue = "listeners",
      order = -3,
      description = "The folder of the listener files.")
  private Path listeners;

  @Option(
      names = "--certs",
      paramLabel = "DIR",
      defaultValue = "certs",
      order = -2,
      description = "The folder of the recipes for certificates.")
  private Path certs;

  /// The folder of the listener files.
  Path listeners() {
    return listeners;
  }

  /// The folder of the recipes for certificates.
  Path certs() {
    return certs;
  }
}
