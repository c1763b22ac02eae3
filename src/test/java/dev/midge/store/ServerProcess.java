package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Requirement;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `./midge serve` with the plain listener and two loops, on a port that stays the same however
/// often it is started. One thread; its port may be asked for by any.
final class ServerProcess implements AutoCloseable {
  private static final int PLAIN_PORT = 1883;

  private final Path folder;
  private final Path data;
  private final List<String> command = new ArrayList<>();
  private final int port;
  private @Nullable Process process;

  /// @param folder where its listeners and its log are
  /// @param data where it keeps what it keeps
  /// @param tracing what strace is to do with its fdatasync and fsync, or nothing
  ServerProcess(Path folder, Path data, String tracing) throws IOException {
    this.folder = folder;
    this.data = data;
    if (!tracing.isEmpty()) {
      String strace = "strace -D -f -qq --seccomp-bpf -e trace=fdatasync,fsync " + tracing;
      command.addAll(List.of(strace.split(" ", -1)));
    }
    command.addAll(List.of("./midge", "serve", "--only", "plain", "--bind", "127.0.0.1"));
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    writeListeners();
  }

  /// Tests that trace need a program that does it, and a machine that lets it.
  static void requireTracing() throws InterruptedException {
    boolean isPossible;
    try {
      ProcessBuilder strace = new ProcessBuilder("strace", "-qq", "-o", "/dev/null", "true");
      isPossible = strace.start().waitFor() == 0;
    } catch (IOException none) {
      isPossible = false;
    }
    Requirement.require(isPossible, "strace (Debian: strace) has to be there, and allowed");
  }

  /// The listeners that Midge comes with, on two loops.
  private void writeListeners() throws IOException {
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    Path own = Path.of("listeners");
    for (String file : List.of("1883-plain.yaml", "access.yaml")) {
      Files.copy(own.resolve(file), listeners.resolve(file));
    }
    String defaults = Files.readString(own.resolve("defaults.yaml"));
    assertThat(defaults).contains("loops: auto");
    Files.writeString(
        listeners.resolve("defaults.yaml"), defaults.replace("loops: auto", "loops: 2"));
  }

  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log().toString())));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MIDGE_DATA", data.toString());
    builder.environment().put("MIDGE_LISTENERS", folder.resolve("listeners").toString());
    builder.environment().put("MIDGE_PORT_OFFSET", Integer.toString(port - PLAIN_PORT));
    builder.environment().put("MIDGE_JAVA_OPTS", "-Xmx1g");
    process = builder.start();
  }

  /// What it said.
  Path log() {
    return folder.resolve("server.log");
  }

  Path data() {
    return data;
  }

  int port() {
    return port;
  }

  /// The one that was started last.
  Process process() {
    return Objects.requireNonNull(process);
  }

  void kill() {
    process().destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
