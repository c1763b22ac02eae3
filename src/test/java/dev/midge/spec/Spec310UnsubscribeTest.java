package dev.midge.spec;

import static dev.midge.spec.Packets.acknowledge;
import static dev.midge.spec.Packets.noProperties;
import static dev.midge.spec.Packets.publish;
import static dev.midge.spec.Packets.publishSafely;
import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Packets.textsUntil;
import static dev.midge.spec.Packets.unsubscribe;
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

/// 3.10 UNSUBSCRIBE and 3.11 UNSUBACK.
final class Spec310UnsubscribeTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement({"MQTT-3.10.4-1", "MQTT-3.10.4-2", "MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-2.2.1-6"})
  void nothingMoreComesAfterUnsubscribe(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "leaves", "leave/+", 1);
        RawClient publisher = connected(version, "leaves-publisher")) {
      client.send(subscribe(version, "stay", 1)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "leave/a", "before");
      acknowledge(client, client.expectType(WirePacket.PUBLISH));
      client.send("a2 ( cafe %s \"leave/+\" )".formatted(noProperties(version)));
      client.expect(version == 5 ? "b0 ( cafe ( ) 00 )" : "b0 ( cafe )");
      publishSafely(publisher, 0, "leave/a", "after");
      publishSafely(publisher, 0, "stay", "end");
      assertThat(textsUntil(client, "end")).isEmpty();
    }
  }

  @Test
  @Statement({"MQTT-3.10.4-4", "MQTT-3.10.4-6", "MQTT-3.11.3-1", "MQTT-3.11.3-2"})
  void eachFilterIsAnsweredInItsPlace() {
    try (RawClient client = connected(5, "places")) {
      client.send("82 ( 0001 ( ) \"a\" 00 \"b/+\" 00 \"$share/g/a\" 00 )");
      client.expectType(WirePacket.SUBACK);
      client
          .send("a2 ( 0002 ( ) \"x\" \"b/+\" \"a\" \"a\" \"$share/g/a\" \"$share/h/a\" )")
          .expect("b0 ( 0002 ( ) 11 00 00 11 00 11 )");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  @Statement({"MQTT-3.10.4-5", "MQTT-3.10.4-6"})
  void beforeFiveUnsubackSaysNothingOfTheFilters(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "silent", "a", 0)) {
      client.send("a2 ( 0002 \"x\" \"a\" )").expect("b0 ( 0002 )");
      client.send("a2 ( 0003 \"a\" )").expect("b0 ( 0003 )");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.10.4-1")
  void filtersAreComparedLetterByLetter(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "letters", "L/a", 1)) {
      client.send(
          "a2 ( 0002 %s \"L/+\" \"L/#\" \"#\" \"l/a\" \"L/a/\" \"/L/a\" \"$share/g/L/a\" )"
              .formatted(noProperties(version)));
      client.expectType(WirePacket.UNSUBACK);
      client.send(publish(version, 0, "L/a", "still"));
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("still");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void anOverlappingSubscriptionStays(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "stays", "stays/#", 0)) {
      client.send(subscribe(version, "stays/a", 2)).expectType(WirePacket.SUBACK);
      client.send(unsubscribe(version, "stays/a")).expectType(WirePacket.UNSUBACK);
      client.send(publish(version, 0x02, "stays/a", "still"));
      assertThat(client.expectType(WirePacket.PUBLISH).qos()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.10.4-3")
  void whatWasBegunIsCompleted(int version) {
    try (RawClient client = subscriber(SERVER.port(), version, "begun", "begun", 2);
        RawClient publisher = connected(version, "begun-publisher")) {
      publisher.send(publish(version, 0x02, "begun", "one"));
      publisher.send(publish(version, 0x04, "begun", "two"));
      WirePacket one = client.expectType(WirePacket.PUBLISH);
      WirePacket two = client.expectType(WirePacket.PUBLISH);
      client.send(unsubscribe(version, "begun")).expectType(WirePacket.UNSUBACK);
      acknowledge(client, one);
      client.send("50 02 %04x".formatted(two.packetId()));
      assertThat(client.expectType(WirePacket.PUBREL).packetId()).isEqualTo(two.packetId());
      client.send("70 02 %04x".formatted(two.packetId())).expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.10.4-3")
  void whatWasBegunIsCompletedByTheNextConnection() {
    int two;
    try (RawClient client = RawClient.open(SERVER.port());
        RawClient publisher = connected(5, "later-publisher")) {
      client.send(RawClient.connect(5, 0x02, "11 00000064", "later"));
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "later", 2)).expectType(WirePacket.SUBACK);
      publisher.send(publish(5, 0x02, "later", "one") + publish(5, 0x04, "later", "two"));
      client.expectType(WirePacket.PUBLISH);
      two = client.expectType(WirePacket.PUBLISH).packetId();
      client.send("50 02 %04x".formatted(two)).expectType(WirePacket.PUBREL);
      client.send(unsubscribe(5, "later")).expectType(WirePacket.UNSUBACK);
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x00, "11 00000064", "later"));
      assertThat(client.expectType(WirePacket.CONNACK).sessionPresent()).isTrue();
      assertThat(client.expectType(WirePacket.PUBREL).packetId()).isEqualTo(two);
      WirePacket one = client.expectType(WirePacket.PUBLISH);
      assertThat(one.dup()).isTrue();
      assertThat(one.text()).isEqualTo("one");
    }
  }

  /// The retained messages of a subscription come as fast as the client reads them: those that have
  /// not come yet are new messages to it.
  @Test
  @Statement("MQTT-3.10.4-2")
  void noMoreRetainedMessagesComeAfterUnsubscribe() {
    String payload = "x".repeat(60_000);
    try (RawClient publisher = connected(5, "stops-publisher");
        RawClient client = RawClient.open(SERVER.port())) {
      for (int i = 0; i < 50; i++) {
        publishSafely(publisher, 1, "stops/" + i, payload);
      }
      client.send(RawClient.connect(5, 0x02, "21 0001", "stops")); // One at a time.
      client.expectType(WirePacket.CONNACK);
      client.send(subscribe(5, "stops/#", 1)).expectType(WirePacket.SUBACK);
      WirePacket first = client.expectType(WirePacket.PUBLISH);
      client.send(unsubscribe(5, "stops/#")).expectType(WirePacket.UNSUBACK);
      acknowledge(client, first);
      client.expectNothing();
      for (int i = 0; i < 50; i++) {
        publishSafely(publisher, 1, "stops/" + i, "");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a2 ( 0001 ( ) ), 0x82", // No filter.
    "a2 ( 0001 ), 0x81", // No properties.
    "a2 ( 00 ), 0x81",
    "a2 00, 0x81",
    "a2 ( 0000 ( ) \"a\" ), 0x82", // Packet identifier 0.
    "a2 ( 0001 ( ) \"a\" 00 ), 0x81", // Options, as in SUBSCRIBE.
    "a2 ( 0001 ( ) 0002 'a' ), 0x81", // Cut short.
    "a2 ( 0001 ( ) [ eda080 ] ), 0x81", // No UTF-8.
    "a2 ( 0001 ( ) [ 'a' c1bf ] ), 0x81",
    "a2 ( 0001 ( 0b 01 ) \"a\" ), 0x81", // A property of SUBSCRIBE.
    "a0 ( 0001 ( ) \"a\" ), 0x81", // Flags.
    "a3 ( 0001 ( ) \"a\" ), 0x81",
    "aa ( 0001 ( ) \"a\" ), 0x81",
  })
  @Statement({"MQTT-2.1.3-1", "MQTT-2.2.1-3", "MQTT-3.10.1-1", "MQTT-3.10.3-1", "MQTT-3.10.3-2"})
  void aWrongUnsubscribeOfFiveEndsTheConnection(String packet, String reason) {
    try (RawClient client = connected(5, "wrong")) {
      client.send(packet).expectEnd(Integer.decode(reason));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a2 ( 0001 )",
        "a2 ( 00 )",
        "a2 00",
        "a2 ( 0000 \"a\" )",
        "a2 ( 0001 \"a\" 00 )",
        "a2 ( 0001 [ ff ] )"
      })
  @Statement(v3 = {"MQTT-3.10.3-1", "MQTT-3.10.3-2", "MQTT-2.3.1-1"})
  void aWrongUnsubscribeBeforeFiveEndsTheConnection(String packet) {
    for (int version = 3; version <= 4; version++) {
      try (RawClient client = connected(version, "wrong")) {
        client.send(packet).expectClosed();
      }
    }
    try (RawClient client = connected(4, "wrong")) {
      client.send("a0 ( 0001 \"a\" )").expectClosed();
    }
  }

  @Test
  @Statement({"MQTT-3.11.2-1", "MQTT-3.11.2-2"})
  void unsubackKeepsToTheMaximumPacketSize() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "27 00000014", "tight")); // 20 bytes.
      client.expectType(WirePacket.CONNACK);
      client.send(unsubscribe(5, "never")).expect("b0 ( 0002 ( ) 11 )");
    }
  }

  @Test
  void aClientMayUnsubscribeAndSubscribeAgainAndAgain() {
    try (RawClient client = connected(5, "fickle");
        RawClient publisher = connected(5, "fickle-publisher")) {
      for (int i = 0; i < 100; i++) {
        client.send(subscribe(5, "fickle", 1)).expectType(WirePacket.SUBACK);
        client.send(unsubscribe(5, "fickle")).expect("b0 ( 0002 ( ) 00 )");
      }
      publishSafely(publisher, 0, "fickle", "lost");
      client.send(subscribe(5, "fickle", 1)).expectType(WirePacket.SUBACK);
      publishSafely(publisher, 0, "fickle", "end");
      assertThat(textsUntil(client, "end")).isEqualTo(List.of());
    }
  }
}
