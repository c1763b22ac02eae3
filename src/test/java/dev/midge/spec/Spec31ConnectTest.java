package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.1 CONNECT and 3.2 CONNACK, but for wills and sessions.
final class Spec31ConnectTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "small",
              """
              mqtt:
                packet_bytes_max: 200
                receive_max: 10
                topic_alias_max: 5
                keep_alive_seconds_max: 30
                session_seconds_max: 100
              limits: { client_id_bytes_max: 30 }
              """)
          .listener(
              "poor",
              """
              mqtt:
                qos_max: 1
                retain: false
                wildcards: false
                shared: false
                subscription_ids: false
                topic_alias_max: 0
              """)
          .listener("only-five", "mqtt: { versions: [\"5.0\"] }")
          .listener("hasty", "mqtt: { connect_seconds_max: 1 }")
          .listener("named", "access: { anonymous: false }");

  private static WirePacket connack(int port, int version, String connect) {
    try (RawClient client = RawClient.open(port)) {
      return client.speak(version).send(connect).expectType(WirePacket.CONNACK);
    }
  }

  private static void closesWithoutAWord(String bytes) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(bytes).expectClosed();
    }
  }

  /// The server may answer before it closes in MQTT 5.0, and must not before that.
  private static void isRefused(int version, String connect, int reason) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.speak(version).send(connect);
      if (version == 5) {
        WirePacket connack = client.expectType(WirePacket.CONNACK);
        assertThat(connack.reason()).as("reason of %s", connack).isEqualTo(reason);
        assertThat(connack.sessionPresent()).isFalse();
      }
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  @Statement({"MQTT-3.2.0-1", "MQTT-3.2.2-1"})
  void aConnectIsAcceptedByFourBytes(int version) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(version, 0x02, "", "four")).expect("20 02 00 00");
    }
  }

  @Test
  @Statement({"MQTT-3.2.0-1", "MQTT-3.2.2-1", "MQTT-3.2.2-2", "MQTT-3.2.2-8", "MQTT-2.2.2-1"})
  void aConnectOfFiveIsAcceptedWithProperties() {
    WirePacket connack = connack(SERVER.port(), 5, RawClient.connect(5, 0x02, "", "five"));
    assertThat(connack.reason()).isZero();
    assertThat(connack.body()[0]).isZero();
    assertThat(connack.property(0x21).number()).isEqualTo(1024);
    assertThat(connack.property(0x22).number()).isEqualTo(64);
    assertThat(connack.has(0x12)).as("assigned client identifier").isFalse();
    assertThat(connack.has(0x15)).as("authentication method").isFalse();
  }

  @Test
  @Statement("MQTT-3.1.0-1")
  void anythingButConnectFirstIsClosed() {
    closesWithoutAWord("c0 00");
    closesWithoutAWord("30 ( \"a\" 'x' )");
    closesWithoutAWord("82 ( 0001 \"a\" 00 )");
    closesWithoutAWord("e0 00");
    closesWithoutAWord("20 02 00 00");
    closesWithoutAWord("f0 00");
    closesWithoutAWord("00 00");
    closesWithoutAWord("'GIF89a'");
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.1.0-2", "MQTT-3.2.0-2", "MQTT-4.13.1-1"})
  void aSecondConnectEndsTheConnection(int version) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "twice")) {
      client.send(RawClient.connect(version, 0x02, "", "twice")).expectEnd(0x82);
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-1", "MQTT-3.1.4-1"})
  void anotherProtocolIsClosed() {
    closesWithoutAWord("10 ( \"mqtt\" 04 02 003c \"x\" )");
    closesWithoutAWord("10 ( \"MQTTX\" 05 02 003c ( ) \"x\" )");
    closesWithoutAWord("10 ( \"AMQP\" 04 02 003c \"x\" )");
  }

  @Test
  @Statement(
      value = {"MQTT-3.1.2-2", "MQTT-3.2.2-7", "MQTT-4.13.2-1"},
      v3 = "MQTT-3.1.2-2")
  void anotherVersionIsToldSo() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 06 02 003c ( ) \"x\" )").expect("20 ( 00 84 ( ) )").expectClosed();
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 03 02 003c \"x\" )").expect("20 02 00 01").expectClosed();
    }
    try (RawClient client = RawClient.open(SERVER.port("only-five"))) {
      client.send(RawClient.connect(4, 0x02, "", "x")).expect("20 02 00 01").expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  @Statement({"MQTT-3.1.2-3", "MQTT-3.1.4-1"})
  void theReservedFlagMustBeZero(int version) {
    isRefused(version, RawClient.connect(version, 0x03, "", "reserved"), 0x81);
  }

  @ParameterizedTest
  @CsvSource({"08", "10", "18", "20"})
  @Statement({"MQTT-3.1.2-11", "MQTT-3.1.2-13"})
  void willFlagsWithoutAWillAreMalformed(String flags) {
    int bits = Integer.parseInt(flags, 16) | 0x02;
    isRefused(5, RawClient.connect(5, bits, "", "no-will"), 0x81);
    isRefused(4, RawClient.connect(4, bits, "", "no-will"), 0x81);
  }

  @Test
  @Statement("MQTT-3.1.2-12")
  void willQosThreeIsMalformed() {
    isRefused(5, "10 ( \"MQTT\" 05 1e 003c ( ) \"w\" ( ) \"t\" [ ] )", 0x81);
    isRefused(4, "10 ( \"MQTT\" 04 1e 003c \"w\" \"t\" [ ] )", 0x81);
  }

  @Test
  @Statement({
    "MQTT-3.1.2-9",
    "MQTT-3.1.2-16",
    "MQTT-3.1.2-17",
    "MQTT-3.1.2-18",
    "MQTT-3.1.2-19",
    "MQTT-3.1.3-1",
    "MQTT-3.1.3-3"
  })
  void fieldsMustBeThereExactlyAsTheFlagsSay() {
    isRefused(5, "10 ( \"MQTT\" 05 06 003c ( ) \"w\" )", 0x81); // No will.
    isRefused(5, "10 ( \"MQTT\" 05 82 003c ( ) \"u\" )", 0x81); // No user name.
    isRefused(5, "10 ( \"MQTT\" 05 42 003c ( ) \"p\" )", 0x81); // No password.
    isRefused(5, "10 ( \"MQTT\" 05 02 003c ( ) \"x\" \"user\" )", 0x81); // One too many.
    isRefused(5, "10 ( \"MQTT\" 05 02 003c ( ) )", 0x81); // No client identifier.
    isRefused(4, "10 ( \"MQTT\" 04 02 003c \"x\" \"user\" )", 0x81);
  }

  @Test
  @Statement(v3 = "MQTT-3.1.2-22")
  void aPasswordWithoutUserNameIsForFiveOnly() {
    isRefused(4, "10 ( \"MQTT\" 04 42 003c \"p\" [ 'secret' ] )", 0x81);
    assertThat(
            connack(SERVER.port(), 5, "10 ( \"MQTT\" 05 42 003c ( ) \"p\" [ 'secret' ] )").reason())
        .isZero();
  }

  @Test
  @Statement({"MQTT-3.1.3-4", "MQTT-3.1.3-11", "MQTT-3.1.3-12", "MQTT-1.5.4-1", "MQTT-1.5.4-2"})
  void stringsMustBeWellFormed() {
    for (String bad :
        new String[] {"[ c0 80 ]", "[ eda080 ]", "[ 'a' 00 ]", "[ ff ]", "[ e28x ]"}) {
      String string = bad.replace("x", "2");
      isRefused(5, "10 ( \"MQTT\" 05 02 003c ( ) %s )".formatted(string), 0x81);
      isRefused(5, "10 ( \"MQTT\" 05 06 003c ( ) \"w\" ( ) %s [ ] )".formatted(string), 0x81);
      isRefused(5, "10 ( \"MQTT\" 05 82 003c ( ) \"u\" %s )".formatted(string), 0x81);
      isRefused(4, "10 ( \"MQTT\" 04 02 003c %s )".formatted(string), 0x81);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.1.3-5")
  void anyIdentifierOfTwentyThreeLettersWillDo(int version) {
    for (String id : new String[] {"0", "abcdefghijklmnopqrstuvw", "XYZ0123456789ABCDEFGHIJ"}) {
      RawClient.connected(SERVER.port(), version, id).close();
    }
  }

  @Test
  void anIdentifierLongerThanMqtt31AllowsIsTaken() {
    RawClient.connected(SERVER.port(), 3, "x".repeat(200)).close();
  }

  @Test
  @Statement({"MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16"})
  void whoBringsNoIdentifierIsGivenOneOfItsOwn() {
    String connect = RawClient.connect(5, 0x02, "", "");
    try (RawClient one = RawClient.open(SERVER.port());
        RawClient other = RawClient.open(SERVER.port())) {
      String first = one.send(connect).read().property(0x12).text();
      String second = other.send(connect).read().property(0x12).text();
      assertThat(first).isNotEmpty().isNotEqualTo(second);
      one.expectNothing();
      try (RawClient again = RawClient.connected(SERVER.port(), 5, first)) {
        one.expectEnd(0x8E); // So the identifier is the one that was assigned.
        again.expectNothing();
      }
    }
  }

  @Test
  @Statement(v3 = {"MQTT-3.1.3-7", "MQTT-3.1.3-8", "MQTT-3.1.3-9"})
  void beforeFiveAnEmptyIdentifierNeedsACleanSession() {
    RawClient.connected(SERVER.port(), 4, "").close();
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(4, 0x00, "", "")).expect("20 02 00 02").expectClosed();
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(3, 0x02, "", "")).expect("20 02 00 02").expectClosed();
    }
  }

  @Test
  @Statement({"MQTT-3.1.3-8", "MQTT-3.2.2-6", "MQTT-3.2.2-7"})
  void anIdentifierThatIsTooLongIsRefused() {
    try (RawClient client = RawClient.open(SERVER.port("small"))) {
      client.send(RawClient.connect(5, 0x02, "", "x".repeat(31)));
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.reason()).isEqualTo(0x85);
      assertThat(connack.sessionPresent()).isFalse();
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.1.3-2", "MQTT-3.1.4-3", "MQTT-3.1.4-4"})
  void aSecondClientWithTheSameIdentifierTakesOver(int version) {
    try (RawClient first = RawClient.connected(SERVER.port(), version, "taken");
        RawClient second = RawClient.connected(SERVER.port(), version, "taken")) {
      first.expectEnd(0x8E);
      second.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-22", "MQTT-3.2.2-22"})
  void silenceForOneAndAHalfKeepAlivesEndsTheConnection() {
    try (RawClient five = RawClient.open(SERVER.port());
        RawClient four = RawClient.open(SERVER.port())) {
      five.send("10 ( \"MQTT\" 05 02 0001 ( ) \"quiet-five\" )").expectType(WirePacket.CONNACK);
      four.speak(4).send("10 ( \"MQTT\" 04 02 0001 \"quiet-four\" )").expect("20 02 00 00");
      five.expectEnd(0x8D);
      four.expectClosed();
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-21", "MQTT-3.2.2-21"})
  void theServerMayKeepTheKeepAliveShort() {
    int port = SERVER.port("small");
    for (String asked : new String[] {"0000", "001f", "ffff"}) {
      WirePacket connack =
          connack(port, 5, "10 ( \"MQTT\" 05 02 %s ( ) \"keep\" )".formatted(asked));
      assertThat(connack.property(0x13).number()).isEqualTo(30);
    }
    assertThat(connack(port, 5, "10 ( \"MQTT\" 05 02 001e ( ) \"keep\" )").has(0x13)).isFalse();
  }

  @Test
  void whoSendsNoConnectInTimeIsClosed() {
    try (RawClient silent = RawClient.open(SERVER.port("hasty"));
        RawClient slow = RawClient.open(SERVER.port("hasty"))) {
      slow.send("10 20 0004 'MQ'");
      silent.expectClosed();
      slow.expectClosed();
    }
  }

  @Test
  void aListenerMayAskForAUserName() {
    try (RawClient client = RawClient.open(SERVER.port("named"))) {
      client.send(RawClient.connect(4, 0x02, "", "x")).expect("20 02 00 05").expectClosed();
    }
    assertThat(
            connack(
                    SERVER.port("named"),
                    4,
                    "10 ( \"MQTT\" 04 c2 003c \"named\" \"user\" [ 'secret' ] )")
                .reason())
        .isZero();
  }

  @Test
  void connackSaysWhatAListenerOffers() {
    WirePacket small = connack(SERVER.port("small"), 5, RawClient.connect(5, 2, "", "offer"));
    assertThat(small.property(0x27).number()).as("maximum packet size").isEqualTo(200);
    assertThat(small.property(0x21).number()).as("receive maximum").isEqualTo(10);
    assertThat(small.property(0x22).number()).as("topic alias maximum").isEqualTo(5);
    WirePacket usual = connack(SERVER.port(), 5, RawClient.connect(5, 2, "", "offer"));
    assertThat(usual.has(0x24)).as("maximum QoS").isFalse();
    assertThat(usual.has(0x25)).as("retain available").isFalse();
    assertThat(usual.has(0x28)).as("wildcards available").isFalse();
    assertThat(usual.has(0x1A)).as("response information").isFalse();
  }

  @Test
  @Statement({"MQTT-3.2.2-9", "MQTT-3.2.2-18"})
  void connackSaysWhatAListenerLacks() {
    WirePacket poor = connack(SERVER.port("poor"), 5, RawClient.connect(5, 2, "", "poor"));
    assertThat(poor.property(0x24).number()).as("maximum QoS").isEqualTo(1);
    assertThat(poor.property(0x25).number()).as("retain available").isZero();
    assertThat(poor.property(0x28).number()).as("wildcards available").isZero();
    assertThat(poor.property(0x29).number()).as("identifiers available").isZero();
    assertThat(poor.property(0x2A).number()).as("shared available").isZero();
    assertThat(poor.has(0x22)).as("topic alias maximum").isFalse();
  }

  @Test
  @Statement({"MQTT-3.2.2-12", "MQTT-3.2.2-13"})
  void aWillBeyondWhatIsOfferedIsRefused() {
    int port = SERVER.port("poor");
    assertThat(connack(port, 5, "10 ( \"MQTT\" 05 16 003c ( ) \"w\" ( ) \"t\" [ ] )").reason())
        .isEqualTo(0x9B);
    assertThat(connack(port, 5, "10 ( \"MQTT\" 05 26 003c ( ) \"w\" ( ) \"t\" [ ] )").reason())
        .isEqualTo(0x9A);
  }

  @Test
  @Statement("MQTT-3.1.2-28")
  void responseInformationIsGivenWhenAskedFor() {
    assertThat(
            connack(SERVER.port(), 5, RawClient.connect(5, 2, "19 01", "asks"))
                .property(0x1A)
                .text())
        .isEqualTo("response/asks/");
    assertThat(connack(SERVER.port(), 5, RawClient.connect(5, 2, "19 00", "asks")).has(0x1A))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "21 0000, 0x82", // Receive maximum 0.
    "27 00000000, 0x82", // Maximum packet size 0.
    "17 02, 0x82", // A bit that is neither 0 nor 1.
    "19 02, 0x82",
    "11 00000001 11 00000001, 0x82", // Twice.
    "21 0001 21 0001, 0x82",
    "16 [ 00 ], 0x82", // Authentication data without a method.
    "24 01, 0x81", // A property of CONNACK.
    "01 00, 0x81", // A property of PUBLISH.
    "7f 00, 0x81", // No property at all.
    "8b 01, 0x81",
    "11 0000, 0x81", // Cut short.
    "26 \"a\", 0x81",
    "26 \"a\" [ ff ], 0x81",
  })
  @Statement({"MQTT-2.2.2-1", "MQTT-1.5.7-1", "MQTT-3.1.4-1"})
  void wrongPropertiesAreRefused(String properties, String reason) {
    isRefused(5, RawClient.connect(5, 0x02, properties, "props"), Integer.decode(reason));
  }

  @Test
  @Statement("MQTT-1.5.5-1")
  void lengthsAreOfFourBytesAtMostAndAsShortAsCanBe() {
    closesWithoutAWord("10 ff ff ff ff 01");
    closesWithoutAWord("10 80 80 80 80 80");
    closesWithoutAWord("10 8f 00");
    isRefused(5, "10 ( \"MQTT\" 05 02 003c 80 00 \"x\" )", 0x81);
  }

  @Test
  @Statement({"MQTT-3.1.2-24", "MQTT-3.2.2-15", "MQTT-3.2.2-19"})
  void packetsAreAsLongAsAgreedAtMost() {
    try (RawClient client = RawClient.open(SERVER.port("small"))) {
      client.send("10 ( \"MQTT\" 05 02 001e ( ) [ 'x' *300 ] )").expectClosed();
    }
    try (RawClient client = RawClient.connected(SERVER.port("small"), 5, "long")) {
      client.send("30 ( \"t\" ( ) 'x' *200 )").expectEnd(0x95);
    }
    // A CONNACK does not fit into two bytes.
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000002", "tiny")).expectClosed();
    }
  }

  /// CONNACK would have to tell the client its identifier. Whose place it wanted stays.
  @Test
  @Statement({"MQTT-3.2.0-1", "MQTT-3.1.2-24"})
  void whomConnackIsTooLongForIsRefusedByOne() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000014", "")).expect("20 ( 00 95 00 )");
      client.expectClosed();
    }
    try (RawClient there = RawClient.connected(SERVER.port(), 5, "there");
        RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000005", "there")).expect("20 ( 00 95 00 )");
      client.expectClosed();
      there.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.2.0-1", "MQTT-3.1.2-28"})
  void responseInformationThatIsTooLongForTextIsLeftOut() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "19 01", "x".repeat(65_535)));
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.reason()).isZero();
      assertThat(connack.has(0x1A)).as("response information").isFalse();
    }
  }

  @Test
  void whatComesWithConnectIsDealtWithAfterIt() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      byte[] all =
          Notation.bytes(
              RawClient.connect(4, 0x02, "", "eager")
                  + " 82 ( 0001 \"eager\" 01 ) 32 ( \"eager\" 0002 'x' ) c0 00");
      client.speak(4).sendBytes(all);
      client.expect("20 02 00 00").expect("90 ( 0001 01 )");
      client.expect("32 ( \"eager\" 0001 'x' )").expect("40 02 0002").expect("d0 00");
    }
  }

  @Test
  @Statement("MQTT-3.1.4-6")
  void nothingIsDoneForAClientThatWasRefused() {
    try (RawClient watcher = RawClient.connected(SERVER.port(), 4, "watcher");
        RawClient client = RawClient.open(SERVER.port())) {
      watcher.send("82 ( 0001 \"refused/#\" 00 )").expect("90 ( 0001 00 )");
      client.send(RawClient.connect(4, 0x00, "", "") + " 30 ( \"refused/x\" 'x' )");
      client.expect("20 02 00 02").expectClosed();
      watcher.expectNothing();
    }
  }

  @Test
  void bytesMayComeOneByOne() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      for (byte b : Notation.bytes(RawClient.connect(5, 0x02, "", "slowly") + " c0 00")) {
        client.sendBytes(new byte[] {b});
      }
      client.expectType(WirePacket.CONNACK);
      client.expect("d0 00");
    }
  }

  @Test
  void mqtt31LeavesReservedBitsToTheClient() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("14 ( \"MQIsdp\" 03 03 003c \"old\" )").expect("20 02 00 00");
      client.speak(3).send("8a ( 0001 \"old\" 00 )").expect("90 ( 0001 00 )");
    }
  }
}
