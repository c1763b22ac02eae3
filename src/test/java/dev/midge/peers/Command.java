package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A program that runs beside the test, and the lines that it prints. One thread.
final class Command implements AutoCloseable {
  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Command(Process process) {
    this.process = process;
    Thread.ofPlatform().daemon().name("command").start(this::read);
  }

  private void read() {
    try (BufferedReader output = process.inputReader(UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException killed) {
      // There is nothing more to read.
    }
  }

  /// Starts a program; what it complains about is among its lines.
  static Command start(List<String> words) {
    try {
      return new Command(new ProcessBuilder(words).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Types lines, and ends the input.
  Command type(List<String> input) throws IOException {
    try (Writer to = process.outputWriter(UTF_8)) {
      for (String line : input) {
        to.write(line + "\n");
      }
    }
    return this;
  }

  /// Waits for a line.
  String next() throws InterruptedException {
    @Nullable String line = lines.poll(Inbox.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("nothing was printed");
    }
    return line;
  }

  /// Waits for as many lines.
  List<String> next(int count) throws InterruptedException {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(next());
    }
    return some;
  }

  /// Waits for the end, and says how it ended.
  int status() throws InterruptedException {
    if (!process.waitFor(Inbox.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + process.info().commandLine().orElse("?"));
    }
    return process.exitValue();
  }

  /// Kills it.
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
