package dev.midge.client;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The client commands, `pub` and `sub`, as they are given to the command line of the program.
public final class ClientCommands {

  private static final String LIBRARY = "the MQTT library of this client does not do that";

  /// Options of mosquitto's clients that these do not have, and why.
  private static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("--unix", LIBRARY),
          Map.entry("--psk", LIBRARY),
          Map.entry("--psk-identity", LIBRARY),
          Map.entry("--tls-alpn", LIBRARY),
          Map.entry("--proxy", "connect without a proxy"),
          Map.entry("--ciphers", "it takes names of OpenSSL, and this client does not use OpenSSL"),
          Map.entry("--keyform", "keys are PEM files"),
          Map.entry("--tls-engine", "this client does not use OpenSSL"),
          Map.entry("--tls-engine-kpass-sha1", "this client does not use OpenSSL"),
          Map.entry("--tls-keylog", "this client does not use OpenSSL"),
          Map.entry("--no-tls", "leave TLS options out instead"),
          Map.entry("-S", "SRV records are not looked up"),
          Map.entry("-o", "use environment variables or a script"),
          Map.entry("--watch", "use -F with escapes"),
          Map.entry("-w", "use -F with escapes"),
          Map.entry("--message-rate", "count lines instead"));

  private ClientCommands() {}

  /// Adds the commands to a program, on the streams of this process.
  public static void addTo(CommandLine program, IVersionProvider version) {
    addTo(program, version, Terminal.ofProcess());
  }

  /// The same, on these streams.
  static void addTo(CommandLine program, IVersionProvider version, Terminal terminal) {
    IParameterExceptionHandler others = program.getParameterExceptionHandler();
    program
        .setExpandAtFiles(false) // A message may begin with @.
        .addSubcommand(commandLine(new PubCommand(terminal), version))
        .addSubcommand(commandLine(new SubCommand(terminal), version))
        .setParameterExceptionHandler((problem, arguments) ->
            isClient(problem.getCommandLine())
                ? refuse(problem, terminal)
                : others.handleParseException(problem, arguments))
        .setExecutionExceptionHandler((failure, failed, _) -> {
          if (failure instanceof InvalidOption) {
            return refuse(new ParameterException(failed, failure.getMessage(), failure), terminal);
          }
          throw failure;
        });
  }

  private static CommandLine commandLine(Object command, IVersionProvider version) {
    CommandLine line = new CommandLine(command);
    // -h is the host here.
    line.getCommandSpec()
        .versionProvider(version)
        .addOption(
            OptionSpec.builder("--help")
                .usageHelp(true)
                .description("Show this help and end.")
                .build())
        .addOption(
            OptionSpec.builder("--version")
                .versionHelp(true)
                .description("Print the version and end.")
                .build());
    return line.setAllowOptionsAsOptionParameters(true).setOverwrittenOptionsAllowed(true);
  }

  private static boolean isClient(CommandLine line) {
    Object command = line.getCommand();
    return command instanceof PubCommand || command instanceof SubCommand;
  }

  private static int refuse(ParameterException problem, Terminal terminal) {
    String message = problem.getMessage();
    if (problem instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().getFirst();
      String reason = REFUSED.get(word);
      message =
          reason == null
              ? "Unknown option '" + word + "'."
              : word + " is not supported: " + reason + ".";
    }
    terminal.err().println("Error: " + message);
    terminal
        .err()
        .println("Use './midge " + problem.getCommandLine().getCommandName() + " --help'.");
    return problem.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
  }
}
