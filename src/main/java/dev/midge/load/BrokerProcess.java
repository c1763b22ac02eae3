package dev.midge.load;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A broker in a folder of its own, which is started, stopped and killed. Used by one thread.
final class BrokerProcess implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 600;
  private static final String OUTPUT = "output.log";
  private static final int TRY_MILLIS = 5_000;
  private static final long TRY_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /// What Midge says about its store.
  private static final Pattern OPENED = Pattern.compile("the store was open after (\\d+) ms");

  private final BrokerKind kind;
  private final BrokerKind.Program program;
  private final Path folder;
  private final int port;
  private @Nullable Process process;

  /// Makes a folder for a broker in a folder that is there.
  BrokerProcess(BrokerKind kind, BrokerKind.Program program, Path parent) {
    this.kind = kind;
    this.program = program;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = socket.getLocalPort();
      this.folder = Files.createTempDirectory(parent, kind.title() + "-").toAbsolutePath();
      kind.configure(program, folder, port);
    } catch (IOException e) {
      throw new LoadFailure(parent + ": a broker cannot be prepared there (" + e + ")", e);
    }
  }

  BrokerKind kind() {
    return kind;
  }

  /// The folder with what it keeps.
  Path kept() {
    return kind.kept(folder);
  }

  /// Where it is to be found while it runs.
  Target target() {
    return Target.named(kind.title() + "=mqtt://127.0.0.1:" + port + "," + running().pid());
  }

  /// Starts it and returns when it has let a client in: how long that took, in milliseconds.
  double start() {
    Path output = folder.resolve(OUTPUT);
    long startNanos = System.nanoTime();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(kind.command(program))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      // What was said to this program is not said to that one.
      builder.environment().keySet().removeIf(name -> name.startsWith("MIDGE_"));
      builder.environment().putAll(kind.environment(program));
      process = builder.start();
      awaitConnack(startNanos, output);
      return (System.nanoTime() - startNanos) / 1e6;
    } catch (IOException e) {
      throw new LoadFailure(kind.title() + " cannot be started: " + e.getMessage(), e);
    }
  }

  /// Tells it to stop, and returns how long it took to, in milliseconds.
  double stop() {
    long nanos = System.nanoTime();
    Process stopping = running();
    stopping.destroy();
    await(stopping);
    return (System.nanoTime() - nanos) / 1e6;
  }

  /// Kills it.
  void kill() {
    await(running().destroyForcibly());
  }

  /// What it says that it took to open its store and take up the sessions in it, in milliseconds.
  double storeMillis() {
    for (int tries = 0; tries < TRY_MILLIS / 5; tries++) {
      try {
        Matcher opened = OPENED.matcher(Files.readString(folder.resolve(OUTPUT)));
        if (opened.find()) {
          return Double.parseDouble(opened.group(1));
        }
      } catch (IOException e) {
        throw new LoadFailure(folder + ": cannot be read", e);
      }
      LockSupport.parkNanos(TRY_AGAIN_NANOS);
    }
    return Double.NaN;
  }

  /// How much what it keeps takes on disk, in bytes.
  long keptBytes() {
    try (Stream<Path> files = Files.list(kept())) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new LoadFailure(kept() + ": cannot be read", e);
    }
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process;
  }

  private void await(Process ending) {
    try {
      if (!ending.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new LoadFailure(kind.title() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("interrupted", e);
    }
  }

  private void awaitConnack(long startNanos, Path output) throws IOException {
    byte[] connect = Frames.connect(4, "first", false);
    while (!isLetIn(connect)) {
      if (!running().isAlive()) {
        throw new LoadFailure(kind.title() + " ended: " + Files.readString(output));
      }
      if (System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        throw new LoadFailure(kind.title() + " lets nobody in");
      }
      LockSupport.parkNanos(TRY_AGAIN_NANOS);
    }
  }

  private boolean isLetIn(byte[] connect) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TRY_MILLIS);
      socket.setSoTimeout(TRY_MILLIS);
      socket.getOutputStream().write(connect);
      byte[] connack = new byte[4];
      new DataInputStream(socket.getInputStream()).readFully(connack);
      socket.getOutputStream().write(Frames.disconnect());
      return connack[0] >>> 4 == Frames.CONNACK && connack[3] == 0;
    } catch (IOException e) {
      return false; // Not yet.
    }
  }

  /// Ends it, and removes its folder.
  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new LoadFailure(folder + ": cannot be removed", e);
    }
  }
}
