package dev.midge;

import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program: parses the command line and runs the command it names. Quarkus starts only for
/// `serve`, so that the client commands answer at once.
@QuarkusMain
@Command(name = "midge", mixinStandardHelpOptions = true, version = "midge")
public final class Main {

  private Main() {}

  /// Runs the command that `arguments` name and ends the process with its exit status.
  public static void main(String... arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
