package dev.midge;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/// Where a server keeps what it writes, for commands that look after it.
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "The data folder of the server.")
  private Path folder;

  /// The folder.
  Path folder() {
    return folder;
  }
}
