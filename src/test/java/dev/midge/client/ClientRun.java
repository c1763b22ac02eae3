package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// A client command in this process, with streams that a test looks at.
final class ClientRun {

  private static final int PATIENCE_SECONDS = 20;

  private final Output out = new Output();
  private final Output err = new Output();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  private ClientRun() {}

  /// Bytes that can be waited for.
  private static final class Output extends ByteArrayOutputStream {

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      notifyAll();
    }

    @Override
    public synchronized void write(int b) {
      super.write(b);
      notifyAll();
    }

    synchronized void await(String text) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!text().contains(text)) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        assertThat(millis).as("time to wait for '%s' in '%s'", text, text()).isPositive();
        wait(millis);
      }
    }

    private String text() {
      return toString(StandardCharsets.UTF_8);
    }
  }

  /// Starts a command with nothing to read.
  static ClientRun start(String... arguments) {
    return start(InputStream.nullInputStream(), Map.of(), arguments);
  }

  static ClientRun start(InputStream in, Map<String, String> environment, String... arguments) {
    ClientRun run = new ClientRun();
    Terminal terminal =
        new Terminal(
            in,
            new PrintStream(run.out, false, StandardCharsets.UTF_8),
            new PrintStream(run.err, true, StandardCharsets.UTF_8),
            environment);
    CommandLine program = new CommandLine(CommandSpec.create());
    ClientCommands.addTo(program, () -> new String[] {"test"}, terminal);
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            run.status.complete(program.execute(arguments));
          } catch (RuntimeException e) {
            run.status.completeExceptionally(e);
          }
        });
    return run;
  }

  /// Runs a command to its end.
  static ClientRun run(String... arguments) {
    ClientRun run = start(arguments);
    run.status();
    return run;
  }

  /// Runs a command that reads this input.
  static ClientRun reading(String input, String... arguments) {
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    ClientRun run = start(in, Map.of(), arguments);
    run.status();
    return run;
  }

  /// Starts `sub -d`, and returns when it has subscribed.
  static ClientRun subscribed(int port, String... arguments) throws InterruptedException {
    String[] all = new String[arguments.length + 6];
    System.arraycopy(
        new String[] {"sub", "-h", "127.0.0.1", "-p", Integer.toString(port), "-d"}, 0, all, 0, 6);
    System.arraycopy(arguments, 0, all, 6, arguments.length);
    ClientRun run = start(all);
    run.awaitOutput("Subscribed: ");
    return run;
  }

  /// Waits until the command has printed this.
  void awaitOutput(String text) throws InterruptedException {
    out.await(text);
  }

  /// The exit status, when the command has ended.
  int status() {
    return status.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /// What a command has printed, without the packets of `-d`: a character for each byte.
  String output() {
    return out.toString(StandardCharsets.ISO_8859_1)
        .replaceAll("(?m)^(?:Client \\S+ (?:sending|received) |Subscribed: ).*\n", "");
  }

  /// All that it has printed.
  String wholeOutput() {
    return out.text();
  }

  /// What it has printed to standard error.
  String errors() {
    return err.text();
  }
}
