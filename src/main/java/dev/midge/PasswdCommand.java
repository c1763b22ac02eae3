package dev.midge;

import dev.midge.auth.AccessFile;
import dev.midge.auth.AccountWriter;
import dev.midge.config.InvalidConfiguration;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `midge passwd`: gives an account a password.
@Command(
    name = "passwd",
    description =
        "Adds an account, or gives it another password. Asks for it twice, or reads it as the first"
            + " line of the standard input.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    sortOptions = false,
    descriptionHeading = "%n",
    optionListHeading = "%n")
final class PasswdCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The user name.")
  private String name;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "What it may do: a policy of that file. An account that there is keeps its own.")
  private @Nullable String policy;

  @Option(
      names = "--cost",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How much work each guess is, 4 to 14: each step doubles it. 10 is some 50 ms; 4 is for"
              + " passwords that are no secret.")
  private int cost;

  @Option(
      names = "--listeners",
      paramLabel = "DIR",
      defaultValue = "listeners",
      description = "The folder of the listener files, with " + AccessFile.NAME + ".")
  private Path listeners;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      AccountWriter writer = new AccountWriter(listeners, cost);
      String given = policy == null ? writer.policy(name) : policy;
      if (cost < 4 || cost > 14) {
        err.println("--cost is 4 to 14.");
        return ExitCode.USAGE;
      }
      if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
        err.println("NAME must be one line.");
        return ExitCode.USAGE;
      }
      if (given.isEmpty()) {
        err.println("There is no account '" + name + "' yet: say by --policy what it may do.");
        return ExitCode.USAGE;
      }
      String password = password();
      if (password.isEmpty()) {
        err.println("No password: nothing was written.");
        return ExitCode.USAGE;
      }
      writer.write(name, password, given);
      return ExitCode.OK;
    } catch (InvalidConfiguration e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (IOException e) {
      err.println("Cannot be read or written: " + e);
      return ExitCode.SOFTWARE;
    }
  }

  /// Empty when there is none, or when the two are not the same.
  private String password() throws IOException {
    Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (terminal.isEmpty()) {
      BufferedReader input =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String line = input.readLine();
      return line == null ? "" : line;
    }
    Console console = terminal.get();
    char[] first = console.readPassword("Password: ");
    char[] second = console.readPassword("Again: ");
    return first != null && Arrays.equals(first, second) ? new String(first) : "";
  }
}
