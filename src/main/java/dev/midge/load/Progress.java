package dev.midge.load;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The line at the bottom of a terminal that tells what is going on.
final class Progress {

  /// Tells nobody.
  static final Progress SILENT = new Progress(null);

  private static final String CLEAR_LINE = "\r\033[K";

  private final @Nullable PrintWriter terminal;

  private Progress(@Nullable PrintWriter terminal) {
    this.terminal = terminal;
  }

  /// Tells the terminal, or nobody when there is none.
  static Progress on(PrintWriter err) {
    return Optional.ofNullable(System.console())
        .filter(Console::isTerminal)
        .map(_ -> new Progress(err))
        .orElse(SILENT);
  }

  /// Shows how far a run is.
  void show(Scenario scenario, Target target, String phase, double perSecond, double secondsLeft) {
    show(
        "%s on %s: %s, %,.0f per second, %.0f s left"
            .formatted(scenario.name(), target.name(), phase, perSecond, secondsLeft));
  }

  /// Shows a line.
  void show(String line) {
    if (terminal != null) {
      terminal.print(CLEAR_LINE + line);
      terminal.flush();
    }
  }

  /// Takes the line away.
  void clear() {
    if (terminal != null) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
    }
  }
}
