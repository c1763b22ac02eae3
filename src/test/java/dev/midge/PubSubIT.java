package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `./midge pub` and `./midge sub` as a user runs them.
class PubSubIT {

  private static final int PATIENCE_SECONDS = 60;

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void whatOnePublishesTheOtherPrintsWhateverTheLocale() throws Exception {
    Process subscriber = midge("sub", "-t", "it/#", "-v", "-C", "2", "-q", "1", "-d");
    BufferedReader output = subscribed(subscriber);

    assertThat(status(midge("pub", "-t", "it/ä", "-m", "grüße", "-q", "1"))).isZero();
    Process lines = midge("pub", "-t", "it/lines", "-l");
    lines.getOutputStream().write("ünd mehr\n".getBytes(StandardCharsets.UTF_8));
    lines.getOutputStream().close();

    assertThat(status(lines)).isZero();
    assertThat(status(subscriber)).isZero();
    assertThat(output.readAllLines()).contains("it/ä grüße", "it/lines ünd mehr");
  }

  @Test
  void aSubscriberThatIsToldToEndSaysGoodbye() throws Exception {
    Process subscriber = midge("sub", "-t", "it/#", "-d");
    BufferedReader output = subscribed(subscriber);

    assertThat(subscriber.toHandle().destroy()).isTrue();

    assertThat(status(subscriber)).isZero();
    assertThat(output.readAllLines()).last().asString().endsWith("sending DISCONNECT");
  }

  @Test
  void aPublisherThatIsToldToEndSaysGoodbye() throws Exception {
    Process publisher = midge("pub", "-t", "it/a", "-l", "-d");
    BufferedReader output = output(publisher);
    publisher.getOutputStream().write('\n');
    publisher.getOutputStream().flush();
    awaitLine(output, "PUBLISH");

    assertThat(publisher.toHandle().destroy()).isTrue();

    assertThat(status(publisher)).isEqualTo(130);
    assertThat(output.readAllLines()).last().asString().endsWith("sending DISCONNECT");
  }

  private static BufferedReader subscribed(Process subscriber) throws IOException {
    BufferedReader output = output(subscriber);
    awaitLine(output, "Subscribed: ");
    return output;
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void awaitLine(BufferedReader output, String part) throws IOException {
    String line;
    do {
      line = output.readLine();
      assertThat(line).as("a line with " + part).isNotNull();
    } while (!line.contains(part));
  }

  private Process midge(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("./midge"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MQTT_URL", "mqtt://127.0.0.1:" + SERVER.port());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
