package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `./midge` as a user runs it: the script, and the packaged program in a process of its own.
class ServeIT {

  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path temporary;
  private Path data = Path.of("");
  private final List<Process> processes = new ArrayList<>();

  /// What the first start after a build says, that it is tried, is not what is looked at here.
  @BeforeAll
  static void tryAStart() throws Exception {
    ProcessBuilder first = new ProcessBuilder("./midge", "serve", "--help");
    first.environment().put("JAVA_HOME", System.getProperty("java.home"));
    assertThat(first.redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start().waitFor())
        .isZero();
  }

  @BeforeEach
  void makeDataFolder() throws IOException {
    data = Files.createDirectory(temporary.resolve("data"));
  }

  @AfterEach
  void endWhatIsLeft() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void serveTellsItsPortsAndStopsWhenItIsTold() throws Exception {
    Process server = midge("serve", "--random-ports");
    Properties env = endpoints();

    int port = Integer.parseInt(env.getProperty("MQTT_PORT"));
    new Socket(env.getProperty("MQTT_HOST"), port).close();
    stop(server);

    assertThat(server.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isZero();
    assertThat(output(server))
        .contains("plain", "mosquitto_sub -h localhost -p " + port + " -t 'demo/#' -v");
    assertThat(data.resolve("endpoints.env")).doesNotExist();
  }

  /// Whoever runs the tests so that they outlive a terminal ignores SIGHUP, and a process that is
  /// begun so cannot be told anything by it: `env` lets this one hear it again.
  @Test
  @Timeout(value = PATIENCE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aServerThatIsToldToHangUpReadsItsConfigurationAgain() throws Exception {
    Process server =
        start(List.of("env", "--default-signal=HUP", "./midge", "serve", "--random-ports"));
    BufferedReader output =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    awaitLine(output, "Scripts find this");

    assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start().waitFor())
        .isZero();

    awaitLine(output, "took up the configuration: opened [], changed [], closed []");
    stop(server);
    assertThat(status(server)).isZero();
  }

  private static String awaitLine(BufferedReader output, String part) throws IOException {
    String line;
    do {
      line = output.readLine();
      assertThat(line).as("a line with " + part).isNotNull();
    } while (!line.contains(part));
    return line;
  }

  @Test
  void aFolderOfWrongListenersEndsWithStatus2AndALineForEachProblem() throws Exception {
    String wrong = Path.of("src/test/resources/wrong-listeners/unknown-key").toString();
    Process server = midge("serve", "--listeners", wrong);

    assertThat(status(server)).isEqualTo(2);
    assertThat(output(server))
        .isEqualTo(
            """
            %1$s/access.yaml: this file is missing. Copy it from Midge's own listeners: without it \
            nobody knows who may do what.
            %1$s/defaults.yaml: this file is missing. Copy it from Midge's own listeners: it has the \
            defaults of all keys.
            """
                .formatted(wrong));
  }

  @Test
  void aFolderThatAnotherServerHasEndsWithStatus1AndOneMessage() throws Exception {
    try (DataFolder _ = DataFolder.take(data)) {
      Process server = midge("serve", "--random-ports");

      assertThat(status(server)).isEqualTo(1);
      assertThat(output(server)).startsWith(data + ": another Midge").hasLineCount(1);
    }
  }

  /// The recipe is a pipe: that it can be opened for writing means that the start is reading it.
  @Test
  void aStartThatHangsStopsWhenItIsTold() throws Exception {
    Path recipes = Files.createDirectory(temporary.resolve("certs"));
    Path recipe = recipes.resolve("ca.yaml");
    assertThat(new ProcessBuilder("mkfifo", recipe.toString()).start().waitFor()).isZero();
    Process server = midge("serve", "--random-ports", "--certs", recipes.toString());

    try (OutputStream _ = Files.newOutputStream(recipe)) {
      stop(server);

      assertThat(server.waitFor(5, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isZero();
    }
  }

  @Test
  void anUnknownOptionEndsWithStatus2() throws Exception {
    Process server = midge("serve", "--prot-offset", "1");

    assertThat(status(server)).isEqualTo(2);
    assertThat(output(server)).startsWith("Unknown option").doesNotContain("Exception");
  }

  @Test
  void wrongOptionsOfAcmeEndWithStatus2AndALineForEach() throws Exception {
    Process server =
        midge(List.of("serve", "--domain", "*.example.org"), "MIDGE_ACME_DIRECTORY", "letsdecrypt");

    assertThat(status(server)).isEqualTo(2);
    assertThat(output(server)).contains("--acme-directory: ", "--domain: ").hasLineCount(2);
  }

  @Test
  void optionsMayComeFromTheEnvironment() throws Exception {
    Process server = midge(List.of("serve"), "MIDGE_RANDOM_PORTS", "true", "MIDGE_ONLY", "plain");

    assertThat(endpoints()).containsKey("MIDGE_PLAIN_URL").doesNotContainKey("MIDGE_WEBSOCKET_URL");
    stop(server);
    assertThat(status(server)).isZero();
  }

  @Test
  @Timeout(value = PATIENCE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void theLogMayBeJson() throws Exception {
    Process server = midge(List.of("serve", "--random-ports"), "MIDGE_LOG_FORMAT", "json");
    BufferedReader output =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));

    String line = awaitLine(output, "tested listeners");

    assertThat(line)
        .matches(
            "\\{\"timestamp\":\"[^\"]+\",\"loggerName\":\"dev.midge.server\",\"level\":\"INFO\","
                + "\"message\":\"tested listeners [^\"]+\",\"threadName\":\"self-test\"}");
    stop(server);
    assertThat(status(server)).isZero();
  }

  @Test
  void everyCommandHelps() throws Exception {
    assertThat(output(midge("--help"))).contains("Usage: midge", "serve", "loadtest");
    assertThat(output(midge("serve", "--help"))).contains("--random-ports", "MIDGE_DATA");
    assertThat(output(midge("--version"))).matches("Midge \\d+\\.\\d+\\.\\d+\n");
  }

  private Process midge(String... arguments) throws IOException {
    return midge(List.of(arguments));
  }

  /// Starts `./midge` on the JDK of this test, with its data in the folder of this test.
  private Process midge(List<String> arguments, String... environment) throws IOException {
    List<String> command = new ArrayList<>(List.of("./midge"));
    command.addAll(arguments);
    return start(command, environment);
  }

  private Process start(List<String> command, String... environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MIDGE_DATA", data.toString());
    for (int i = 0; i < environment.length; i += 2) {
      builder.environment().put(environment[i], environment[i + 1]);
    }
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /// Waits for `endpoints.env`, and reads it.
  private Properties endpoints() throws IOException, InterruptedException {
    Path env = data.resolve("endpoints.env");
    try (WatchService watch = FileSystems.getDefault().newWatchService()) {
      data.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (Files.notExists(env)) {
        WatchKey change = watch.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(change).as("a server that writes " + env).isNotNull();
        change.pollEvents();
        change.reset();
      }
    }
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(env)) {
      properties.load(reader);
    }
    return properties;
  }

  /// Sends SIGTERM, and leaves the output to be read: [Process#destroy] closes it.
  private static void stop(Process process) {
    assertThat(process.toHandle().destroy()).isTrue();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
