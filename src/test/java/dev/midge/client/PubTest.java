package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.packet.ReasonCode;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `midge pub` sends, and how it ends.
class PubTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @RegisterExtension
  static final TestServer CLOSED =
      TestServer.local()
          .authenticating(_ -> CompletableFuture.completedFuture(ReasonCode.NOT_AUTHORIZED));

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({"0,311", "1,311", "2,311", "0,5", "1,5", "2,5"})
  void aMessageIsPublishedWithEachQosInEachVersion(String qos, String version) {
    try (RawClient subscriber = subscriber()) {
      assertThat(pub("-t", "pub/a", "-m", "grüße", "-q", qos, "-V", version).status()).isZero();
      subscriber.expect("30 ( \"pub/a\" ( ) 'grüße' )");
    }
  }

  @Test
  void theMessageMayComeFromAFileTheInputOrNowhere() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "of a file\n");
    try (RawClient subscriber = subscriber()) {
      pub("-t", "pub/a", "-f", file.toString());
      subscriber.expect("30 ( \"pub/a\" ( ) 'of a file' 0a )");
      reading("all\nof it", "-t", "pub/a", "-s");
      subscriber.expect("30 ( \"pub/a\" ( ) 'all' 0a 'of it' )");
      pub("-t", "pub/a", "-n");
      subscriber.expect("30 ( \"pub/a\" ( ) )");
      pub("-t", "pub/a", "-m", "@not-a-file");
      subscriber.expect("30 ( \"pub/a\" ( ) '@not-a-file' )");
      pub("-t", "pub/a", "-m", "-h");
      subscriber.expect("30 ( \"pub/a\" ( ) '-h' )");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "2"})
  void linesArePublishedInOrderAndAllAreAcknowledged(String qos) {
    int lines = 2_500; // More than wait for acknowledgements at once.
    String input =
        IntStream.range(0, lines).mapToObj(Integer::toString).collect(Collectors.joining("\n"));
    try (RawClient subscriber = subscriber()) {
      assertThat(reading(input, "-t", "pub/a", "-l", "-q", qos).status()).isZero();
      for (int i = 0; i < lines; i++) {
        assertThat(payload(subscriber.read())).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  void noLinesAreNoMessages() {
    try (RawClient subscriber = subscriber()) {
      assertThat(reading("", "-t", "pub/a", "-l").status()).isZero();
      assertThat(reading("\n", "-t", "pub/a", "-l").status()).isZero();
      subscriber.expect("30 ( \"pub/a\" ( ) )").expectNothing();
    }
  }

  @Test
  void aMessageIsRepeated() {
    try (RawClient subscriber = subscriber()) {
      pub("-t", "pub/a", "-m", "x", "--repeat", "3", "--repeat-delay", "0.01", "-q", "1");
      for (int i = 0; i < 3; i++) {
        subscriber.expect("30 ( \"pub/a\" ( ) 'x' )");
      }
      subscriber.expectNothing();
    }
  }

  @Test
  void aRetainedMessageIsClearedByAnEmptyOne() {
    pub("-t", "kept", "-m", "x", "-r");
    try (RawClient late = RawClient.connected(SERVER.port(), 5, "")) {
      late.send("82 ( 0001 ( ) \"kept\" 00 )").expect("90 ( 0001 ( ) 00 )");
      late.expect("31 ( \"kept\" ( ) 'x' )");
    }
    pub("-t", "kept", "-n", "-r");
    try (RawClient late = RawClient.connected(SERVER.port(), 5, "")) {
      late.send("82 ( 0001 ( ) \"kept\" 00 )").expect("90 ( 0001 ( ) 00 )").expectNothing();
    }
  }

  @Test
  void propertiesAreSent() {
    List<String> arguments = new ArrayList<>(List.of("-t", "pub/a", "-m", "x"));
    for (String property :
        List.of(
            "content-type text",
            "user-property a b",
            "user-property a c",
            "response-topic r/t",
            "correlation-data id",
            "payload-format-indicator 1")) {
      arguments.addAll(List.of("-D", "publish"));
      arguments.addAll(Arrays.asList(property.split(" ")));
    }
    try (RawClient subscriber = subscriber()) {
      assertThat(pub(arguments.toArray(String[]::new)).status()).isZero();
      subscriber.expect(
          "30 ( \"pub/a\" ( 01 01 03 \"text\" 08 \"r/t\" 09 \"id\" 26 \"a\" \"b\" 26 \"a\" \"c\" )"
              + " 'x' )");
    }
  }

  @Test
  void aUrlSaysAllAtOnce() {
    try (RawClient subscriber = subscriber()) {
      String mqtt = "mqtt://me:secret@127.0.0.1:" + SERVER.port() + "/pub/a";
      assertThat(ClientRun.run("pub", "-L", mqtt, "-m", "1").status()).isZero();
      subscriber.expect("30 ( \"pub/a\" ( ) '1' )");
      String ws = "ws://127.0.0.1:" + SERVER.port("websocket") + "/pub/a";
      assertThat(ClientRun.run("pub", "-L", ws, "-m", "2").status()).isZero();
      subscriber.expect("30 ( \"pub/a\" ( ) '2' )");
    }
  }

  @Test
  void theEnvironmentSaysWhatOptionsLeaveOut() {
    String port = Integer.toString(SERVER.port());
    String webSocket = "ws://127.0.0.1:" + SERVER.port("websocket") + "/ws";
    try (RawClient subscriber = subscriber()) {
      for (var environment :
          List.of(
              Map.of("MQTT_URL", "mqtt://127.0.0.1:" + port, "MQTT_PORT", "1"),
              Map.of("MQTT_URL", webSocket),
              Map.of("MQTT_HOST", "127.0.0.1", "MQTT_PORT", port, "MQTT_CA_FILE", "/none"))) {
        var run =
            ClientRun.start(
                InputStream.nullInputStream(), environment, "pub", "-t", "pub/a", "-m", "x");
        assertThat(run.status()).as(run.errors()).isZero();
        subscriber.expect("30 ( \"pub/a\" ( ) 'x' )");
      }
    }
  }

  @Test
  void whoNamesAHostDoesNotMeanTheServerOfTheEnvironment() {
    var environment = Map.of("MQTT_URL", "mqtt://user:secret@127.0.0.1:" + SERVER.port());
    var run =
        ClientRun.start(
            InputStream.nullInputStream(),
            environment,
            "pub",
            "-h",
            "127.0.0.1",
            "-p",
            "1",
            "-t",
            "a",
            "-n");
    assertThat(run.status()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          311|5|Connection error: Connection Refused: not authorised.
          5|135|Connection error: Not authorized
          """)
  void aRefusedConnectionEndsWithTheCodeOfTheServer(String version, int status, String message) {
    var run =
        ClientRun.run(
            "pub", "-h", "127.0.0.1", "-p", "" + CLOSED.port(), "-V", version, "-t", "a", "-n");
    assertThat(run.status()).isEqualTo(status);
    assertThat(run.errors()).startsWith(message).hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -h 127.0.0.1 -p 1|Error: Connection refused: /127.0.0.1:1.
          -h no.such.host.invalid|Error: There is no host no.such.host.invalid.
          """)
  void whatCannotBeReachedIsToldInOneLine(String server, String message) {
    List<String> arguments = new ArrayList<>(List.of("pub", "-t", "a", "-m", "x"));
    arguments.addAll(Arrays.asList(server.split(" ")));
    var run = ClientRun.run(arguments.toArray(String[]::new));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errors().strip()).isEqualTo(message);

    arguments.add("--quiet");
    assertThat(ClientRun.run(arguments.toArray(String[]::new)).errors()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -m x|Both topic and message must be supplied.
          -t a|Both topic and message must be supplied.
          -t a -m x -n|Only one of -m, -f, -s, -l and -n can be used at once.
          -t a/# -m x|-t: 'a/#' is no topic to publish to
          -t a -m x -q 3|-q: there is no QoS 3
          -t a -m x -q x|Invalid value for option '--qos'
          -t a -m x -k 4|-k: the keep alive must be 5 to 65535 seconds.
          -t a -m x -c|-c needs -i
          -t a -m x -i a -I b|-i and -I cannot be used together.
          -t a -m x -P p|-P needs -u
          -t a -m x --will-payload p|A will needs --will-topic.
          -t a -m x -V 31|does not speak MQTT 3.1.
          -t a -m x -V 311 -x 5|-D and -x need -V 5
          -t a -m x -V 4|-V: '4' must be mqttv5 or mqttv311.
          -t a -m x -p 70000|-p: there is no port 70000.
          -t a -m x -L http://h/t|-L: 'http://h/t' must begin with mqtt://
          -L mqtt://h -m x|-L: 'mqtt://h' has no topic after its host.
          -t a -m x --unix /tmp/s|--unix is not supported
          -t a -m x --psk 00|--psk is not supported
          -t a -m x --ciphers ALL|--ciphers is not supported
          -t a -m x -C 1|Unknown option '-C'.
          -t a -m x -D publish topic-alias 1|-D: topic-alias is not supported
          -t a -m x -D publish no-such 1|-D: there is no property 'no-such'.
          -t a -m x -D publish receive-maximum 1|-D: publish has no property receive-maximum.
          -t a -m x -D auth user-property 1 2|-D: this client sets no properties of 'auth'
          -t a -m x -D publish payload-format-indicator 2|must be 0 to 1.
          -t a -m x -D publish user-property 1|-D needs PACKET NAME VALUE
          -t a -m x --cert c --key k|need TLS
          -t a -m x --cafile /none|--cafile: there is no file /none.
          """)
  void whatMakesNoSenseIsRefusedWithStatus1AndAReason(String arguments, String message) {
    List<String> words = new ArrayList<>(List.of("pub"));
    words.addAll(Arrays.asList(arguments.split(" ")));
    var run = ClientRun.run(words.toArray(String[]::new));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errors())
        .startsWith("Error: ")
        .contains(message)
        .endsWith("Use './midge pub --help'.\n")
        .hasLineCount(2);
  }

  @Test
  void aWillIsLeftWithTheServer() throws Exception {
    try (RawClient subscriber = subscriber()) {
      try (var in = new PipedInputStream();
          var lines = new PipedOutputStream(in)) {
        ClientRun run =
            ClientRun.start(
                in,
                Map.of(),
                arguments(
                    "-t pub/a -l -i willing --will-topic pub/will --will-payload bye --will-qos 1"
                        .split(" ")));
        lines.write("1\n".getBytes(StandardCharsets.UTF_8));
        lines.flush();
        subscriber.expect("30 ( \"pub/a\" ( ) '1' )");
        RawClient.connected(SERVER.port(), 4, "willing").close();
        subscriber.expect("30 ( \"pub/will\" ( ) 'bye' )");
        assertThat(run.wholeOutput()).isEmpty();
      }
    }
  }

  private static RawClient subscriber() {
    return RawClient.connected(SERVER.port(), 5, "")
        .send("82 ( 0001 ( ) \"pub/#\" 00 )")
        .expect("90 ( 0001 ( ) 00 )");
  }

  private static String payload(WirePacket publish) {
    byte[] body = publish.body();
    int start = 2 + "pub/a".length() + 1; // The topic, and the length of no properties.
    return new String(body, start, body.length - start, StandardCharsets.UTF_8);
  }

  private static String[] arguments(String... more) {
    List<String> all = new ArrayList<>(List.of("pub", "-h", "127.0.0.1", "-p", "" + SERVER.port()));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  private static ClientRun pub(String... more) {
    ClientRun run = ClientRun.run(arguments(more));
    assertThat(run.errors()).isEmpty();
    return run;
  }

  private static ClientRun reading(String input, String... more) {
    return ClientRun.reading(input, arguments(more));
  }
}
