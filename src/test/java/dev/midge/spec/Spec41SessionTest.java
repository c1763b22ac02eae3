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

/// 4.1 Session state, 3.1.2.4 Clean Start, 3.1.2.11.2 Session Expiry Interval.
final class Spec41SessionTest {
  private static final String FOREVER = "11 ffffffff";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("short", "mqtt: { session_seconds_max: 100 }")
          .listener("remembers", "mqtt: { queue_qos0: true }");

  /// Connects with clean start 0 and a session that lasts.
  private static WirePacket resume(RawClient client, int version, String id) {
    client.speak(version).send(RawClient.connect(version, 0x00, FOREVER, id));
    WirePacket connack = client.expectType(WirePacket.CONNACK);
    assertThat(connack.reason()).isZero();
    return connack;
  }

  private static RawClient open() {
    return RawClient.open(SERVER.port());
  }

  private static String subscribe(int version, String filter, int qos) {
    return "82 ( 0001 %s \"%s\" %02x )".formatted(version == 5 ? "( )" : "", filter, qos);
  }

  private static void publishAtQos1(String topic, String payload) {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 4, "publisher-of-" + topic)) {
      publisher.send("32 ( \"%s\" 0007 '%s' )".formatted(topic, payload)).expect("40 02 0007");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {
        "MQTT-3.1.2-5",
        "MQTT-3.1.2-6",
        "MQTT-3.1.2-23",
        "MQTT-3.2.2-3",
        "MQTT-4.1.0-1",
        "MQTT-4.5.0-1"
      },
      v3 = {"MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.2.2-2"})
  void aSessionOutlivesItsConnection(int version) {
    String id = "lasting-" + version;
    try (RawClient client = open()) {
      assertThat(resume(client, version, id).sessionPresent()).isFalse();
      client.send(subscribe(version, id, 1)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    publishAtQos1(id, "while away");
    try (RawClient client = open()) {
      assertThat(resume(client, version, id).sessionPresent()).isEqualTo(version != 3);
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.text()).isEqualTo("while away");
      assertThat(message.dup()).isFalse();
      client.send("40 02 %04x".formatted(message.packetId())).expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-3.1.2-4", "MQTT-3.2.2-2", "MQTT-3.1.4-4"},
      v3 = {"MQTT-3.1.2-6"})
  void cleanStartForgetsTheSession(int version) {
    String id = "cleaned-" + version;
    try (RawClient client = open()) {
      resume(client, version, id);
      client.send(subscribe(version, id, 1)).expectType(WirePacket.SUBACK);
    }
    publishAtQos1(id, "lost");
    RawClient.connected(SERVER.port(), version, id).close();
    try (RawClient client = open()) {
      assertThat(resume(client, version, id).sessionPresent()).isFalse();
      client.expectNothing();
      publishAtQos1(id, "nobody subscribed");
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-4.1.0-2")
  void withoutAnExpiryIntervalTheSessionEndsWithItsConnection() {
    try (RawClient client = open()) {
      client.send(RawClient.connect(5, 0x00, "", "brief")).expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "brief", 1)).expectType(WirePacket.SUBACK);
      client.send("e0 00").expectClosed();
    }
    try (RawClient client = open()) {
      assertThat(resume(client, 5, "brief").sessionPresent()).isFalse();
    }
  }

  @Test
  @Statement("MQTT-4.1.0-2")
  void aSessionEndsWhenItsIntervalHasPassed() {
    // Its will tells when that is.
    try (RawClient watcher = RawClient.connected(SERVER.port(), 4, "expiry-watcher")) {
      watcher.send(subscribe(4, "expired/will", 0)).expectType(WirePacket.SUBACK);
      try (RawClient client = open()) {
        client
            .send(
                "10 ( \"MQTT\" 05 04 003c ( 11 00000001 ) \"expires\" ( 18 0000ffff )"
                    + " \"expired/will\" [ 'over' ] )")
            .expectType(WirePacket.CONNACK);
      }
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("over");
      try (RawClient client = open()) {
        assertThat(resume(client, 5, "expires").sessionPresent()).isFalse();
      }
    }
  }

  @Test
  void disconnectMayChangeTheExpiryInterval() {
    try (RawClient client = open()) {
      resume(client, 5, "changes");
      client.send("e0 ( 00 ( 11 00000000 ) )").expectClosed();
    }
    try (RawClient client = open()) {
      assertThat(resume(client, 5, "changes").sessionPresent()).isFalse();
    }
  }

  @Test
  void disconnectMustNotGiveASessionThatWasBriefALongLife() {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "brief-only")) {
      client.send("e0 ( 00 ( 11 00000001 ) )").expectEnd(0x82);
    }
  }

  @ParameterizedTest
  @CsvSource({"ffffffff, 100", "00000065, 100", "00000064, -1", "00000000, -1"})
  void theServerSaysWhenItKeepsASessionForLess(String asked, int granted) {
    try (RawClient client = RawClient.open(SERVER.port("short"))) {
      client.send(RawClient.connect(5, 0x02, "11 " + asked, "capped-" + asked));
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.has(0x11)).isEqualTo(granted >= 0);
      if (granted >= 0) {
        assertThat(connack.property(0x11).number()).isEqualTo(granted);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesOfQosZeroWaitOnlyWhereTheListenerSaysSo(boolean waiting) {
    int port = SERVER.port(waiting ? "remembers" : "plain");
    String id = "zero-" + waiting;
    try (RawClient client = RawClient.open(port)) {
      resume(client, 4, id);
      client.send(subscribe(4, id, 1)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    try (RawClient publisher = RawClient.connected(SERVER.port(), 4, "zero-publisher")) {
      publisher.send("30 ( \"%s\" 'zero' )".formatted(id)).expectNothing();
    }
    try (RawClient client = RawClient.open(port)) {
      resume(client, 4, id);
      if (waiting) {
        assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("zero");
      }
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.1.3-2", "MQTT-3.1.2-5"})
  void aSessionIsTakenOverWithAllThatIsInIt() {
    try (RawClient first = open();
        RawClient second = open()) {
      resume(first, 5, "moves");
      first.send(subscribe(5, "moves", 2)).expectType(WirePacket.SUBACK);
      publishAtQos1("moves", "unacknowledged");
      int packetId = first.expectType(WirePacket.PUBLISH).packetId();
      assertThat(resume(second, 5, "moves").sessionPresent()).isTrue();
      first.expectEnd(0x8E);
      WirePacket again = second.expectType(WirePacket.PUBLISH);
      assertThat(again.dup()).isTrue();
      assertThat(again.packetId()).isEqualTo(packetId);
    }
  }
}
