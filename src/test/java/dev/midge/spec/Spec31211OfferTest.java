package dev.midge.spec;

import static dev.midge.spec.Packets.acknowledge;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
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

/// 3.1.2.11 CONNECT Properties and 3.2.2.3 CONNACK Properties: what either side says it can take,
/// the other keeps to.
final class Spec31211OfferTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().listener("poor", "mqtt: { qos_max: 0, retain: false }");

  /// A client that connects with these properties, and an answer that accepts it.
  private static RawClient connected(String properties, String id) {
    RawClient client = RawClient.open(SERVER.port());
    client.send(RawClient.connect(5, 0x02, properties, id));
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    return client;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.1.4-5")
  void whatIsInOrderIsAccepted(int version) {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.speak(version).send(RawClient.connect(version, 0x02, "", "fine"));
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.reason()).isZero();
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  @Statement({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
  void aMessageThatIsTooLongForAClientIsDroppedForItAlone(int qos) {
    try (RawClient tight = connected("27 00000064 21 0001", "tight"); // 100 bytes, one at a time.
        RawClient other = subscriber(SERVER.port(), 5, "roomy", "long", qos);
        RawClient publisher = RawClient.connected(SERVER.port(), 4, "long-publisher")) {
      tight.send(subscribe(5, "long", qos)).expectType(WirePacket.SUBACK);
      String payload = "x".repeat(100);
      publisher.send(publish(4, qos << 1, "long", payload) + publish(4, 0x02, "long", "short"));
      assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo(payload);
      WirePacket message = tight.expectType(WirePacket.PUBLISH);
      assertThat(message.text()).isEqualTo("short");
      if (message.qos() == 1) {
        acknowledge(tight, message);
      }
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
  void aMessageOfExactlyTheMaximumLengthComes() {
    try (RawClient client = connected("27 00000064", "exact")) {
      client.send(subscribe(5, "exact", 0)).expectType(WirePacket.SUBACK);
      client.send(publish(5, 0, "exact", "x".repeat(91)));
      client.send(publish(5, 0, "exact", "x".repeat(90)));
      // 2 bytes of header, 7 of topic, 1 of properties.
      assertThat(client.expectType(WirePacket.PUBLISH).body()).hasSize(98);
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-26", "MQTT-3.3.2-11"})
  void topicsGetAliasesAsFarAsTheClientTakesThem() {
    try (RawClient client = connected("22 0002", "aliases")) {
      client.send(subscribe(5, "alias/#", 0)).expectType(WirePacket.SUBACK);
      String[] topics = new String[3];
      for (String topic :
          List.of("alias/a", "alias/b", "alias/c", "alias/a", "alias/c", "alias/b")) {
        client.send(publish(5, 0, topic, topic));
        WirePacket message = client.expectType(WirePacket.PUBLISH);
        String name = message.topic();
        if (message.has(0x23)) {
          int alias = (int) message.property(0x23).number();
          assertThat(alias).isBetween(1, 2);
          if (name.isEmpty()) {
            name = topics[alias];
          }
          topics[alias] = name;
        }
        assertThat(name).isEqualTo(topic).isEqualTo(message.text());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "22 0000"})
  @Statement("MQTT-3.1.2-27")
  void whoTakesNoAliasesGetsNone(String properties) {
    try (RawClient client = connected(properties, "no-aliases")) {
      client.send(subscribe(5, "plain", 0)).expectType(WirePacket.SUBACK);
      for (int i = 0; i < 3; i++) {
        client.send(publish(5, 0, "plain", "x"));
        WirePacket message = client.expectType(WirePacket.PUBLISH);
        assertThat(message.topic()).isEqualTo("plain");
        assertThat(message.has(0x23)).isFalse();
      }
    }
  }

  /// Refused messages are explained, but to those who asked for no explanations; DISCONNECT and
  /// CONNACK may explain themselves all the same.
  @ParameterizedTest
  @CsvSource({"'', true", "17 01, true", "17 00, false"})
  @Statement("MQTT-3.1.2-29")
  void problemsAreExplainedToThoseWhoWantThat(String properties, boolean explained) {
    String deep = "/".repeat(2000);
    try (RawClient client = connected(properties, "problems")) {
      client.send(publish(5, 0x02, deep, "x"));
      WirePacket puback = client.expectType(WirePacket.PUBACK);
      assertThat(puback.reason()).isEqualTo(0x90);
      client.send(publish(5, 0x04, deep, "x"));
      WirePacket pubrec = client.expectType(WirePacket.PUBREC);
      assertThat(pubrec.reason()).isEqualTo(0x90);
      for (WirePacket answer : List.of(puback, pubrec)) {
        boolean hasReason = answer.body().length > 3 && answer.has(0x1F);
        assertThat(hasReason).as("%s has a reason string", answer).isEqualTo(explained);
      }
      client.send(subscribe(5, deep, 0));
      WirePacket suback = client.expectType(WirePacket.SUBACK);
      assertThat(suback.has(0x1F) && !explained).isFalse();
    }
  }

  @Test
  @Statement({"MQTT-3.2.2-19", "MQTT-3.2.2-20"})
  void connackAndOthersLeaveOutWhatWouldMakeThemTooLong() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 03 003c ( 27 00000010 ) \"x\" )"); // 16 bytes, bad flags.
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.reason()).isEqualTo(0x81);
      client.expectClosed();
    }
    String deep = "/".repeat(2000);
    try (RawClient client = connected("27 00000014", "leaves-out")) {
      client.send(publish(5, 0x02, deep, "x"));
      WirePacket puback = client.expectType(WirePacket.PUBACK);
      assertThat(puback.reason()).isEqualTo(0x90);
      assertThat(puback.body()).hasSizeLessThanOrEqualTo(18);
    }
  }

  @Test
  @Statement({"MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-11", "MQTT-3.2.2-14"})
  void whoAsksForMoreThanTheServerSaidItDoesIsDisconnected() {
    int port = SERVER.port("poor");
    try (RawClient client = RawClient.open(port)) {
      client.send(RawClient.connect(5, 0x02, "", "poor"));
      assertThat(client.expectType(WirePacket.CONNACK).property(0x24).number()).isZero();
      client.send(subscribe(5, "poor", 2));
      assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(0);
      client.send(publish(5, 0x02, "poor", "x")).expectEnd(0x9B);
    }
    try (RawClient client = RawClient.connected(port, 5, "poor")) {
      client.send(publish(5, 0x04, "poor", "x")).expectEnd(0x9B);
    }
    try (RawClient client = RawClient.connected(port, 5, "poor")) {
      client.send(publish(5, 0x01, "poor", "x")).expectEnd(0x9A);
    }
    try (RawClient client = RawClient.connected(port, 4, "poor")) {
      client.send(publish(4, 0x02, "poor", "x")).expectClosed();
    }
  }

  @Test
  void whatIsNotRetainedHereIsRetainedElsewhere() {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "elsewhere");
        RawClient client = subscriber(SERVER.port("poor"), 5, "here", "elsewhere", 1)) {
      publishSafely(publisher, 1, "elsewhere", "x");
      assertThat(client.expectType(WirePacket.PUBLISH).qos()).isZero();
      client.expectNothing();
    }
  }
}
