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
  private static final Path TARGET = Path.of("target/peers").toAbsolutePath();

  private static @Nullable Script python;
  private static @Nullable Script node;

  private Scripts() {}

  /// Clients of Paho for Python.
  static synchronized Script python() throws Exception {
    if (python == null) {
      Files.createDirectories(TARGET);
      // Debian's package is for Debian's Python, whatever else comes first on the path.
      String program =
          List.of("/usr/bin/python3", "python3").stream()
              .filter(name -> runs(TARGET, name, "-c", "import paho.mqtt.client"))
              .findFirst()
              .orElse("");
      Requirement.require(
          !program.isEmpty(), "Paho for Python is missing: install python3-paho-mqtt.");
      String script = SOURCES.resolve("paho_peer.py").toString();
      python = Script.start(TARGET.resolve("python.log"), List.of(program, script));
    }
    return python;
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
    installPackages();
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

  /// Installs what the lock file says, if that is not there yet.
  private static void installPackages() throws IOException {
    Files.createDirectories(TARGET);
    Requirement.require(runs(TARGET, "node", "--version"), "Node.js is missing: install nodejs.");
    Path lock = SOURCES.resolve("package-lock.json");
    Path installed = TARGET.resolve("installed.json");
    if (Files.exists(installed) && Files.mismatch(lock, installed) == -1) {
      return;
    }
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(SOURCES.resolve(file), TARGET.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Requirement.require(
        runs(TARGET, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"),
        "MQTT.js could not be installed by npm ci: see " + TARGET.resolve("npm.log") + ".");
    Files.copy(lock, installed, StandardCopyOption.REPLACE_EXISTING);
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
