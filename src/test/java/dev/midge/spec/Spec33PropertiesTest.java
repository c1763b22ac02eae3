package dev.midge.spec;

import static dev.midge.spec.Packets.subscribe;
import static dev.midge.spec.Packets.subscriber;
import static dev.midge.spec.Publishing.letPass;
import static dev.midge.spec.Publishing.publish;
import static dev.midge.spec.Publishing.resumed;
import static dev.midge.spec.Publishing.subscriber;
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

/// 3.3.2.3 PUBLISH Properties, but for topic aliases.
final class Spec33PropertiesTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("loops: 4");

  private static RawClient connected(int version, String id) {
    return RawClient.connected(SERVER.port(), version, id);
  }

  @Test
  @Statement({
    "MQTT-3.3.2-4",
    "MQTT-3.3.2-15",
    "MQTT-3.3.2-16",
    "MQTT-3.3.2-17",
    "MQTT-3.3.2-18",
    "MQTT-3.3.2-20"
  })
  void propertiesArePassedOnUnaltered() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "rich", 1);
        RawClient publisher = connected(5, "p")) {
      String properties =
          "26 \"b\" \"1\" 09 [ 00ff0d0a ] 26 \"a\" \"2\" 03 \"text/plain; ä\" 26 \"b\" \"1\""
              + " 01 01 26 \"\" \"\" 08 \"answer/to/me\" 26 \"水\" \"😀\"";
      publisher.send(publish(5, 0x32, "rich", 1, properties, "x")).expect("40 02 0001");
      WirePacket message = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(message.property(0x01).number()).isEqualTo(1);
      assertThat(message.property(0x03).text()).isEqualTo("text/plain; ä");
      assertThat(message.property(0x08).text()).isEqualTo("answer/to/me");
      assertThat(message.property(0x09).value()).containsExactly(0, 0xFF, 0x0D, 0x0A);
      assertThat(message.userProperties()).containsExactly("b=1", "a=2", "b=1", "=", "水=😀");
      assertThat(message.properties()).hasSize(9);
    }
  }

  @Test
  @Statement({"MQTT-3.3.2-4", "MQTT-3.3.2-16", "MQTT-3.3.2-20"})
  void emptyValuesAndZerosArePassedOn() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "empty", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x30, "empty", 0, "01 00 03 \"\" 09 [ ]", "x"));
      WirePacket message = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(message.property(0x01).number()).isZero();
      assertThat(message.property(0x03).text()).isEmpty();
      assertThat(message.property(0x09).value()).isEmpty();
    }
  }

  @Test
  void thousandsOfUserPropertiesArePassedOnInOrder() {
    StringBuilder properties = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      properties.append("26 \"n%d\" \"%d\" ".formatted(i % 10, i));
    }
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "many", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x30, "many", 0, properties.toString(), "x"));
      WirePacket message = subscriber.expectType(WirePacket.PUBLISH);
      assertThat(message.userProperties()).hasSize(3000).startsWith("n0=0").endsWith("n9=2999");
      assertThat(message.userProperties().get(1234)).isEqualTo("n4=1234");
    }
  }

  @Test
  void aPayloadThatIsNotTheTextItClaimsToBeIsTheReceiversConcern() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "claim", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send("30 ( \"claim\" ( 01 01 ) ff )");
      subscriber.expect("30 ( \"claim\" ( 01 01 ) ff )");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "01 02, 0x82", // Neither 0 nor 1.
    "01 00 01 00, 0x82", // Twice.
    "02 00000001 02 00000001, 0x82",
    "03 \"a\" 03 \"a\", 0x82",
    "08 \"a\" 08 \"a\", 0x82",
    "09 [ ] 09 [ ], 0x82",
    "23 0001 23 0001, 0x82",
    "03 [ ff ], 0x81", // Not UTF-8.
    "08 [ ff ], 0x81",
    "08 [ 'a' 00 ], 0x81",
    "26 [ ff ] \"a\", 0x81",
    "26 \"a\" [ ff ], 0x81",
    "26 \"a\", 0x81",
    "08 \"a/+\", 0x82", // No topic name.
    "08 \"#\", 0x82",
    "08 \"\", 0x82",
    "0b 01, 0x82", // For subscribers only.
    "11 00000001, 0x81", // Of other packets.
    "1f \"why\", 0x81",
    "18 00000001, 0x81",
    "00, 0x81", // Of none.
    "2b 00, 0x81",
  })
  @Statement({"MQTT-3.3.2-13", "MQTT-3.3.2-14", "MQTT-3.3.2-19", "MQTT-3.3.4-6"})
  void aWrongPropertyEndsTheConnection(String properties, String reason) {
    try (RawClient client = connected(5, "wrong")) {
      client.send(publish(5, 0x30, "t", 0, properties, "x")).expectEnd(Integer.decode(reason));
    }
  }

  @Test
  @Statement("MQTT-3.3.2-6")
  void aMessageThatDidNotWaitKeepsItsExpiryInterval() {
    try (RawClient subscriber = subscriber(SERVER.port(), 5, "s", "fresh", 0);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x30, "fresh", 0, "02 ffffffff", "long"));
      assertThat(subscriber.expectType(WirePacket.PUBLISH).property(0x02).number())
          .isBetween(0xFFFF_FF00L, 0xFFFF_FFFFL);
      publisher.send(publish(5, 0x30, "fresh", 0, "", "without"));
      assertThat(subscriber.expectType(WirePacket.PUBLISH).has(0x02)).isFalse();
    }
  }

  /// Not even between event loops, of which some have just been idle.
  @Test
  @Statement("MQTT-3.3.2-6")
  void theExpiryIntervalNeverGrows() {
    for (int i = 0; i < 8; i++) {
      try (RawClient subscriber = subscriber(SERVER.port(), 5, "idle-" + i, "grows", 0);
          RawClient publisher = connected(5, "p")) {
        publisher.send(publish(5, 0x30, "grows", 0, "02 00000064", "x"));
        assertThat(subscriber.expectType(WirePacket.PUBLISH).property(0x02).number())
            .isBetween(1L, 100L);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement("MQTT-3.3.2-6")
  void theExpiryIntervalShrinksWhileAMessageWaits(int qos) {
    String id = "shrinking-" + qos;
    try (RawClient client = resumed(SERVER.port(), 5, id)) {
      client.send(subscribe(5, id, qos)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    try (RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x32, id, 1, "02 00000064", "x")).expect("40 02 0001");
    }
    letPass(1, SERVER.port());
    try (RawClient client = resumed(SERVER.port(), 5, id)) {
      assertThat(client.expectType(WirePacket.PUBLISH).property(0x02).number()).isBetween(1L, 99L);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.3.2-5")
  void aMessageThatExpiresWhileTheClientIsAwayIsNotSent(int version) {
    String id = "late-" + version;
    try (RawClient client = resumed(SERVER.port(), version, id)) {
      client.send(subscribe(version, id, 1)).expectType(WirePacket.SUBACK);
      client.leave();
    }
    try (RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 0x32, id, 1, "02 00000001", "old")).expect("40 02 0001");
      publisher.send(publish(5, 0x32, id, 2, "", "new")).expect("40 02 0002");
    }
    letPass(1, SERVER.port());
    try (RawClient client = resumed(SERVER.port(), version, id)) {
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("new");
      client.expectNothing();
    }
  }

  @Test
  @Statement("MQTT-3.3.2-5")
  void aMessageThatExpiresBehindAFullWindowIsNotSent() {
    try (RawClient client = subscriber(SERVER.port(), "21 0001", "windowed", "windowed", 1);
        RawClient publisher = connected(5, "p")) {
      publisher.send(publish(5, 1, "windowed", 1, "first")).expect("40 02 0001");
      publisher.send(publish(5, 0x32, "windowed", 2, "02 00000001", "old")).expect("40 02 0002");
      publisher.send(publish(5, 1, "windowed", 3, "new")).expect("40 02 0003");
      WirePacket first = client.expectType(WirePacket.PUBLISH);
      letPass(1, SERVER.port());
      client.send("40 02 %04x".formatted(first.packetId()));
      assertThat(client.expectType(WirePacket.PUBLISH).text()).isEqualTo("new");
      client.expectNothing();
    }
  }

  /// Delivery has begun, so it goes on; the client learns that no time is left.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Statement("MQTT-4.3.3-7")
  void aMessageThatExpiresInFlightIsSentAgainWithNoTimeLeft(int qos) {
    String id = "flying-" + qos;
    int packetId;
    try (RawClient client = resumed(SERVER.port(), 5, id);
        RawClient publisher = connected(5, "p")) {
      client.send(subscribe(5, id, qos)).expectType(WirePacket.SUBACK);
      publisher.send(publish(5, 0x34, id, 1, "02 00000001", "x")).expect("50 02 0001");
      packetId = client.expectType(WirePacket.PUBLISH).packetId();
    }
    letPass(3, SERVER.port());
    try (RawClient client = resumed(SERVER.port(), 5, id)) {
      client.expect(publish(5, 0x38 | qos << 1, id, packetId, "02 00000000", "x"));
    }
  }
}
