package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.14 DISCONNECT.
final class Spec314DisconnectTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.14.4-1", "MQTT-3.14.4-2"})
  void theServerClosesWithoutAnotherWord(int version) {
    try (RawClient client = RawClient.connected(SERVER.port(), version, "bye")) {
      client.send("e0 00 c0 00").expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "e0 00",
        "e0 01 00",
        "e0 ( 00 ( ) )",
        "e0 ( 80 ( 1f \"why\" ) )",
        "e0 ( 04 ( 26 \"a\" \"b\" ) )",
        "e0 01 99"
      })
  void aClientMayGiveAReason(String disconnect) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "reason")) {
      client.send(disconnect).expectClosed();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "e1 00, 0x81", // Flags.
    "e0 01 8e, 0x82", // A reason of servers.
    "e0 01 7f, 0x82", // No reason at all.
    "e0 ( 00 ( 1c \"other\" ) ), 0x82", // Only servers refer to another.
    "e0 ( 00 ( 11 00000000 11 00000000 ) ), 0x82",
    "e0 ( 00 ( 21 0001 ) ), 0x81",
    "e0 ( 00 ( ) 00 ), 0x81",
  })
  @Statement({"MQTT-3.14.1-1", "MQTT-3.14.2-1", "MQTT-3.14.2-2"})
  void aWrongDisconnectIsAnswered(String disconnect, String reason) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "wrong")) {
      WirePacket answer = client.send(disconnect).expectType(WirePacket.DISCONNECT);
      assertThat(answer.reason()).isEqualTo(Integer.decode(reason));
      assertThat(answer.has(0x11)).as("session expiry interval").isFalse();
      assertThat(answer.property(0x1F).text()).as("reason string").isNotEmpty();
      client.expectClosed();
    }
  }

  @Test
  void beforeFiveDisconnectHasNoBody() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "body")) {
      client.send("e0 01 00").expectClosed();
    }
  }

  @Test
  @Statement({"MQTT-3.14.2-3", "MQTT-3.14.2-4"})
  void theReasonStringIsLeftOutWhereItWouldBeTooLong() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000014", "tight")); // 20 bytes.
      client.expectType(WirePacket.CONNACK);
      client.send("c1 00").expect("e0 ( 81 ( ) )").expectClosed();
    }
  }

  @Test
  @Statement("MQTT-3.14.0-1")
  void beforeConnackThereIsNoDisconnect() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 03 003c ( ) \"x\" )").expectType(WirePacket.CONNACK);
      client.expectClosed();
    }
  }
}
