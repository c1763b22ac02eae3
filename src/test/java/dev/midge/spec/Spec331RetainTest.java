package dev.midge.spec;

import static dev.midge.spec.Packets.acknowledge;
import static dev.midge.spec.Packets.messagesUntil;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Packets.textsUntil;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.3.1.3 RETAIN, 3.8.3.1 Retain Handling and Retain As Published.
final class Spec331RetainTest {
  private static final int RETAIN = 0x01;
  private static final int AS_PUBLISHED = 0x08;
  private static final int IF_NEW = 0x10;
  private static final int NEVER = 0x20;

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  /// What a client gets that subscribes just now.
  private static List<WirePacket> retained(int version, String filter, int options) {
    try (RawClient client = subscriber(SERVER.port(), version, "looks", filter, options)) {
      return messagesAtHand(client);
    }
  }

  /// What comes before the server is idle.
  private static List<WirePacket> messagesAtHand(RawClient client) {
    client.send("c0 00");
    List<WirePacket> messages = new ArrayList<>();
    for (WirePacket packet = client.read();
        packet.type() != WirePacket.PINGRESP;
        packet = client.read()) {
      assertThat(packet.type()).isEqualTo(WirePacket.PUBLISH);
      messages.add(packet);
    }
    return messages;
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-3.3.1-5", "MQTT-3.3.1-8", "MQTT-3.3.1-9"},
      v3 = {"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-8", "MQTT-3.3.1-12"})
  void theLastRetainedMessageOfATopicIsKept(int version) {
    String topic = "kept/" + version;
    try (RawClient publisher = connected(version, "keeper")) {
      publishSafely(publisher, 0, topic, "not retained");
      assertThat(retained(version, topic, 0)).isEmpty();
      publishSafely(publisher, RETAIN, topic, "first");
      publishSafely(publisher, RETAIN, topic, "second");
      publishSafely(publisher, 0, topic, "not retained");
    }
    List<WirePacket> messages = retained(version, topic, 0);
    assertThat(messages).extracting(WirePacket::text).containsExactly("second");
    assertThat(messages.getFirst().retain()).isTrue();
    assertThat(messages.getFirst().topic()).isEqualTo(topic);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"},
      v3 = {"MQTT-3.3.1-10", "MQTT-3.3.1-11"})
  void aRetainedMessageWithoutPayloadClearsTheTopic(int version) {
    String topic = "cleared/" + version;
    try (RawClient publisher = connected(version, "clearer");
        RawClient witness = subscriber(SERVER.port(), version, "witness", topic, 0)) {
      publishSafely(publisher, RETAIN, topic, "kept");
      publishSafely(publisher, 0, topic, "");
      assertThat(retained(version, topic, 0)).as("only a retained one clears").hasSize(1);
      publishSafely(publisher, RETAIN, topic, "");
      assertThat(retained(version, topic, 0)).isEmpty();
      publishSafely(publisher, RETAIN, topic, "");
      assertThat(retained(version, topic, 0)).isEmpty();
      publishSafely(publisher, 0, topic, "end");
      List<WirePacket> seen = messagesUntil(witness, "end");
      assertThat(seen).extracting(WirePacket::text).containsExactly("kept", "", "", "");
      assertThat(seen).noneMatch(WirePacket::retain);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
  void aRetainedMessageComesWithTheLesserOfBothQualities(int published, int granted) {
    String topic = "quality/%d%d".formatted(published, granted);
    try (RawClient publisher = connected(5, "quality")) {
      publisher.send(publish(5, RETAIN | published << 1, topic, "x") + " c0 00").read();
    }
    for (int version = 3; version <= 5; version++) {
      WirePacket message = retained(version, topic, granted).getFirst();
      assertThat(message.qos()).isEqualTo(Math.min(published, granted));
      assertThat(message.dup()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aRetainedMessageOfQualityOneOrTwoIsAcknowledgedLikeAnyOther(int version) {
    String id = "acknowledges-" + version;
    try (RawClient publisher = connected(version, "acknowledged")) {
      publishSafely(publisher, RETAIN, id, "x");
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.speak(version).send(RawClient.connect(version, 0x00, "11 00000064", id));
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(version, id, 1)).expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isTrue();
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.speak(version).send(RawClient.connect(version, 0x00, "11 00000064", id));
      client.expectType(WirePacket.CONNACK);
      WirePacket again = client.expectType(WirePacket.PUBLISH);
      assertThat(again.dup()).isTrue();
      assertThat(again.retain()).isTrue();
      acknowledge(client, again);
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(value = "MQTT-3.3.1-12", v3 = "MQTT-3.3.1-9")
  void whoSubscribedBeforeGetsItAsAnOrdinaryMessage(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "before", "flag/" + version, 1);
        RawClient publisher = connected(version, "flagger")) {
      publishSafely(publisher, RETAIN, "flag/" + version, "x");
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isFalse();
    }
  }

  @Test
  @Statement({"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
  void whoAsksForItGetsTheFlagAsItWasPublished() {
    try (RawClient client = subscriber(SERVER.port(), 5, "asks", "as-published", AS_PUBLISHED);
        RawClient publisher = connected(4, "as-published")) {
      publishSafely(publisher, RETAIN, "as-published", "x");
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isTrue();
      publishSafely(publisher, 0, "as-published", "x");
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isFalse();
      publishSafely(publisher, RETAIN, "as-published", "");
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isTrue();
    }
  }

  @Test
  void whatIsReplayedHasTheFlagWhateverWasAskedFor() {
    try (RawClient publisher = connected(5, "replayed")) {
      publishSafely(publisher, RETAIN, "replayed", "x");
    }
    assertThat(retained(5, "replayed", AS_PUBLISHED)).hasSize(1).allMatch(WirePacket::retain);
    assertThat(retained(5, "replayed", 0)).hasSize(1).allMatch(WirePacket::retain);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement(
      value = {"MQTT-3.3.1-9", "MQTT-3.8.4-4"},
      v3 = "MQTT-3.8.4-3")
  void eachSubscribeBringsTheRetainedMessagesAgain(int version) {
    String topic = "again/" + version;
    try (RawClient publisher = connected(version, "again");
        RawClient client = subscriber(SERVER.port(), version, "again-client", topic, 0)) {
      publishSafely(publisher, RETAIN, topic, "x");
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isFalse();
      for (int i = 0; i < 3; i++) {
        client.send(subscribe(version, topic, 0)).expectType(WirePacket.SUBACK);
        assertThat(client.expectType(WirePacket.PUBLISH).retain()).isTrue();
      }
      client.expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.3.1-10", "MQTT-3.3.1-11"})
  void aSubscriptionMayAskForRetainedMessagesOnlyWhenItIsNewOrNever() {
    try (RawClient publisher = connected(5, "handled");
        RawClient client = connected(5, "handling")) {
      publishSafely(publisher, RETAIN, "handled", "x");
      client.send(subscribe(5, "handled", NEVER)).expectType(WirePacket.SUBACK);
      client.expectNothing();
      client.send(subscribe(5, "handled", IF_NEW)).expectType(WirePacket.SUBACK);
      client.expectNothing();
      client.send(Packets.unsubscribe(5, "handled")).expectType(WirePacket.UNSUBACK);
      client.send(subscribe(5, "handled", IF_NEW)).expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).retain()).isTrue();
      client.send(subscribe(5, "handled", NEVER)).expectType(WirePacket.SUBACK);
      client.expectNothing();
      client.send(subscribe(5, "#", IF_NEW)).expectType(WirePacket.SUBACK);
      assertThat(textsAtHand(client)).as("another filter is new").contains("x");
    }
  }

  private static List<String> textsAtHand(RawClient client) {
    return messagesAtHand(client).stream().map(WirePacket::text).toList();
  }

  @Test
  @Statement("MQTT-3.3.1-10")
  void aSubscriptionOfAnEarlierConnectionIsNotNew() {
    try (RawClient publisher = connected(5, "resumer")) {
      publishSafely(publisher, RETAIN, "resumed", "x");
    }
    for (int flags : List.of(0x02, 0x00)) {
      try (RawClient client = RawClient.open(SERVER.port())) {
        client.send(RawClient.connect(5, flags, "11 00000064", "resumed"));
        client.expectType(WirePacket.CONNACK);
        client.send(subscribe(5, "resumed", IF_NEW)).expectType(WirePacket.SUBACK);
        assertThat(messagesAtHand(client)).hasSize(flags == 0x02 ? 1 : 0);
      }
    }
  }

  @Test
  @Statement({"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18"})
  void aRetainedMessageKeepsItsProperties() {
    try (RawClient publisher = connected(5, "rich")) {
      publisher.send(
          "33 ( \"rich\" 0001 ( 01 01 03 \"text/plain\" 08 \"answer\" 09 [ 00ff ]"
              + " 26 \"b\" \"1\" 26 \"a\" \"2\" 26 \"b\" \"3\" ) 'x' )");
      publisher.expectType(WirePacket.PUBACK);
    }
    try (RawClient client = connected(5, "rich-client")) {
      client.send("82 ( 0001 ( 0b 05 ) \"rich\" 00 )").expectType(WirePacket.SUBACK);
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.property(0x01).number()).isEqualTo(1);
      assertThat(message.property(0x03).text()).isEqualTo("text/plain");
      assertThat(message.property(0x08).text()).isEqualTo("answer");
      assertThat(message.property(0x09).value()).containsExactly(0, -1);
      assertThat(message.userProperties()).containsExactly("b=1", "a=2", "b=3");
      assertThat(message.numbers(0x0B)).as("subscription identifier").containsExactly(5L);
    }
    assertThat(retained(4, "rich", 0).getFirst().payload()).asString().isEqualTo("x");
  }

  @Test
  @Statement({"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
  void aRetainedMessageExpires() {
    try (RawClient publisher = connected(5, "expirer");
        RawClient clock = subscriber(SERVER.port(), 5, "expiry-clock", "clock", 0)) {
      publisher.send("33 ( \"brief\" 0001 ( 02 00000002 ) 'x' )").expectType(WirePacket.PUBACK);
      publisher.send("33 ( \"lasting\" 0001 ( 02 00000064 ) 'x' )").expectType(WirePacket.PUBACK);
      assertThat(retained(5, "brief", 0).getFirst().property(0x02).number()).isBetween(1L, 2L);
      assertThat(retained(3, "brief", 0)).hasSize(1);
      // A will with a delay of three seconds says when its time is over.
      try (RawClient timer = RawClient.open(SERVER.port())) {
        timer.send(
            "10 ( \"MQTT\" 05 06 003c ( 11 00000064 ) \"timer\" ( 18 00000003 ) \"clock\" [ ] )");
        timer.expectType(WirePacket.CONNACK);
      }
      clock.expectType(WirePacket.PUBLISH);
      assertThat(retained(5, "brief", 0)).isEmpty();
      assertThat(retained(5, "lasting", 0).getFirst().property(0x02).number()).isBetween(80L, 97L);
    }
  }

  @Test
  void aGroupGetsNoRetainedMessages() {
    try (RawClient publisher = connected(5, "grouped")) {
      publishSafely(publisher, RETAIN, "grouped", "x");
      for (int version = 3; version <= 5; version++) {
        assertThat(retained(version, "$share/g/grouped", 0)).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void wildcardsBringTheRetainedMessagesOfAllTopicsThatMatch(int version) {
    String root = "house" + version + "/";
    try (RawClient publisher = connected(version, "house")) {
      for (String topic : List.of("a/t", "b/t", "b/h", "c", "", "a/t/x")) {
        publishSafely(publisher, RETAIN, root + topic, "x");
      }
    }
    assertThat(retained(version, root + "+/t", 0))
        .extracting(WirePacket::topic)
        .containsExactlyInAnyOrder(root + "a/t", root + "b/t");
    assertThat(retained(version, root + "b/#", 0))
        .extracting(WirePacket::topic)
        .containsExactlyInAnyOrder(root + "b/t", root + "b/h");
    assertThat(retained(version, root + "+", 0))
        .extracting(WirePacket::topic)
        .containsExactlyInAnyOrder(root + "c", root);
  }

  @ParameterizedTest
  @CsvSource({"3, 0", "4, 1", "5, 0", "5, 1"})
  void thousandsOfRetainedMessagesAllCome(int version, int qos) {
    int count = 5000;
    String root = "mass-%d-%d/".formatted(version, qos);
    try (RawClient publisher = connected(version, "mass");
        RawClient client = connected(version, "mass-client")) {
      for (int i = 0; i < count; i++) {
        publisher.send(publish(version, RETAIN, root + i, "x".repeat(2000)));
      }
      publisher.expectNothing(); // So the server has taken them all.
      client.send(subscribe(version, root + "#", qos) + publish(version, 0, root + "end", "end"));
      client.expectType(WirePacket.SUBACK);
      Set<String> topics = new HashSet<>();
      while (topics.size() < count + 1) {
        WirePacket message = client.expectType(WirePacket.PUBLISH);
        assertThat(topics.add(message.topic())).as("%s came once", message.topic()).isTrue();
      }
      for (int i = 0; i < count; i++) {
        publisher.send(publish(version, RETAIN, root + i, ""));
      }
      publisher.expectNothing();
    }
  }

  @Test
  void oneSlowReaderOfRetainedMessagesDelaysNobody() {
    String payload = "x".repeat(50_000);
    try (RawClient publisher = connected(5, "slow-publisher");
        RawClient slow = connected(5, "slow");
        RawClient quick = connected(5, "quick")) {
      for (int i = 0; i < 400; i++) {
        publisher.send(publish(5, RETAIN, "slow/" + i, payload));
      }
      publisher.expectNothing();
      slow.send(subscribe(5, "slow/#", 0)); // 20 MB that it does not read.
      quick.send(subscribe(5, "quick", 0)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "quick", "end");
      assertThat(textsUntil(quick, "end")).isEmpty();
      slow.expectType(WirePacket.SUBACK);
      for (int i = 0; i < 400; i++) {
        assertThat(slow.expectType(WirePacket.PUBLISH).payload()).hasSize(payload.length());
      }
      slow.expectNothing();
      for (int i = 0; i < 400; i++) {
        publisher.send(publish(5, RETAIN, "slow/" + i, ""));
      }
      publisher.expectNothing();
    }
  }

  /// A subscription is replaced while its retained messages are on their way.
  @Test
  @Statement({"MQTT-3.3.1-10", "MQTT-3.8.4-4"})
  void theRetainedMessagesOfAReplacedSubscriptionStillCome() {
    try (RawClient publisher = connected(5, "replacing");
        RawClient client = RawClient.open(SERVER.port())) {
      for (int i = 0; i < 10; i++) {
        publishSafely(publisher, RETAIN, "replaced/" + i, "x");
      }
      client.send(RawClient.connect(5, 0x02, "21 0001", "replaced")); // One at a time.
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "replaced/#", 1)).expectType(WirePacket.SUBACK);
      Set<String> topics = new HashSet<>();
      WirePacket first = client.expectType(WirePacket.PUBLISH);
      topics.add(first.topic());
      client.send("82 ( 0001 ( 0b 07 ) \"replaced/#\" 11 )").expectType(WirePacket.SUBACK);
      acknowledge(client, first);
      while (topics.size() < 10) {
        WirePacket next = client.expectType(WirePacket.PUBLISH);
        assertThat(next.numbers(0x0B)).containsExactly(7L);
        assertThat(topics.add(next.topic())).isTrue();
        acknowledge(client, next);
      }
      client.expectNothing();
    }
  }
}
