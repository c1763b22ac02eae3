package dev.midge;

import dev.midge.client.ClientCommands;
import dev.midge.load.LoadtestCommand;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program: parses the command line and runs the command that it names. Quarkus starts only for
/// `serve`, so that the client commands answer at once.
@QuarkusMain
@Command(
    name = "midge",
    description = "An MQTT test server for 3.1, 3.1.1 and 5.0, and its clients.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    descriptionHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    footer = {"", "'./midge COMMAND --help' says more. './midge test' runs all tests."})
public final class Main {

  Main() {}

  /// Runs the command that `arguments` name and ends the process with its exit status.
  public static void main(String... arguments) {
    CommandLine program = new CommandLine(new Main()).addSubcommand(new ServeCommand());
    if (arguments.length == 0 || !arguments[0].equals("serve")) {
      addOthers(program);
    }
    System.exit(program.execute(arguments));
  }

  /// To learn the options of all takes 130 ms of CPU, for which a server need not wait.
  private static void addOthers(CommandLine program) {
    program
        .addSubcommand(new LoadtestCommand())
        .addSubcommand(new CheckCommand())
        .addSubcommand(new CertsCommand())
        .addSubcommand(new StoreCommand())
        .addSubcommand(new ProbeCommand())
        .addSubcommand(new BackupCommand())
        .addSubcommand(new RestoreCommand())
        .addSubcommand(new PasswdCommand());
    ClientCommands.addTo(program, new Version());
  }
}
