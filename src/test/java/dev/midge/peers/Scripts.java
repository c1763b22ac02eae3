package dev.midge.peers;

import dev.midge.kit.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The scripts of this test run, and the programs that they need. In continuous integration a
/// missing program fails the test; elsewhere it is skipped.
final class Scripts {
  private static final Path SOURCES = Path.of("src/test/resources/peers").toAbsolutePath();

  /// Where the build has installed MQTT.js.
  private static final Path TARGET = Path.of("target/npm").toAbsolutePath();

  private static @Nullable Script python;
  private static @Nullable Script node;

  private Scripts() {}

  /// Clients of Paho for Python.
  static synchronized Script python() throws Exception {
    if (python == null) {
      String script = SOURCES.resolve("paho_peer.py").toString();
      python = Script.start(TARGET.resolve("python.log"), List.of(pythonProgram(), script));
    }
    return python;
  }

  /// A Python that has Paho: Debian's package is for Debian's Python, whatever else comes first on
  /// the path.
  static String pythonProgram() throws IOException {
    Files.createDirectories(TARGET);
    String program =
        List.of("/usr/bin/python3", "python3").stream()
            .filter(name -> runs(TARGET, name, "-c", "import paho.mqtt.client"))
            .findFirst()
            .orElse("");
    Requirement.require(
        !program.isEmpty(), "Paho for Python is missing: install python3-paho-mqtt.");
    return program;
  }

  /// Clients of MQTT.js.
  static synchronized Script node() throws Exception {
    if (node == null) {
      Path script = ofMqttJs("mqttjs_peer.js");
      node = Script.start(TARGET.resolve("node.log"), List.of("node", script.toString()));
    }
    return node;
  }

  /// A script or a page that finds MQTT.js beside it.
  static synchronized Path ofMqttJs(String name) throws IOException {
    Requirement.require(runs(TARGET, "node", "--version"), "Node.js is missing: install nodejs.");
    return Files.copy(
        SOURCES.resolve(name), TARGET.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  /// The program of a browser that needs no screen.
  static String browser() throws IOException {
    Files.createDirectories(TARGET);
    String program =
        List.of("chromium", "chromium-browser", "google-chrome").stream()
            .filter(name -> runs(TARGET, name, "--version"))
            .findFirst()
            .orElse("");
    Requirement.require(!program.isEmpty(), "A browser is missing: install chromium.");
    return program;
  }

  /// Where the scripts of this run are, and what they leave.
  static Path folder() {
    return TARGET;
  }

  /// Whether a program is here and ends well; what it says goes to a log named like it.
  static boolean runs(Path folder, String... command) {
    Path program = Path.of(command[0]).getFileName();
    try {
      return new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(program + ".log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
