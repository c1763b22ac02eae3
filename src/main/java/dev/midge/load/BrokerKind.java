package dev.midge.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A broker that [DurableCommand] knows how to start, with what it is told about keeping messages.
enum BrokerKind {
  /// Midge as it comes.
  MIDGE("midge", "on disk before PUBACK") {
    @Override
    void configure(Program program, Path folder, int port) throws IOException {
      listener(program, folder, port, "disk");
    }
  },
  /// Midge that keeps everything in memory.
  MIDGE_NONE("midge-none", "in memory") {
    @Override
    void configure(Program program, Path folder, int port) throws IOException {
      listener(program, folder, port, "none");
    }
  },
  /// mosquitto that writes all it has to a file when it stops, and every half an hour.
  MOSQUITTO("mosquitto", "in memory; in a file every 1800 s and at SIGTERM") {
    @Override
    void configure(Program program, Path folder, int port) throws IOException {
      persistent(folder, port, List.of());
    }
  },
  /// mosquitto that is told to write all it has after each change.
  MOSQUITTO_EACH("mosquitto-each", "in memory; in a file after each change") {
    @Override
    void configure(Program program, Path folder, int port) throws IOException {
      persistent(folder, port, List.of("autosave_on_changes true", "autosave_interval 1"));
    }
  };

  /// How brokers are started here.
  ///
  /// @param midge the script `midge`
  /// @param mosquitto the program
  /// @param heapMegabytes the heap of Midge
  record Program(Path midge, Path mosquitto, int heapMegabytes) {}

  private final String title;
  private final String promise;

  BrokerKind(String title, String promise) {
    this.title = title;
    this.promise = promise;
  }

  /// What it is called in tables.
  String title() {
    return title;
  }

  /// Where a message is when it is acknowledged, and later.
  String promise() {
    return promise;
  }

  boolean isMidge() {
    return this == MIDGE || this == MIDGE_NONE;
  }

  /// Writes what it has to be told.
  abstract void configure(Program program, Path folder, int port) throws IOException;

  /// The folder with what it keeps.
  Path kept(Path folder) {
    return isMidge() ? folder.resolve("data/store") : folder.resolve("kept");
  }

  /// The command that starts it in a folder, which it is run in.
  List<String> command(Program program) {
    return isMidge()
        ? List.of(program.midge().toString(), "serve", "--bind", "127.0.0.1")
        : List.of(program.mosquitto().toString(), "-c", "mosquitto.conf");
  }

  /// What that command finds in its environment.
  Map<String, String> environment(Program program) {
    return isMidge() ? Map.of("MIDGE_JAVA_OPTS", "-Xmx" + program.heapMegabytes() + "m") : Map.of();
  }

  private static void listener(Program program, Path folder, int port, String durability)
      throws IOException {
    Path listeners = Files.createDirectories(folder.resolve("listeners"));
    for (String shared : List.of("defaults.yaml", "access.yaml")) {
      Files.copy(
          program.midge().resolveSibling("listeners").resolve(shared), listeners.resolve(shared));
    }
    Files.write(
        listeners.resolve(port + "-load.yaml"),
        List.of(
            "name: load",
            "port: " + port,
            "summary: For a load.",
            "durability: " + durability,
            "expect:",
            "  connect: accepted"));
  }

  private static void persistent(Path folder, int port, List<String> further) throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    Files.write(
        folder.resolve("mosquitto.conf"),
        List.of(
            "listener " + port + " 127.0.0.1",
            "user root", // Who may write to this folder; without meaning for anybody else.
            "allow_anonymous true",
            "max_queued_messages 0",
            "max_inflight_messages 0",
            "persistence true",
            "persistence_location " + kept.toAbsolutePath() + "/",
            String.join("\n", further)));
  }
}
