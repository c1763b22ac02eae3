package dev.midge.spec;

import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.subscriber;
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

/// 3.3 PUBLISH, but for its properties, for topic aliases and for retained messages.
final class Spec33PublishTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("small", "mqtt: { packet_bytes_max: 200 }")
          .listener("flat", "limits: { topic_levels_max: 3, topic_bytes_max: 20 }");

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 0, 0", "3, 1, 1", "3, 2, 2", "3, 2, 0", "3, 0, 2", "4, 0, 0", "4, 1, 1", "4, 2, 2",
    "4, 2, 1", "4, 1, 2", "5, 0, 0", "5, 1, 1", "5, 2, 2", "5, 1, 0", "5, 1, 2"
  })
  @Statement(
      value = {
        "MQTT-3.3.2-1",
        "MQTT-3.3.4-1",
        "MQTT-2.2.1-2",
        "MQTT-2.2.1-4",
        "MQTT-2.2.1-5",
        "MQTT-3.3.1-2"
      },
      v3 = {"MQTT-2.3.1-4", "MQTT-2.3.1-5", "MQTT-2.3.1-6", "MQTT-3.3.4-1"})
  void aMessageArrivesWithTheLesserQosAndIsAnsweredByItsOwn(int version, int sent, int wanted) {
    String topic = "plain/%d/%d/%d".formatted(version, sent, wanted);
    int qos = Math.min(sent, wanted);
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", topic, wanted);
        RawClient publisher = connected(version, "p")) {
      publisher.send(publish(version, sent, topic, 0x1234, "hello"));
      subscriber.expect(publish(version, qos, topic, 1, "hello"));
      switch (sent) {
        case 0 -> publisher.expectNothing();
        case 1 -> publisher.expect("40 02 1234").expectNothing();
        default -> publisher.expect("50 02 1234").expectNothing();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 4", "3, 5", "4, 3", "4, 5", "5, 3", "5, 4"})
  void versionsUnderstandEachOther(int from, int to) {
    try (RawClient subscriber = subscriber(SERVER.port(), to, "s", "mixed", 2);
        RawClient publisher = connected(from, "p")) {
      publisher.send(publish(from, 0x34, "mixed", 3, "26 \"a\" \"b\" 03 \"text\"", "x"));
      subscriber.expect(
          publish(to, 0x34, "mixed", 1, from == 5 ? "26 \"a\" \"b\" 03 \"text\"" : "", "x"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 300_000})
  void aPayloadIsAnyBytes(int length) {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i * 7 + i / 256);
    }
    String hex = Notation.hex(payload);
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "bytes", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send("30 ( \"bytes\" ( ) " + hex + " )");
      assertThat(subscriber.expectType(WirePacket.PUBLISH).payload()).isEqualTo(payload);
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1", "3, 2", "4, 1", "4, 2", "5, 1", "5, 2"})
  @Statement(
      value = "MQTT-3.3.1-3",
      v3 = {"MQTT-3.3.1-3"})
  void dupOfThePublisherIsNotPassedOn(int version, int qos) {
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", "dup", qos);
        RawClient publisher = connected(version, "p")) {
      publisher.send(publish(version, 0x38 | qos << 1, "dup", 9, "", "x"));
      subscriber.expect(publish(version, qos, "dup", 1, "x"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "36 ( \"t\" 0001 ( ) ), 0x81", // QoS 3.
    "3e ( \"t\" 0001 ( ) ), 0x81",
    "38 ( \"t\" ( ) ), 0x81", // DUP at QoS 0.
    "32 ( \"t\" 0000 ( ) ), 0x82", // Packet identifier 0.
    "34 ( \"t\" 0000 ( ) ), 0x82",
    "32 ( \"t\" 00 ), 0x81", // No packet identifier.
    "32 ( \"t\" ), 0x81",
    "30 00, 0x81", // No topic name.
    "30 01 00, 0x81",
    "30 ( 0003 't' ( ) ), 0x81", // One that reaches beyond the packet.
    "30 ( \"\" ( ) ), 0x82", // An empty one, and no alias.
    "30 ( \"t/+\" ( ) ), 0x81", // Wildcards.
    "30 ( \"#\" ( ) ), 0x81",
    "30 ( \"t/#\" ( ) ), 0x81",
    "30 ( \"t+\" ( ) ), 0x81",
    "30 ( [ 't' 00 ] ( ) ), 0x81", // U+0000.
    "30 ( [ ff ] ( ) ), 0x81", // Not UTF-8.
    "30 ( [ eda080 ] ( ) ), 0x81", // A surrogate.
    "30 ( \"t\" ), 0x81", // No properties.
    "30 ( \"t\" 05 01 01 ), 0x81", // Properties that reach beyond the packet.
  })
  @Statement(
      value = {
        "MQTT-2.2.1-3",
        "MQTT-3.3.1-2",
        "MQTT-3.3.1-4",
        "MQTT-3.3.2-1",
        "MQTT-3.3.2-2",
        "MQTT-3.3.2-8"
      })
  void aWrongPublishEndsTheConnection(String publish, String reason) {
    try (RawClient client = subscriber(SERVER.port(), 5, "wrong", "#", 2)) {
      client.send(publish).expectEnd(Integer.decode(reason));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "36 ( \"t\" 0001 )",
        "3e ( \"t\" 0001 )",
        "38 ( \"t\" )",
        "32 ( \"t\" 0000 )",
        "34 ( \"t\" 0000 )",
        "32 ( \"t\" 00 )",
        "32 ( \"t\" )",
        "30 00",
        "30 01 00",
        "30 ( 0003 't' )",
        "30 ( \"\" 'x' )",
        "30 ( \"t/+\" )",
        "30 ( \"#\" )",
        "30 ( [ 't' 00 ] )",
        "30 ( [ ff ] )",
      })
  @Statement(
      v3 = {
        "MQTT-2.3.1-1",
        "MQTT-3.3.1-2",
        "MQTT-3.3.1-4",
        "MQTT-3.3.2-1",
        "MQTT-3.3.2-2",
        "MQTT-4.8.0-1"
      })
  void beforeFiveAWrongPublishIsClosed(String publish) {
    try (RawClient client = subscriber(SERVER.port(), 4, "wrong", "#", 2)) {
      client.send(publish).expectClosed();
    }
    try (RawClient client = subscriber(SERVER.port(), 3, "wrong", "#", 2)) {
      client.send(publish).expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "a b", "a/", "/a", "ä/水/😀", "a/$b", "A", "a/b/c/d/e/f/g"})
  @Statement(
      value = "MQTT-3.3.2-3",
      v3 = {"MQTT-3.3.2-3"})
  void aTopicArrivesAsItWasWritten(String topic) {
    try (RawClient exact = subscriber(SERVER.port(), 5, "exact", topic, 0);
        RawClient all = subscriber(SERVER.port(), 4, "all", "#", 0);
        RawClient publisher = connected(4, "p")) {
      publisher.send(publish(4, 0, topic, 0, "x"));
      exact.expect(publish(5, 0, topic, 0, "x"));
      all.expect(publish(4, 0, topic, 0, "x"));
    }
  }

  @Test
  void theLongestTopicArrives() {
    try (RawClient all = subscriber(SERVER.port(), 4, "all", "+", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send("30 ( [ 't' *65535 ] ( ) 'x' )");
      all.expect("30 ( [ 't' *65535 ] 'x' )");
    }
  }

  @Test
  void aTopicBeyondWhatTheListenerAllowsIsRefused() {
    try (RawClient client = subscriber(SERVER.port("flat"), 5, "flat", "#", 0)) {
      client.send(publish(5, 1, "a/b/c/d", 1, "x"));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x90);
      client.send("34 ( [ 't' *21 ] 0002 ( ) )");
      assertThat(client.expectType(WirePacket.PUBREC).reason()).isEqualTo(0x90);
      client.send(publish(5, 0, "a/b/c/d", 1, "x")).expectNothing();
      client.send("30 ( [ 't' *20 ] ( ) )").expect("30 ( [ 't' *20 ] ( ) )");
    }
  }

  @Test
  void thePublisherLearnsThatNobodySubscribed() {
    try (RawClient client = connected(5, "lonely")) {
      client.send(publish(5, 1, "nobody/here", 1, "x")).expect("40 ( 0001 10 ( ) )");
      client.send(publish(5, 2, "nobody/here", 2, "x")).expect("50 ( 0002 10 ( ) )");
      client.send("62 02 0002").expect("70 02 0002");
      client.send(publish(5, 0, "nobody/here", 0, "x")).expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void beforeFiveThePublisherDoesNotLearnIt(int version) {
    try (RawClient client = connected(version, "lonely")) {
      client.send(publish(version, 1, "nobody/here", 1, "x")).expect("40 02 0001");
      client.send(publish(version, 2, "nobody/here", 2, "x")).expect("50 02 0002");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"$SYS/broker/uptime", "$SYS", "$", "$share/g/t", "$mine/t"})
  void topicsOfTheServerAreItsOwn(String topic) {
    try (RawClient watcher = subscriber(SERVER.port(), 5, "watcher", "$SYS/#", 2);
        RawClient client = subscriber(SERVER.port(), 5, "client", "$mine/#", 2)) {
      client.send(publish(5, 1, topic, 1, "x")).expect("40 ( 0001 87 ( ) )");
      client.send(publish(5, 2, topic, 2, "x")).expect("50 ( 0002 87 ( ) )");
      client.send("62 02 0002").expect("70 ( 0002 92 ( ) )"); // It was not accepted.
      client.send(publish(5, 0, topic, 0, "x")).expectNothing();
      watcher.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  @Statement(v3 = "MQTT-3.3.5-2")
  void beforeFiveAMessageForThemIsAcknowledgedAndDropped(int version) {
    try (RawClient watcher = subscriber(SERVER.port(), version, "watcher", "$mine/#", 2);
        RawClient client = connected(version, "client")) {
      client.send(publish(version, 1, "$mine/t", 1, "x")).expect("40 02 0001");
      client.send(publish(version, 2, "$mine/t", 2, "x")).expect("50 02 0002");
      client.send("62 02 0002").expect("70 02 0002");
      client.send(publish(version, 0, "$mine/t", 0, "x")).expectNothing();
      watcher.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = "MQTT-3.3.4-2",
      v3 = {"MQTT-3.3.5-1"})
  void overlappingSubscriptionsGiveTheHighestQos(int version) {
    try (RawClient subscriber = subscriber(SERVER.port(), version, "s", "over/lap", 0);
        RawClient publisher = connected(version, "p")) {
      subscriber.send(Packets.subscribe(version, "over/#", 1)).expectType(WirePacket.SUBACK);
      subscriber.send(Packets.subscribe(version, "+/lap", 2)).expectType(WirePacket.SUBACK);
      publisher.send(publish(version, 2, "over/lap", 1, "a")).expect("50 02 0001");
      publisher.send(publish(version, 1, "over/lap", 2, "b")).expect("40 02 0002");
      subscriber.expect(publish(version, 2, "over/lap", 1, "a"));
      subscriber.expect(publish(version, 1, "over/lap", 2, "b"));
      subscriber.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"})
  void aMessageCarriesTheIdentifiersOfAllItsSubscriptions() {
    try (RawClient subscriber = connected(5, "s");
        RawClient publisher = connected(5, "p")) {
      subscriber.send("82 ( 0001 ( 0b 01 ) \"ids/a\" 01 )").expectType(WirePacket.SUBACK);
      subscriber.send("82 ( 0002 ( 0b ffffff7f ) \"ids/#\" 00 )").expectType(WirePacket.SUBACK);
      subscriber.send("82 ( 0003 ( ) \"+/a\" 02 )").expectType(WirePacket.SUBACK);
      publisher.send(publish(5, 2, "ids/a", 1, "a") + publish(5, 2, "ids/b", 2, "b"));
      WirePacket a = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(a.numbers(0x0B)).containsExactlyInAnyOrder(1L, 268_435_455L);
      assertThat(a.qos()).isEqualTo(2);
      WirePacket b = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(b.numbers(0x0B)).containsExactly(268_435_455L);
      subscriber.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.3.4-3", "MQTT-3.3.4-6"})
  void onlyTheServerSendsSubscriptionIdentifiers() {
    try (RawClient client = connected(5, "identified")) {
      client.send("30 ( \"t\" ( 0b 01 ) )").expectEnd(0x82);
    }
  }

  @Test
  @Statement("MQTT-3.2.2-15")
  void theServerTakesPacketsOfTheSizeThatItSaid() {
    try (RawClient client = subscriber(SERVER.port("small"), 5, "sized", "t", 0)) {
      String exact = "30 ( \"t\" ( ) 'x' *193 )"; // 200 bytes.
      client.send(exact).expect(exact);
      client.send("30 ( \"t\" ( ) 'x' *194 )").expectEnd(0x95);
    }
    try (RawClient client = subscriber(SERVER.port("small"), 4, "sized", "t", 0)) {
      client.send("30 ( \"t\" 'x' *195 )").expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
  void aMessageTooLongForASubscriberIsDroppedForItAlone(int qos) {
    int id = qos == 0 ? 0 : 2;
    String longest = "'x' *%d )".formatted(193 - id); // 200 bytes.
    try (RawClient tight = subscriber(SERVER.port(), "27 000000c8 21 0001", "tight", "t", qos);
        RawClient wide = subscriber(SERVER.port(), 5, "wide", "t", qos);
        RawClient publisher = connected(5, "p")) {
      for (int i = 0; i < 3; i++) {
        publisher.send("34 ( \"t\" 0001 ( ) 'x' *%d )".formatted(194 - id));
        publisher.expect("50 02 0001").send("62 02 0001").expect("70 02 0001");
        assertThat(wide.expectType(WirePacket.PUBLISH).payload()).hasSize(194 - id);
      }
      publisher.send("34 ( \"t\" 0002 ( ) " + longest).expect("50 02 0002");
      assertThat(wide.expectType(WirePacket.PUBLISH).payload()).hasSize(193 - id);
      WirePacket fitting = tight.expectType(WirePacket.PUBLISH);
      assertThat(fitting.payload()).hasSize(193 - id);
      tight.expectNothing();
    }
  }

  /// The message was sent to a connection that took more; the next one takes less.
  @Test
  @Statement("MQTT-3.1.2-25")
  void aMessageThatBecameTooLongIsNotSentAgain() {
    try (RawClient client = Publishing.resumed(SERVER.port(), 5, "shrinks")) {
      client.send(Packets.subscribe(5, "shrinks", 2)).expectType(WirePacket.SUBACK);
      client.send("34 ( \"shrinks\" 0001 ( ) 'x' *100 )");
      client.expectType(WirePacket.PUBLISH);
      client.expectType(WirePacket.PUBREC);
    }
    try (RawClient client =
        Publishing.resumed(SERVER.port(), 5, "27 00000040 21 0001", "shrinks")) {
      client.expectNothing();
      Publishing.publishAtQos1(SERVER.port(), "shrinks", "short");
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("short");
    }
  }
}
