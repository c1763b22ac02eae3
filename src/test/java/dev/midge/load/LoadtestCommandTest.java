package dev.midge.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// `midge loadtest` as it is run.
class LoadtestCommandTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static List<String> scenarios() {
    return ScenarioFiles.read(Path.of("loadtest")).stream().map(Scenario::name).toList();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyScenarioDeliversAllOnceAndInOrder(String scenario) throws IOException {
    Path json = folder.resolve("results.jsonl");

    assertThat(loadtest(scenario, "--small", "--target", url(), "--json", json.toString()))
        .as(out.toString() + err)
        .isZero();
    assertThat(Files.readString(json))
        .contains("\"scenario\":\"" + scenario + "\"", "\"lost\":0")
        .doesNotContain("\"count\":0,");
  }

  @Test
  void mqtt5IsSpokenWhereAFileSaysSo() throws IOException {
    write("topic: a/{n}", "mqtt: \"5.0\"", "qos: [0, 1, 2]", "publishers: 2", "subscribers: 2");

    assertThat(loadtest("--scenarios", folder.toString(), "--small", "--target", url()))
        .as(out.toString() + err)
        .isZero();
    assertThat(out.toString()).contains("test-qos0", "test-qos1", "test-qos2");
  }

  @ParameterizedTest
  @CsvSource({
    "idle, mqtts, tls",
    "pairs, mqtts, tls",
    "reconnect-storm, mqtts, tls",
    "idle, ws, websocket",
    "pairs, ws, websocket",
    "pairs-acknowledged, ws, websocket",
    "reconnect-storm, ws, websocket",
    "pairs, wss, websocket-tls"
  })
  void aBrokerIsLoadedInEachWayToReachIt(String scenario, String scheme, String listener) {
    long before = SERVER.count(Counter.CONNECTS_ACCEPTED);
    String target = scheme + "://127.0.0.1:" + SERVER.port(listener);

    assertThat(loadtest(scenario, "--small", "--target", target)).as(out.toString() + err).isZero();
    assertThat(SERVER.count(Counter.CONNECTS_ACCEPTED)).isGreaterThan(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?resume", "?tls=1.2", "?tls=1.2&resume"})
  void tlsIsDoneAsTheTargetSays(String manner) {
    String target = "mqtts://127.0.0.1:" + SERVER.port("tls") + manner;

    assertThat(loadtest("connect", "--seconds", "0.5,0.5", "--target", target))
        .as(out.toString() + err)
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "tls12, tls=1.3, protocol",
    "tls13, tls=1.2, protocol",
    "tls, tls=1.1, is not tls=1.2"
  })
  void whatTheBrokerDoesNotSpeakIsTold(String listener, String manner, String words) {
    String target = "mqtts://127.0.0.1:" + SERVER.port(listener) + "?" + manner;

    assertThat(loadtest("idle", "--small", "--target", target)).isOne();
    assertThat(err.toString()).containsIgnoringCase(words);
  }

  @Test
  void aForeignHostIsNotLoaded() {
    assertThat(loadtest("pairs", "--target", "mqtt://192.0.2.1:1883")).isOne();
    assertThat(err.toString()).contains("--i-may-load-this-host");
  }

  @Test
  void aBrokerThatIsNotThereIsToldInOneLine() {
    assertThat(loadtest("pairs", "--small", "--target", "mqtt://127.0.0.1:1")).isOne();
    assertThat(err.toString()).contains("127.0.0.1:1").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "colour: red",
        "qos: 3",
        "payload_bytes: 19",
        "window: many",
        "- a",
        "kind: mixed",
        "parts: [{kind: idle}]",
        "sweep: topics",
        "kind: backlog"
      })
  void aWrongFileIsToldByItsName(String line) throws IOException {
    write("topic: a/{n}", "publishers: 1", "subscribers: 1", line);

    assertThat(loadtest("--scenarios", folder.toString(), "--list")).isOne();
    assertThat(err.toString()).startsWith(folder.resolve("test.yaml") + ": ");
  }

  @Test
  void aReportHasTheFiguresAndNeedsNothingButItself() throws IOException {
    Path report = folder.resolve("report.html");
    String pid = Long.toString(ProcessHandle.current().pid());

    assertThat(
            loadtest(
                "latency", "--small", "--target", url(), "--pid", pid, "--html", report.toString()))
        .as(out.toString() + err)
        .isZero();
    assertThat(Files.readString(report))
        .startsWith("<!DOCTYPE html>")
        .contains("<h2>latency</h2>", "P99.99 µs", "Time from when it was due", "<polyline")
        .doesNotContain("src=", "href=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"connections", "filters", "retained", "retained-delivery"})
  void costIsPlottedAgainstSize(String sweep) throws IOException {
    String target = "midge=" + url() + "," + ProcessHandle.current().pid();

    assertThat(loadtest("sweep", "--small", "--only", sweep, "--to", folder.toString(), target))
        .as(out.toString() + err)
        .isZero();
    assertThat(Files.readString(folder.resolve(sweep + ".svg"))).contains("<polyline", ">midge<");
    assertThat(Files.readString(folder.resolve(sweep + ".json")))
        .contains("\"sizes\" : [ ", "\"midge_cpu_micros_each\" : [ ");
  }

  @Test
  void comparedBrokersAreShownBesideEachOtherWithTheirRatio() {
    long pid = ProcessHandle.current().pid();
    String one = "one=" + url() + "," + pid;
    String other = "other=" + url() + "," + pid;

    assertThat(loadtest("compare", "--only", "pairs", "--rounds", "2", "--small", one, other))
        .as(out.toString() + err)
        .isZero();
    assertThat(out.toString()).contains("one/other", "pairs     CPU µs each");
  }

  @Test
  void aBrokerThatIsGoneLeavesTheOthersTheirFigures() {
    String here = "here=" + url();

    assertThat(loadtest("compare", "--only", "latency", "--small", here, "gone=mqtt://127.0.0.1:1"))
        .isOne();
    assertThat(out.toString()).contains("latency   latency p50, µs");
    assertThat(err.toString()).contains("gone").hasLineCount(3);
  }

  private void write(String... lines) throws IOException {
    Files.write(
        folder.resolve("test.yaml"),
        List.of("name: test", "summary: A test.", String.join("\n", lines)));
  }

  private int loadtest(String... arguments) {
    return new CommandLine(new LoadtestCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static String url() {
    return "mqtt://127.0.0.1:" + SERVER.port();
  }
}
