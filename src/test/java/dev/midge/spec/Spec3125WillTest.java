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

/// 3.1.2.5 Will Flag, 3.1.3.2 Will Properties, and what DISCONNECT means for the will.
final class Spec3125WillTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// A client that subscribes to the will topic with QoS 2.
  private static RawClient watcher(int version, String topic) {
    RawClient watcher = RawClient.connected(SERVER.port(), version, "watcher-" + topic);
    watcher.send("82 ( 0001 %s \"%s\" 02 )".formatted(version == 5 ? "( )" : "", topic));
    watcher.expectType(WirePacket.SUBACK);
    return watcher;
  }

  /// Connects with a will for the topic of the client's own name.
  ///
  /// @param flags connect flags, will flag included
  private static RawClient withWill(
      int version, int flags, String properties, String willProperties, String id) {
    RawClient client = RawClient.open(SERVER.port()).speak(version);
    String v5 = version == 5 ? "( " + properties + " )" : "";
    String willV5 = version == 5 ? "( " + willProperties + " )" : "";
    client.send(
        "10 ( %s %02x %02x 003c %s \"%s\" %s \"%s\" [ 'gone' ] )"
            .formatted(
                version == 3 ? "\"MQIsdp\"" : "\"MQTT\"", version, flags, v5, id, willV5, id));
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    return client;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT-3.1.2-14"})
  void aWillIsPublishedWhenTheConnectionIsLost(int version) {
    String id = "lost-" + version;
    try (RawClient watcher = watcher(version, id)) {
      withWill(version, 0x06, "", "", id).close();
      WirePacket will = watcher.expectType(WirePacket.PUBLISH);
      assertThat(will.text()).isEqualTo("gone");
      assertThat(will.qos()).isZero();
      assertThat(will.retain()).isFalse();
      watcher.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.1.2-10", "MQTT-3.14.4-3"})
  void aWillIsWithdrawnByDisconnect(int version) {
    String id = "polite-" + version;
    try (RawClient watcher = watcher(version, id)) {
      try (RawClient client = withWill(version, 0x06, "", "", id)) {
        client.send("e0 00").expectClosed();
      }
      watcher.expectNothing();
    }
  }

  @Test
  void disconnectWithWillAsksForIt() {
    try (RawClient watcher = watcher(5, "with-will")) {
      try (RawClient client = withWill(5, 0x06, "", "", "with-will")) {
        client.send("e0 01 04").expectClosed();
      }
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  @Statement("MQTT-3.1.2-8")
  void aWillIsPublishedWhenTheClientBreaksARule(int version) {
    String id = "rude-" + version;
    try (RawClient watcher = watcher(version, id)) {
      try (RawClient client = withWill(version, 0x06, "", "", id)) {
        client.send("c1 00").expectEnd(0x81);
      }
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 0, 0", "4, 1, 1", "5, 0, 0", "5, 1, 1", "5, 2, 2"})
  @Statement("MQTT-3.1.2-9")
  void aWillHasTheQosThatItWasGiven(int version, int willQos, int expected) {
    String id = "qos-%d-%d".formatted(version, willQos);
    try (RawClient watcher = watcher(version, id)) {
      withWill(version, 0x06 | willQos << 3, "", "", id).close();
      assertThat(watcher.expectType(WirePacket.PUBLISH).qos()).isEqualTo(expected);
    }
  }

  @Test
  @Statement("MQTT-3.1.2-15")
  void aWillMayBeRetained() {
    try (RawClient watcher = watcher(5, "kept")) {
      withWill(5, 0x26, "", "", "kept").close();
      assertThat(watcher.expectType(WirePacket.PUBLISH).retain()).isFalse();
    }
    try (RawClient late = watcher(4, "kept")) {
      WirePacket will = late.expectType(WirePacket.PUBLISH);
      assertThat(will.text()).isEqualTo("gone");
      assertThat(will.retain()).isTrue();
    }
  }

  @Test
  @Statement({"MQTT-3.1.3-10", "MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-20"})
  void aWillCarriesItsProperties() {
    try (RawClient watcher = watcher(5, "rich")) {
      withWill(
              5,
              0x06,
              "",
              "01 01 02 00000064 03 \"text/plain\" 08 \"answer\" 09 [ 0102 ]"
                  + " 26 \"b\" \"1\" 26 \"a\" \"2\"",
              "rich")
          .close();
      WirePacket will = watcher.expectType(WirePacket.PUBLISH);
      assertThat(will.property(0x01).number()).isEqualTo(1);
      assertThat(will.property(0x02).number()).isEqualTo(100);
      assertThat(will.property(0x03).text()).isEqualTo("text/plain");
      assertThat(will.property(0x08).text()).isEqualTo("answer");
      assertThat(will.property(0x09).value()).containsExactly(1, 2);
      assertThat(will.userProperties()).containsExactly("b=1", "a=2");
      assertThat(will.has(0x18)).as("will delay interval").isFalse();
    }
  }

  @Test
  @Statement("MQTT-3.1.2-8")
  void aDelayedWillWaitsForItsTime() {
    try (RawClient watcher = watcher(5, "delayed")) {
      withWill(5, 0x04, "11 00000064", "18 00000001", "delayed").close();
      watcher.expectNothing();
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
    }
  }

  @Test
  @Statement({"MQTT-3.1.3-9", "MQTT-3.1.2-10"})
  void aDelayedWillIsForgottenWhenTheClientIsBackInTime() {
    try (RawClient watcher = watcher(5, "back");
        RawClient clock = watcher(5, "clock")) {
      withWill(5, 0x04, "11 00000064", "18 00000001", "back").close();
      try (RawClient again = RawClient.open(SERVER.port())) {
        again.send(RawClient.connect(5, 0x00, "11 00000064", "back"));
        assertThat(again.expectType(WirePacket.CONNACK).sessionPresent()).isTrue();
        // Another will of the same delay that began later is published, this one is not.
        withWill(5, 0x04, "11 00000064", "18 00000001", "clock").close();
        clock.expectType(WirePacket.PUBLISH);
        watcher.expectNothing();
      }
    }
  }

  @Test
  @Statement("MQTT-3.1.2-8")
  void aDelayedWillDoesNotOutliveItsSession() {
    try (RawClient watcher = watcher(5, "outlived")) {
      withWill(5, 0x06, "", "18 0000ffff", "outlived").close(); // The session ends at once.
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
      withWill(5, 0x06, "11 0000ffff", "18 0000ffff", "outlived").close();
      watcher.expectNothing();
      RawClient.connected(SERVER.port(), 5, "outlived").close(); // Clean start ends it.
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
    }
  }

  /// At a takeover the old connection is closed by the server, so its will is due, unless the
  /// session goes on and the will has a delay (3.1.4, non-normative comment).
  @ParameterizedTest
  @CsvSource({
    "4, 0x06, '', '', true",
    "4, 0x04, '', '', true",
    "5, 0x06, '', '', true",
    "5, 0x04, 11 00000064, '', true",
    "5, 0x04, 11 00000064, 18 00000064, false",
  })
  @Statement({"MQTT-3.1.4-3", "MQTT-3.1.2-8", "MQTT-3.1.3-9"})
  void atATakeoverTheWillIsDueUnlessItHasADelay(
      int version, String flags, String properties, String willProperties, boolean due) {
    String id = "taken-%d-%s-%d".formatted(version, flags, willProperties.length());
    try (RawClient watcher = watcher(version, id);
        RawClient first = withWill(version, Integer.decode(flags), properties, willProperties, id);
        RawClient second = RawClient.open(SERVER.port())) {
      second.speak(version).send(RawClient.connect(version, 0x00, properties, id));
      second.expectType(WirePacket.CONNACK);
      first.expectEnd(0x8E);
      if (due) {
        assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
      }
      watcher.expectNothing();
    }
  }

  @Test
  void atATakeoverWithCleanStartADelayedWillIsDue() {
    try (RawClient watcher = watcher(5, "clean-take");
        RawClient first = withWill(5, 0x04, "11 00000064", "18 00000064", "clean-take");
        RawClient second = RawClient.connected(SERVER.port(), 5, "clean-take")) {
      first.expectEnd(0x8E);
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("gone");
      second.expectNothing();
    }
  }

  @ParameterizedTest
  @CsvSource({"$SYS/broker/version", "$share/g/x"})
  void aWillForATopicOfTheServerIsRefused(String topic) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 06 003c ( ) \"spoof\" ( ) \"%s\" [ 'x' ] )".formatted(topic));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @CsvSource({"a/#", "+", "''"})
  @Statement({"MQTT-4.7.0-1", "MQTT-4.7.3-1"})
  void aWillTopicIsATopicName(String topic) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 06 003c ( ) \"bad\" ( ) \"%s\" [ 'x' ] )".formatted(topic));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x81);
      client.expectClosed();
    }
  }
}
