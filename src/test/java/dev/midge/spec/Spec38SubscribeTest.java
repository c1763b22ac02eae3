package dev.midge.spec;

import static dev.midge.spec.Packets.acknowledge;
import static dev.midge.spec.Packets.messagesUntil;
import static dev.midge.spec.Packets.noProperties;
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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// 3.8 SUBSCRIBE and 3.9 SUBACK, but for retained messages.
final class Spec38SubscribeTest {
  private static final int NO_LOCAL = 0x04;

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "poor",
              """
              mqtt: { qos_max: 1, wildcards: false, shared: false, subscription_ids: false }
              limits:
                subscriptions_max: 2
                filters_per_subscribe_max: 8
                topic_levels_max: 4
                topic_bytes_max: 20
              """);

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({
    "MQTT-2.2.1-6",
    "MQTT-3.8.4-1",
    "MQTT-3.8.4-2",
    "MQTT-3.8.4-5",
    "MQTT-3.8.4-6",
    "MQTT-3.8.4-7",
    "MQTT-3.9.3-1",
    "MQTT-3.9.3-2"
  })
  void eachFilterIsAnsweredInItsPlace(int version) {
    try (RawClient client = connected(version, "answers")) {
      String none = noProperties(version);
      client
          .send("82 ( beef %s \"a\" 02 \"b/+\" 00 \"#\" 01 \"$share/g/c\" 02 )".formatted(none))
          .expect("90 ( beef %s 02 00 01 02 )".formatted(none));
      client
          .send("82 ( 0001 %s \"a\" 01 )".formatted(none))
          .expect("90 ( 0001 %s 01 )".formatted(none));
    }
  }

  @Test
  @Statement({"MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2"})
  void whatCannotBeGrantedIsRefusedInItsPlace() {
    String subscribe =
        "82 ( 0001 %s \"a\" 00 \"b/+\" 00 \"$share/g/c\" 00 \"1/2/3/4/5\" 00"
            + " \"longer than 20 letters\" 00 \"c\" 01 \"d\" 00 \"a\" 01 )";
    try (RawClient five = RawClient.connected(SERVER.port("poor"), 5, "refused-5");
        RawClient four = RawClient.connected(SERVER.port("poor"), 4, "refused-4")) {
      five.send(subscribe.formatted("( )"));
      assertThat(five.expectType(WirePacket.SUBACK).reasons())
          .containsExactly(0x00, 0xA2, 0x9E, 0x8F, 0x8F, 0x01, 0x97, 0x01);
      four.send(subscribe.formatted(""));
      assertThat(four.expectType(WirePacket.SUBACK).reasons())
          .containsExactly(0x00, 0x80, 0x80, 0x80, 0x80, 0x01, 0x80, 0x01);
    }
  }

  @Test
  void whatTheServerSaidItDoesNotDoEndsTheConnection() {
    try (RawClient client = RawClient.connected(SERVER.port("poor"), 5, "identified")) {
      client.send("82 ( 0001 ( 0b 01 ) \"a\" 00 )").expectEnd(0xA1);
    }
    try (RawClient client = RawClient.connected(SERVER.port("poor"), 5, "nine")) {
      client
          .send(
              "82 ( 0001 ( ) \"a\" 00 \"b\" 00 \"c\" 00 \"d\" 00 \"e\" 00 \"f\" 00 \"g\" 00"
                  + " \"h\" 00 \"i\" 00 )")
          .expectEnd(0x97);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.2.2-10", "MQTT-3.8.4-7", "MQTT-3.8.4-8"})
  void moreThanTheServerOffersIsGrantedAsFarAsItGoes(int version) {
    try (RawClient client =
        RawClient.connected(SERVER.port("poor"), version, "downgraded-" + version)) {
      client.send(subscribe(version, "downgraded", 2));
      assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(1);
      try (RawClient publisher = connected(version, "downgraded-publisher-" + version)) {
        publisher.send(publish(version, 0x04, "downgraded", "x"));
        publisher.expectType(WirePacket.PUBREC);
      }
      assertThat(client.expectType(WirePacket.PUBLISH).qos()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.8.4-8")
  void aMessageComesWithTheLesserOfBothQualities(int version) {
    for (int granted = 0; granted <= 2; granted++) {
      try (RawClient client = subscriber(SERVER.port(), version, "lesser", "lesser", granted);
          RawClient publisher = connected(version, "lesser-publisher")) {
        for (int qos = 0; qos <= 2; qos++) {
          publisher.send(publish(version, qos << 1, "lesser", "x"));
          assertThat(client.expectType(WirePacket.PUBLISH).qos())
              .as("published with %d, subscribed with %d", qos, granted)
              .isEqualTo(Math.min(qos, granted));
        }
      }
    }
  }

  @Test
  @Statement("MQTT-3.8.3-3")
  void noLocalKeepsOnesOwnMessagesAway() {
    try (RawClient client = subscriber(SERVER.port(), 5, "selfish", "chat/#", NO_LOCAL | 1);
        RawClient other = subscriber(SERVER.port(), 5, "sociable", "chat/#", 0);
        RawClient publisher = connected(5, "no-local-publisher")) {
      publishSafely(publisher, 0, "chat/a", "theirs");
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("theirs");
      assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo("theirs");
      client.send(publish(5, 0, "chat/a", "mine"));
      assertThat(other.expectType(WirePacket.PUBLISH).text()).isEqualTo("mine");
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.8.3-3")
  void noLocalHoldsForTheClientIdentifierNotForTheConnection() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(
          "10 ( \"MQTT\" 05 06 003c ( 11 00000064 ) \"absent\" ( ) \"absent\" [ 'will' ] )");
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "absent", NO_LOCAL | 1)).expectType(WirePacket.SUBACK);
      client.send("e0 01 04").expectClosed(); // Publishes the will.
    }
    try (RawClient publisher = connected(5, "absent-publisher")) {
      publishSafely(publisher, 0, "absent", "end");
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x00, "11 00000064", "absent"));
      assertThat(client.expectType(WirePacket.CONNACK).sessionPresent()).isTrue();
      assertThat(textsUntil(client, "end")).isEmpty();
    }
  }

  @Test
  @Statement("MQTT-3.8.3-3")
  void noLocalKeepsOnesOwnRetainedMessagesAway() {
    try (RawClient client = connected(5, "recluse");
        RawClient other = connected(5, "neighbour")) {
      publishSafely(client, 1, "house/mine", "mine");
      publishSafely(other, 1, "house/theirs", "theirs");
      client.send(subscribe(5, "house/#", NO_LOCAL)).expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("theirs");
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.8.3-3")
  void anOverlappingSubscriptionWithoutNoLocalStillCounts() {
    try (RawClient client = connected(5, "overlap-local")) {
      client.send("82 ( 0001 ( 0b 01 ) \"own/#\" 06 )").expectType(WirePacket.SUBACK);
      client.send("82 ( 0002 ( 0b 02 ) \"own/a\" 01 )").expectType(WirePacket.SUBACK);
      client.send(publish(5, 0x04, "own/a", "mine"));
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.qos()).isEqualTo(1);
      assertThat(message.numbers(0x0B)).containsExactly(2L);
      client.expectType(WirePacket.PUBREC);
      client.send(publish(5, 0, "own/b", "mine")).expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void withoutNoLocalOnesOwnMessagesComeBack(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "echo", "echo", 0)) {
      client.send(publish(version, 0, "echo", "mine"));
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("mine");
    }
  }

  @Test
  @Statement({"MQTT-3.3.4-3", "MQTT-3.3.4-4"})
  void aMessageBringsTheIdentifiersOfAllMatchingSubscriptions() {
    try (RawClient client = connected(5, "identifiers");
        RawClient publisher = connected(5, "identifiers-publisher")) {
      client.send("82 ( 0001 ( 0b 01 ) \"id/a\" 00 \"id/c\" 00 )").expectType(WirePacket.SUBACK);
      client.send("82 ( 0002 ( 0b ffffff7f ) \"id/+\" 00 )").expectType(WirePacket.SUBACK);
      client.send("82 ( 0003 ( 0b 8001 ) \"id/#\" 00 )").expectType(WirePacket.SUBACK);
      client.send("82 ( 0004 ( ) \"#\" 00 )").expectType(WirePacket.SUBACK);
      publisher.send(publish(5, 0, "id/a", "x") + publish(5, 0, "id/b/c", "x"));
      publisher.send(publish(5, 0, "other", "end"));
      List<WirePacket> messages = messagesUntil(client, "end");
      assertThat(messages).as("one copy of each").hasSize(2);
      assertThat(messages.get(0).numbers(0x0B)).containsExactlyInAnyOrder(1L, 268_435_455L, 128L);
      assertThat(messages.get(1).numbers(0x0B)).containsExactly(128L);
    }
  }

  @Test
  void aReplacedSubscriptionHasTheNewIdentifierOrNone() {
    try (RawClient client = connected(5, "renamed")) {
      client.send("82 ( 0001 ( 0b 05 ) \"renamed\" 00 )").expectType(WirePacket.SUBACK);
      client.send("82 ( 0002 ( 0b 06 ) \"renamed\" 00 )").expectType(WirePacket.SUBACK);
      client.send(publish(5, 0, "renamed", "x"));
      assertThat(client.expectType(WirePacket.PUBLISH).numbers(0x0B)).containsExactly(6L);
      client.send("82 ( 0003 ( ) \"renamed\" 00 )").expectType(WirePacket.SUBACK);
      client.send(publish(5, 0, "renamed", "x"));
      assertThat(client.expectType(WirePacket.PUBLISH).has(0x0B)).isFalse();
    }
  }

  @Test
  void identifiersAreOfTheSessionAndOutliveTheConnection() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "11 00000064", "kept-id"));
      client.expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 ( 0b 07 ) \"kept-id\" 01 )").expectType(WirePacket.SUBACK);
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x00, "11 00000064", "kept-id"));
      client.expectType(WirePacket.CONNACK);
      client.send(publish(5, 0, "kept-id", "x"));
      assertThat(client.expectType(WirePacket.PUBLISH).numbers(0x0B)).containsExactly(7L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.3.4-2")
  void overlappingSubscriptionsBringOneCopyOfTheHighestQuality(int version) {
    try (RawClient client = connected(version, "overlap");
        RawClient publisher = connected(version, "overlap-publisher")) {
      client.send(
          "82 ( 0001 %s \"o/a\" 00 \"o/+\" 02 \"o/#\" 01 )".formatted(noProperties(version)));
      client.expectType(WirePacket.SUBACK);
      publisher.send(publish(version, 0x04, "o/a", "x")).expectType(WirePacket.PUBREC);
      publishSafely(publisher, 0, "o/b", "end");
      List<WirePacket> messages = messagesUntil(client, "end");
      assertThat(messages).hasSize(1);
      assertThat(messages.getFirst().qos()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.8.4-3")
  void theSameFilterAgainReplacesTheSubscription(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "again", "again/+", 2);
        RawClient publisher = connected(version, "again-publisher")) {
      client.send(subscribe(version, "again/+", 0)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "again/a", "once");
      publishSafely(publisher, 0, "again/b", "end");
      List<WirePacket> messages = messagesUntil(client, "end");
      assertThat(messages).extracting(WirePacket::text).containsExactly("once");
      assertThat(messages.getFirst().qos()).isZero();
      client.send(Packets.unsubscribe(version, "again/+")).expectType(WirePacket.UNSUBACK);
      publishSafely(publisher, 0, "again/c", "gone");
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.8.4-4")
  void replacingASubscriptionLosesNoMessage() {
    try (RawClient client = RawClient.open(SERVER.port());
        RawClient publisher = connected(5, "lossless-publisher")) {
      client.send(RawClient.connect(5, 0x02, "21 0001", "lossless")); // One at a time.
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "lossless", 1)).expectType(WirePacket.SUBACK);
      for (String text : List.of("one", "two", "three")) {
        publishSafely(publisher, 0, "lossless", text);
      }
      WirePacket first = client.expectType(WirePacket.PUBLISH);
      client.send(subscribe(5, "lossless", 2)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "lossless", "end");
      acknowledge(client, first);
      assertThat(textsUntil(client, "end")).containsExactly("two", "three");
    }
  }

  @Test
  @Statement("MQTT-3.8.4-5")
  void severalFiltersInOnePacketAreLikeSeveralPackets() {
    try (RawClient client = connected(5, "sequence")) {
      client.send("82 ( 0001 ( 0b 09 ) \"s/a\" 02 \"s/b\" 01 \"s/a\" 00 )");
      assertThat(client.expectType(WirePacket.SUBACK).reasons()).containsExactly(2, 1, 0);
      client.send(publish(5, 0x02, "s/a", "x"));
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      assertThat(message.qos()).as("the last one counts").isZero();
      assertThat(message.numbers(0x0B)).containsExactly(9L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "82 ( 0001 ( ) \"a\" 40 ), 0x81", // Reserved bits.
    "82 ( 0001 ( ) \"a\" 80 ), 0x81",
    "82 ( 0001 ( ) \"a\" 00 \"b\" c0 ), 0x81",
    "82 ( 0001 ( ) \"a\" 03 ), 0x82", // QoS 3.
    "82 ( 0001 ( ) \"a\" 30 ), 0x82", // Retain handling 3.
    "82 ( 0001 ( ) \"$share/g/a\" 05 ), 0x82", // No local for a group.
    "82 ( 0001 ( 0b 00 ) \"a\" 00 ), 0x82", // Subscription identifier 0.
    "82 ( 0001 ( 0b 01 0b 02 ) \"a\" 00 ), 0x82", // Two of them.
    "82 ( 0001 ( 0b ffffffff01 ) \"a\" 00 ), 0x81", // One that is too long.
    "82 ( 0001 ( ) ), 0x82", // No filter.
    "82 ( 0001 ( ) \"a\" ), 0x81", // No options.
    "82 ( 0001 ( ) \"a\" 00 \"b\" ), 0x81",
    "82 ( 0001 ( ) 0005 'a' ), 0x81", // Cut short.
    "82 ( 0001 ), 0x81", // No properties.
    "82 ( 00 ), 0x81",
    "82 00, 0x81",
    "82 ( 0000 ( ) \"a\" 00 ), 0x82", // Packet identifier 0.
    "82 ( 0001 ( ) [ c080 ] 00 ), 0x81", // No UTF-8.
    "82 ( 0001 ( ) [ eda080 ] 00 ), 0x81",
    "80 ( 0001 ( ) \"a\" 00 ), 0x81", // Flags.
    "83 ( 0001 ( ) \"a\" 00 ), 0x81",
    "8a ( 0001 ( ) \"a\" 00 ), 0x81",
  })
  @Statement({
    "MQTT-2.1.3-1",
    "MQTT-2.2.1-3",
    "MQTT-3.8.1-1",
    "MQTT-3.8.3-1",
    "MQTT-3.8.3-2",
    "MQTT-3.8.3-4",
    "MQTT-3.8.3-5"
  })
  void aWrongSubscribeOfFiveEndsTheConnection(String packet, String reason) {
    try (RawClient client = connected(5, "wrong")) {
      client.send(packet).expectEnd(Integer.decode(reason));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "82 ( 0001 \"a\" 03 )",
        "82 ( 0001 \"a\" 04 )",
        "82 ( 0001 \"a\" 08 )",
        "82 ( 0001 \"a\" 10 )",
        "82 ( 0001 \"a\" 80 )",
        "82 ( 0001 )",
        "82 ( 0001 \"a\" )",
        "82 ( 0000 \"a\" 00 )",
        "82 ( 0001 [ ff ] 00 )",
        "82 00"
      })
  @Statement(v3 = {"MQTT-3.8.3-1", "MQTT-3.8.3-3", "MQTT-3-8.3-4", "MQTT-2.3.1-1"})
  void aWrongSubscribeBeforeFiveEndsTheConnection(String packet) {
    for (int version = 3; version <= 4; version++) {
      try (RawClient client = connected(version, "wrong")) {
        client.send(packet).expectClosed();
      }
    }
    try (RawClient client = connected(4, "wrong")) {
      client.send("80 ( 0001 \"a\" 00 )").expectClosed();
    }
  }

  @Test
  void nothingOfAWrongSubscribeCounts() {
    try (RawClient client = RawClient.open(SERVER.port());
        RawClient again = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "11 00000064", "half"));
      client.expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 ( ) \"half\" 00 \"half\" c0 )").expectEnd(0x81);
      again.send(RawClient.connect(5, 0x00, "", "half")).expectType(WirePacket.CONNACK);
      again.send(publish(5, 0, "half", "x")).expectNothing();
    }
  }

  @Test
  @Statement({"MQTT-3.9.2-1", "MQTT-3.9.2-2"})
  void subackKeepsToTheMaximumPacketSize() {
    try (RawClient client = RawClient.open(SERVER.port("poor"))) {
      client.send(RawClient.connect(5, 0x02, "27 00000064", "tight")); // CONNACK needs some.
      client.expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 ( ) \"a/+\" 00 )");
      assertThat(client.expectType(WirePacket.SUBACK).body()).hasSizeLessThanOrEqualTo(98);
    }
  }
}
