package dev.midge.spec;

import static dev.midge.spec.Packets.noProperties;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 1.5 Data representation, 2.1 Fixed Header, 2.2.1 Packet Identifier: what is the same in all
/// packets.
final class Spec15DataTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  private static void ends(int version, String packet, int reason) {
    try (RawClient client = connected(version, "wrong")) {
      client.send(packet).expectEnd(reason);
    } catch (AssertionError e) {
      throw new AssertionError("after " + packet + " in version " + version, e);
    }
  }

  // 1.5.4 UTF-8 Encoded String.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00", // U+0000.
        "'a' 00 'b'",
        "c080", // The same in two bytes.
        "e08080",
        "c1bf", // More bytes than needed.
        "e09fbf",
        "f08fbfbf",
        "80", // A continuation without a start.
        "bf 'a'",
        "c3", // A start without a continuation.
        "'a' e282",
        "f09f98",
        "c3 'a'",
        "e2 82 'a'",
        "eda080", // Surrogates, alone and in pairs.
        "edbfbf",
        "eda0bd edb880",
        "f4908080", // Beyond U+10FFFF.
        "f5808080",
        "f8888080 80", // Five and six bytes.
        "fc84808080 80",
        "fe",
        "ff"
      })
  @Statement({
    "MQTT-1.5.4-1",
    "MQTT-1.5.4-2",
    "MQTT-3.8.3-1",
    "MQTT-3.10.3-1",
    "MQTT-3.3.2-1",
    "MQTT-4.7.3-2"
  })
  void whatIsNotUtf8IsMalformed(String bytes) {
    for (int version = 3; version <= 5; version++) {
      String none = noProperties(version);
      ends(version, "30 ( [ %s ] %s 'x' )".formatted(bytes, none), 0x81);
      ends(version, "82 ( 0001 %s [ %s ] 00 )".formatted(none, bytes), 0x81);
      ends(version, "a2 ( 0001 %s [ %s ] )".formatted(none, bytes), 0x81);
    }
    for (String property :
        List.of("03 [ %s ]", "08 [ %s ]", "26 [ %s ] \"v\"", "26 \"n\" [ %s ]")) {
      ends(5, "30 ( \"a\" ( %s ) 'x' )".formatted(property.formatted(bytes)), 0x81);
    }
    ends(5, "e0 ( 00 ( 1f [ %s ] ) )".formatted(bytes), 0x81);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ~",
        "\u00a0",
        "\u07ff",
        "\u0800",
        "\ud7ff",
        "\ue000",
        "\ufffd",
        "\ud800\udc00",
        "\ud83d\ude00",
        "\udbff\udffd",
        "\u0939\u093f"
      })
  void allOtherCharactersComeAsTheyWereSent(String text) {
    for (int version = 3; version <= 5; version++) {
      String topic = "chars/" + text;
      try (RawClient client = subscriber(SERVER.port(), version, "chars", topic, 0)) {
        client.send(publish(version, 0, topic, text));
        WirePacket message = client.expectType(WirePacket.PUBLISH);
        assertThat(message.topic()).isEqualTo(topic);
        assertThat(message.text()).isEqualTo(text);
      }
    }
  }

  @Test
  @Statement({"MQTT-1.5.4-3", "MQTT-1.5.7-1"})
  void theByteOrderMarkIsACharacterLikeAnyOther() {
    String mark = "\ufeff";
    for (int version = 3; version <= 5; version++) {
      String topic = mark + "a" + mark;
      try (RawClient client = subscriber(SERVER.port(), version, mark, topic, 0)) {
        client.send(subscribe(version, "a", 0)).expectType(WirePacket.SUBACK);
        client.send(publish(version, 0, topic, "x") + publish(version, 0, "a", "y"));
        assertThat(client.expectType(WirePacket.PUBLISH).topic()).isEqualTo(topic);
        assertThat(client.expectType(WirePacket.PUBLISH).topic()).isEqualTo("a");
      }
    }
    try (RawClient client = subscriber(SERVER.port(), 5, "bom", "bom", 0)) {
      client.send("30 ( \"bom\" ( 03 \"%1$s\" 26 \"%1$sn\" \"v%1$s\" ) 'x' )".formatted(mark));
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.property(0x03).text()).isEqualTo(mark);
      assertThat(message.userProperties()).containsExactly(mark + "n=v" + mark);
    }
  }

  // 1.5.5 Variable Byte Integer.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c0 80 00", // The length in more bytes than it needs.
        "c0 80 80 80 00",
        "30 84 00 0001 'a'",
        "30 ff ff ff ff 01", // In more than four.
        "30 80 80 80 80 01",
        "c0 80 80 80 80 00",
        "e0 ff ff ff ff ff"
      })
  @Statement("MQTT-1.5.5-1")
  void aLengthIsOfFourBytesAtMostAndAsShortAsCanBe(String packet) {
    for (int version = 3; version <= 5; version++) {
      ends(version, packet, 0x81);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30 ( \"a\" 80 00 'x' )", // The length of the properties.
        "30 ( \"a\" 80 80 80 80 01 'x' )",
        "30 ( \"a\" ( 81 00 00 ) 'x' )", // A property.
        "30 ( \"a\" ( 81 80 80 80 80 00 ) 'x' )",
        "82 ( 0001 ( 0b 81 00 ) \"a\" 00 )", // A subscription identifier.
        "82 ( 0001 ( 0b 80 80 80 80 01 ) \"a\" 00 )"
      })
  @Statement("MQTT-1.5.5-1")
  void anIntegerIsOfFourBytesAtMostAndAsShortAsCanBe(String packet) {
    ends(5, packet, 0x81);
  }

  @ParameterizedTest
  @ValueSource(ints = {118, 119, 16_373, 16_374, 16_375, 70_000, 2_097_141, 2_097_143})
  void packetsComeWholeWhateverTheirLength(int payloadLength) {
    byte[] payload = new byte[payloadLength];
    Arrays.fill(payload, (byte) 'p');
    for (int version = 3; version <= 5; version++) {
      try (RawClient client = subscriber(SERVER.port(), version, "length", "length", 0)) {
        client.send("30 ( \"length\" %s 'p' *%d )".formatted(noProperties(version), payloadLength));
        assertThat(client.expectType(WirePacket.PUBLISH).payload()).isEqualTo(payload);
      }
    }
  }

  // 2.1.3 Flags.

  @Test
  @Statement({
    "MQTT-2.1.3-1",
    "MQTT-3.6.1-1",
    "MQTT-3.8.1-1",
    "MQTT-3.10.1-1",
    "MQTT-3.14.1-1",
    "MQTT-3.15.1-1"
  })
  void reservedFlagsMustBeAsTheyAreReserved() {
    for (String body :
        List.of(
            "4 2 ( 0001 )",
            "5 2 ( 0001 )",
            "6 2 ( 0001 )",
            "7 2 ( 0001 )",
            "8 2 ( 0001 %s \"a\" 00 )",
            "a 2 ( 0001 %s \"a\" )",
            "c 0 00",
            "e 0 00",
            "f 0 ( 18 ( 15 \"x\" ) )")) {
      char type = body.charAt(0);
      int required = "68a".indexOf(type) >= 0 ? 2 : 0;
      for (int version = 4; version <= 5; version++) {
        for (int flags = 0; flags < 16; flags++) {
          if (flags != required) {
            String packet = body.substring(4).formatted(noProperties(version));
            ends(version, "%c%x %s".formatted(type, flags, packet), 0x81);
          }
        }
      }
    }
  }

  @Test
  @Statement({"MQTT-3.3.1-2", "MQTT-3.3.1-4"})
  void theFlagsOfPublishMustMakeSense() {
    for (int version = 3; version <= 5; version++) {
      for (String first : List.of("36", "37", "3e", "3f")) { // QoS 3.
        ends(version, first + " ( \"a\" 0001 %s 'x' )".formatted(noProperties(version)), 0x81);
      }
      for (String first : List.of("38", "39")) { // DUP on QoS 0.
        ends(version, first + " ( \"a\" %s 'x' )".formatted(noProperties(version)), 0x81);
      }
    }
  }

  @Test
  void packetTypeZeroAndThoseOfServersAreNotForClients() {
    for (int version = 3; version <= 5; version++) {
      ends(version, "00 00", 0x81);
      ends(version, "0f ( 00 )", 0x81);
      ends(version, "20 02 0000", 0x82);
      ends(version, "90 ( 0001 %s 00 )".formatted(noProperties(version)), 0x82);
      ends(version, "b0 ( 0001 )", 0x82);
      ends(version, "d0 00", 0x82);
    }
    ends(3, "f0 00", 0);
    ends(4, "f0 ( 18 ( 15 \"x\" ) )", 0);
  }

  // 2.2.1 Packet Identifier.

  @Test
  @Statement({"MQTT-2.2.1-2", "MQTT-2.2.1-3"})
  void aPacketIdentifierIsNeverZero() {
    for (int version = 3; version <= 5; version++) {
      String none = noProperties(version);
      for (String first : List.of("32", "34", "3a", "3c")) {
        ends(version, first + " ( \"a\" 0000 %s 'x' )".formatted(none), 0x82);
      }
      ends(version, "82 ( 0000 %s \"a\" 00 )".formatted(none), 0x82);
      ends(version, "a2 ( 0000 %s \"a\" )".formatted(none), 0x82);
      for (String first : List.of("40", "50", "62", "70")) {
        ends(version, first + " ( 0000 )", 0x82);
      }
    }
  }

  @Test
  @Statement({"MQTT-2.2.1-2", "MQTT-3.3.2-1"})
  void aMessageOfQualityZeroHasNoPacketIdentifier() {
    for (int version = 3; version <= 5; version++) {
      try (RawClient client = subscriber(SERVER.port(), version, "none", "none", 2)) {
        String packet = "30 ( \"none\" %s 'x' )".formatted(noProperties(version));
        client.send(packet).expect(packet);
      }
    }
  }

  @Test
  @Statement("MQTT-2.2.1-4")
  void thePacketIdentifiersOfTheServerAreNotZeroAndDifferWhileInUse() {
    for (int version = 3; version <= 5; version++) {
      try (RawClient client = subscriber(SERVER.port(), version, "ids", "ids", 2);
          RawClient publisher = connected(version, "ids-publisher")) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          publishSafely(publisher, 0, "ids", "x");
          ids.add(client.expectType(WirePacket.PUBLISH).packetId());
        }
        assertThat(ids).doesNotContain(0).doesNotHaveDuplicates();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0001", "8000", "ffff"})
  @Statement({"MQTT-2.2.1-5", "MQTT-2.2.1-6"})
  void anAnswerHasThePacketIdentifierOfWhatItAnswers(String id) {
    int number = Integer.parseInt(id, 16);
    for (int version = 3; version <= 5; version++) {
      String none = noProperties(version);
      try (RawClient client = connected(version, "answers")) {
        client.send("32 ( \"a\" %s %s 'x' )".formatted(id, none));
        assertThat(client.expectType(WirePacket.PUBACK).packetId()).isEqualTo(number);
        client.send("34 ( \"a\" %s %s 'x' )".formatted(id, none));
        assertThat(client.expectType(WirePacket.PUBREC).packetId()).isEqualTo(number);
        client.send("62 02 " + id);
        assertThat(client.expectType(WirePacket.PUBCOMP).packetId()).isEqualTo(number);
        client.send("82 ( %s %s \"b\" 00 )".formatted(id, none));
        assertThat(client.expectType(WirePacket.SUBACK).packetId()).isEqualTo(number);
        client.send("a2 ( %s %s \"b\" )".formatted(id, none));
        assertThat(client.expectType(WirePacket.UNSUBACK).packetId()).isEqualTo(number);
      }
    }
  }

  // Where packets end.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40 ( 0001 00 ( ) 00 )",
        "50 ( 0001 00 ( ) 00 )",
        "62 ( 0001 00 ( ) 00 )",
        "70 ( 0001 00 ( ) 00 )",
        "a2 ( 0001 ( ) \"a\" 00 )",
        "82 ( 0001 ( ) \"a\" 00 00 )",
        "c0 ( 00 )",
        "e0 ( 00 ( ) 00 )",
        "f0 ( 18 ( 15 \"x\" ) 00 )"
      })
  void nothingMayFollowTheLastField(String packet) {
    ends(5, packet, 0x81);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40 ( 0001 00 )",
        "50 ( 0001 00 )",
        "62 ( 0001 00 )",
        "70 ( 0001 00 )",
        "a2 ( 0001 \"a\" 00 )",
        "82 ( 0001 \"a\" 00 00 )",
        "c0 ( 00 )",
        "e0 ( 00 )"
      })
  void beforeFiveAnswersAreOfTwoBytes(String packet) {
    ends(3, packet, 0);
    ends(4, packet, 0);
  }

  /// Each packet again and again, one byte shorter every time, with a length that says so.
  @ParameterizedTest
  @CsvSource({
    // And the lengths at which only what may be left out is missing.
    "32 ( \"abc\" 0001 ( 02 00000064 03 \"t\" 09 [ 00 ] 26 \"n\" \"v\" ) ), 0, 0",
    "82 ( 0001 ( 0b 8001 26 \"n\" \"v\" ) \"abc\" 00 ), 0, 0",
    "a2 ( 0001 ( 26 \"n\" \"v\" ) \"abc\" ), 0, 0",
    "40 ( 0001 00 ( 1f \"r\" 26 \"n\" \"v\" ) ), 4, 5",
    "62 ( 0001 00 ( 1f \"r\" 26 \"n\" \"v\" ) ), 4, 5",
    "e0 ( 00 ( 11 00000000 1f \"r\" ) ), 2, 3",
  })
  void aPacketThatEndsInTheMiddleOfAFieldIsMalformed(
      String packet, int complete, int alsoComplete) {
    byte[] whole = Notation.bytes(packet);
    for (int length = 2; length < whole.length; length++) {
      if (length == complete || length == alsoComplete) {
        continue;
      }
      byte[] cut = Arrays.copyOf(whole, length);
      cut[1] = (byte) (length - 2);
      try (RawClient client = connected(5, "cut")) {
        WirePacket end = client.sendBytes(cut).expectType(WirePacket.DISCONNECT);
        // Without any filter it is a protocol error.
        assertThat(end.reason()).as("%s cut to %d bytes", packet, length).isIn(0x81, 0x82);
        client.expectClosed();
      }
    }
  }
}
