package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Requirement;
import dev.midge.kit.TestServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `midge sub` prints what mosquitto_sub prints for the same messages, and both end alike.
@Timeout(60)
class MosquittoDifferenceTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().listener("strict", "mqtt: { wildcards: false }");

  /// The messages: the text, nothing, JSON, bytes that are no text, and with all properties.
  private static final List<String> MESSAGES =
      List.of(
          "30 ( \"d/a\" ( ) 'hello' )",
          "30 ( \"d/empty\" ( ) )",
          "30 ( \"d/json\" ( ) '{\"temperature\": 27.0, \"a\":[1, 2.5e3, true,null, 0.1, 1e100]}' )",
          "30 ( \"d/json\" ( ) '[{\"a\": {}}, [], \"x\"]' )",
          "30 ( \"d/bytes\" ( ) ff fe 01 0a 22 )",
          "31 ( \"d/all\" ( 01 01 02 0000 0e10 03 \"text\" 08 \"r/t\" 09 \"corr\" 26 \"k\" \"v\""
              + " 26 \"k2\" \"v2\" ) 'x' )");

  @TempDir private Path temporary;

  @BeforeEach
  void findMosquitto() {
    Requirement.require(
        Files.isExecutable(Path.of("/usr/bin/mosquitto_sub")),
        "mosquitto_sub is missing: install mosquitto-clients.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%t|%p|%l|%q|%r|%%",
        "%x|%X",
        "%5l|%-5l|%05l",
        "[%8p][%-8p][%08p][%3p]",
        "[%8t][%-8t][%.2t][%5.2t][%-5.2t]",
        "%C|%D|%E|%F|%P|%R|%A",
        "[%6C][%-6C][%6E][%-6E][%06E][%4F][%3A]",
        "\\t\\\\\\0\\a\\e\\r\\v@@%t",
        "@Y-@m-@d @j @u @w @U @W @V @G @y @C @B @b @A @a @e @D @F @Z @z @%",
        "%J",
      })
  void formatsPrintTheSameBytes(String format) throws Exception {
    assertSame("-F", format, "-V", "5");
  }

  @Test
  void withoutAFormatPayloadsPrintTheSameBytes() throws Exception {
    assertSame();
    assertSame("-v");
    assertSame("-v", "-N");
    assertSame("-v", "-V", "5", "-T", "d/json", "-T", "d/b/#");
  }

  @Test
  void prettyJsonPrintsTheSameBytes() throws Exception {
    assertSame("-F", "%J", "--pretty");
  }

  @Test
  void bothEndWithTheSameStatus() throws Exception {
    assertSameStatus("-t", "a/+/#/b");
    assertSameStatus("-t", "a", "-k", "1");
    assertSameStatus("-t", "a", "-q", "3");
    assertSameStatus("-t", "a", "-F", "%z");
    assertSameStatus("-t", "a", "-E");
    assertSameStatus("-t", "a", "-W", "1");
    assertSameStatus("-t", "a", "-p", "1");
    assertSameStatus("-t", "a", "-R", "--retained-only");
    assertSameStatus();
  }

  private void assertSame(String... options) throws Exception {
    List<String> hidden = List.of("-t", "d/#", "-T", "ready/#", "-C", count(List.of(options)));
    List<String> theirs =
        arguments("mosquitto_sub", hidden, List.of("-t", "ready/theirs"), List.of(options));
    Path file = temporary.resolve("theirs");
    Process mosquitto =
        new ProcessBuilder(theirs)
            .redirectOutput(file.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> ours = arguments("sub", hidden, List.of("-t", "ready/ours"), List.of(options));
    ClientRun midge = ClientRun.start(ours.toArray(String[]::new));
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "")) {
      awaitSubscriber(publisher, "ready/theirs");
      awaitSubscriber(publisher, "ready/ours");
      MESSAGES.forEach(publisher::send);
      publisher.expectNothing();
    }

    assertThat(mosquitto.waitFor()).isZero();
    assertThat(midge.status()).isZero();
    assertThat(withoutTime(midge.output()))
        .isEqualTo(withoutTime(Files.readString(file, StandardCharsets.ISO_8859_1)));
  }

  @SafeVarargs
  private static List<String> arguments(String program, List<String>... more) {
    List<String> all = new ArrayList<>(List.of(program, "-h", "127.0.0.1"));
    all.addAll(List.of("-p", Integer.toString(SERVER.port())));
    for (List<String> some : more) {
      all.addAll(some);
    }
    return all;
  }

  /// JSON has the time in it, and the two print at different times.
  private static String withoutTime(String text) {
    return text.replaceAll("(\"tst\":\\s?\")[^\"]*", "$1");
  }

  private static String count(List<String> options) {
    return Integer.toString(MESSAGES.size() - (options.contains("d/json") ? 2 : 0));
  }

  /// Publishes until somebody is there: QoS 1 is answered with "no matching subscribers" before.
  private static void awaitSubscriber(RawClient publisher, String topic) {
    int reason;
    do {
      publisher.send("32 ( \"" + topic + "\" 0001 ( ) )");
      byte[] ack = publisher.read().body();
      reason = ack.length > 2 ? ack[2] : 0;
    } while (reason == 0x10);
  }

  private static void assertSameStatus(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-h", "127.0.0.1"));
    if (!List.of(options).contains("-p")) {
      arguments.addAll(List.of("-p", Integer.toString(SERVER.port())));
    }
    arguments.addAll(List.of(options));
    List<String> theirs = new ArrayList<>(List.of("mosquitto_sub"));
    theirs.addAll(arguments);
    Process mosquitto = new ProcessBuilder(theirs).redirectErrorStream(true).start();
    String said = read(mosquitto);
    arguments.addFirst("sub");
    ClientRun midge = ClientRun.run(arguments.toArray(String[]::new));

    assertThat(midge.status()).as("%s: %s", theirs, said).isEqualTo(mosquitto.waitFor());
  }

  private static String read(Process process) throws IOException {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return reader.readAllAsString();
    }
  }
}
