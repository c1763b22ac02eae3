package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.resumed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.4 PUBACK, 3.5 PUBREC, 3.6 PUBREL, 3.7 PUBCOMP: the packets. What they do is in 4.3.
final class Spec34AckTest {
  /// What a receiver may say of a message.
  private static final List<Integer> OF_A_MESSAGE =
      List.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().listener("flat", "limits: { topic_levels_max: 2 }");

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  /// A client with a lasting session that was sent a message with packet identifier 1 and has not
  /// answered.
  private static RawClient withMessage(int version, String id, int qos) {
    RawClient client = resumed(SERVER.port(), version, id);
    client.send(subscribe(version, id, qos)).expectType(WirePacket.SUBACK);
    Publishing.publishAtQos2(SERVER.port(), id, "x");
    return client.expect(publish(version, qos, id, 1, "x"));
  }

  /// Checks that the server has nothing to send again.
  private static void hasNothingToResend(int version, String id) {
    try (RawClient client = resumed(SERVER.port(), version, id)) {
      client.expectNothing();
    }
  }

  private static void endSession(String id) {
    connected(5, id).close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40 02 0001",
        "40 03 0001 00",
        "40 04 0001 00 00",
        "40 ( 0001 10 ( ) )",
        "40 ( 0001 00 ( 1f \"why\" ) )",
        "40 ( 0001 97 ( 26 \"a\" \"1\" 1f \"why\" 26 \"a\" \"1\" ) )",
      })
  @Statement("MQTT-2.2.1-5")
  void pubackHasThreeForms(String puback) {
    try (RawClient client = withMessage(5, "puback-forms", 1)) {
      client.send(puback).expectNothing();
    }
    hasNothingToResend(5, "puback-forms");
    endSession("puback-forms");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "50 02 0001",
        "50 03 0001 00",
        "50 04 0001 00 00",
        "50 ( 0001 10 ( ) )",
        "50 ( 0001 00 ( 26 \"a\" \"1\" 1f \"why\" ) )",
      })
  @Statement({"MQTT-2.2.1-5", "MQTT-3.6.1-1"})
  void pubrecHasThreeForms(String pubrec) {
    try (RawClient client = withMessage(5, "pubrec-forms", 2)) {
      client.send(pubrec).expect("62 02 0001");
    }
    endSession("pubrec-forms");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "62 02 0001",
        "62 03 0001 00",
        "62 04 0001 00 00",
        "62 03 0001 92",
        "62 ( 0001 92 ( ) )",
        "62 ( 0001 00 ( 26 \"a\" \"1\" 1f \"why\" ) )",
      })
  @Statement({"MQTT-2.2.1-5", "MQTT-3.7.2-1"})
  void pubrelHasThreeForms(String pubrel) {
    try (RawClient client = subscriber(SERVER.port(), 5, "pubrel-forms", "forms", 0)) {
      client.send(publish(5, 2, "forms", 1, "x"));
      client.expect(publish(5, 0, "forms", 0, "x")).expect("50 02 0001");
      client.send(pubrel).expect("70 02 0001");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "70 02 0001",
        "70 03 0001 00",
        "70 04 0001 00 00",
        "70 03 0001 92",
        "70 ( 0001 92 ( ) )",
        "70 ( 0001 00 ( 26 \"a\" \"1\" 1f \"why\" ) )",
      })
  @Statement("MQTT-2.2.1-5")
  void pubcompHasThreeForms(String pubcomp) {
    try (RawClient client = withMessage(5, "pubcomp-forms", 2)) {
      client.send("50 02 0001").expect("62 02 0001").send(pubcomp).expectNothing();
    }
    hasNothingToResend(5, "pubcomp-forms");
    endSession("pubcomp-forms");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement({"MQTT-3.4.2-1", "MQTT-3.5.2-1"})
  void pubackAndPubrecMaySayWhatBecameOfAMessage(int qos) {
    for (int reason : OF_A_MESSAGE) {
      try (RawClient client = withMessage(5, "says", qos)) {
        client.send("%d 03 0001 %02x".formatted(qos == 1 ? 40 : 50, reason));
        if (qos == 2 && reason < 0x80) {
          client.expect("62 02 0001");
        }
        client.expectNothing();
      }
      endSession("says");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "40 03 0001 92, 0x82", // Reasons of other packets.
    "40 03 0001 01, 0x82",
    "40 03 0001 11, 0x82",
    "40 03 0001 ff, 0x82",
    "50 03 0001 92, 0x82",
    "50 03 0001 7f, 0x82",
    "62 03 0001 10, 0x82",
    "62 03 0001 80, 0x82",
    "70 03 0001 10, 0x82",
    "70 03 0001 80, 0x82",
    "40 02 0000, 0x82", // Packet identifier 0.
    "50 02 0000, 0x82",
    "62 02 0000, 0x82",
    "70 02 0000, 0x82",
    "40 00, 0x81", // None.
    "40 01 00, 0x81",
    "50 00, 0x81",
    "62 01 00, 0x81",
    "70 00, 0x81",
    "40 ( 0001 00 ( ) 00 ), 0x81", // More than there is to it.
    "50 ( 0001 00 ( ) 00 ), 0x81",
    "62 ( 0001 00 ( ) 00 ), 0x81",
    "70 ( 0001 00 ( ) 00 ), 0x81",
    "40 ( 0001 00 05 1f ), 0x81", // Properties that reach beyond the packet.
    "40 ( 0001 00 ( 11 00000001 ) ), 0x81", // Properties of other packets.
    "50 ( 0001 00 ( 23 0001 ) ), 0x81",
    "62 ( 0001 00 ( 01 01 ) ), 0x81",
    "70 ( 0001 00 ( 0b 01 ) ), 0x81",
    "40 ( 0001 00 ( 1f \"a\" 1f \"b\" ) ), 0x82", // Twice.
    "70 ( 0001 00 ( 1f \"a\" 1f \"b\" ) ), 0x82",
    "40 ( 0001 00 ( 1f [ ff ] ) ), 0x81", // Not UTF-8.
    "62 ( 0001 00 ( 26 \"a\" [ 00 ] ) ), 0x81",
  })
  @Statement({"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1", "MQTT-2.2.1-3"})
  void aWrongAcknowledgementEndsTheConnection(String packet, String reason) {
    try (RawClient client = connected(5, "wrong")) {
      client.send(packet).expectEnd(Integer.decode(reason));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"41", "42", "48", "51", "52", "60", "61", "63", "6a", "71", "72", "7f"})
  @Statement(
      value = {"MQTT-3.6.1-1", "MQTT-2.1.3-1"},
      v3 = {"MQTT-3.6.1-1", "MQTT-2.2.2-2"})
  void reservedFlagsEndTheConnection(String header) {
    try (RawClient client = connected(5, "flags")) {
      client.send(header + " 02 0001").expectEnd(0x81);
    }
    try (RawClient client = connected(4, "flags")) {
      client.send(header + " 02 0001").expectClosed();
    }
  }

  /// In MQTT 3.1 they may say that a packet is sent again.
  @Test
  void mqtt31LeavesTheFlagsToTheClient() {
    try (RawClient client = connected(3, "flags")) {
      client.send(publish(3, 2, "flags", 1, "x")).expect("50 02 0001");
      client.send("6a 02 0001").expect("70 02 0001");
      client.send("48 02 0001 78 02 0001").expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40 03 0001 00",
        "50 03 0001 00",
        "62 04 0001 00 00",
        "70 03 0001 00",
        "40 00",
        "40 01 00",
        "40 02 0000",
        "50 02 0000",
        "62 02 0000",
        "70 02 0000"
      })
  @Statement(v3 = "MQTT-4.8.0-1")
  void beforeFiveAnAcknowledgementIsItsPacketIdentifierAlone(String packet) {
    for (int version : List.of(3, 4)) {
      try (RawClient client = connected(version, "long")) {
        client.send(packet).expectClosed();
      }
    }
  }

  @Test
  @Statement({"MQTT-3.6.2-1", "MQTT-3.7.2-1", "MQTT-4.3.3-11"})
  void unknownPacketIdentifiersAreNamed() {
    try (RawClient client = connected(5, "unknown")) {
      client.send("62 02 0042").expect("70 ( 0042 92 ( ) )");
      client.send("50 02 0042").expect("62 ( 0042 92 ( ) )");
      client.send("50 03 0042 80 40 02 0042 70 02 0042").expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  @Statement(v3 = "MQTT-2.3.1-6")
  void beforeFiveUnknownPacketIdentifiersAreAnsweredAllTheSame(int version) {
    try (RawClient client = connected(version, "unknown")) {
      client.send("62 02 0042").expect("70 02 0042");
      client.send("50 02 0042").expect("62 02 0042");
      client.send("40 02 0042 70 02 0042").expectNothing();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 50 02 0001",
    "1, 70 02 0001",
    "2, 40 02 0001",
    "2, 70 02 0001",
    "2, 40 03 0001 80",
  })
  void anAcknowledgementOutOfTurnEndsTheConnection(int qos, String packet) {
    for (int version : List.of(3, 4, 5)) {
      if (version == 5 || !packet.contains(" 03 ")) {
        try (RawClient client = withMessage(version, "turn-" + version, qos)) {
          client.send(packet).expectEnd(0x82);
        }
        RawClient.connected(SERVER.port(), version, "turn-" + version).close();
      }
    }
  }

  @Test
  @Statement({"MQTT-3.4.2-2", "MQTT-3.4.2-3", "MQTT-3.5.2-2", "MQTT-3.5.2-3", "MQTT-3.1.2-29"})
  void aReasonStringIsGivenOnlyWhereItFitsAndIsWanted() {
    String puback = publish(5, 1, "a/b/c", 1, "x");
    String pubrec = publish(5, 2, "a/b/c", 2, "x");
    try (RawClient client = RawClient.connected(SERVER.port("flat"), 5, "talks")) {
      WirePacket answer = client.send(puback).expectType(WirePacket.PUBACK);
      assertThat(answer.property(0x1F).text()).contains("levels");
      answer = client.send(pubrec).expectType(WirePacket.PUBREC);
      assertThat(answer.property(0x1F).text()).contains("levels");
    }
    for (String asked : List.of("27 00000014", "17 00")) {
      try (RawClient client = RawClient.open(SERVER.port("flat"))) {
        client.send(RawClient.connect(5, 0x02, asked, "terse")).expectType(WirePacket.CONNACK);
        client.send(puback).expect("40 ( 0001 90 ( ) )");
        client.send(pubrec).expect("50 ( 0002 90 ( ) )");
      }
    }
  }

  @Test
  @Statement({"MQTT-3.6.2-2", "MQTT-3.6.2-3", "MQTT-3.7.2-2", "MQTT-3.7.2-3"})
  void answersFitIntoTheSmallestPacketSizeThatCanConnect() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000010", "tiny")).expectType(WirePacket.CONNACK);
      client.send("50 02 0042").expect("62 ( 0042 92 ( ) )");
      client.send("62 02 0042").expect("70 ( 0042 92 ( ) )");
    }
  }
}
