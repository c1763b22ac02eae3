package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.WirePacket;

/// What all tests of publishing do: clients that subscribe or come back, and PUBLISH in the
/// notation of each version.
final class Publishing {
  /// The property of CONNECT by which a session never expires.
  static final String FOREVER = "11 ffffffff";

  private Publishing() {}

  /// PUBLISH without RETAIN and DUP.
  ///
  /// @param packetId left out at QoS 0
  static String publish(int version, int qos, String topic, int packetId, String payload) {
    return publish(version, 0x30 | qos << 1, topic, packetId, "", payload);
  }

  /// PUBLISH with the first byte and the properties that are given, the latter for MQTT 5.0 only.
  static String publish(
      int version, int header, String topic, int packetId, String properties, String payload) {
    return "%02x ( \"%s\" %s %s '%s' )"
        .formatted(
            header,
            topic,
            (header & 6) == 0 ? "" : "%04x".formatted(packetId),
            version == 5 ? "( " + properties + " )" : "",
            payload);
  }

  /// A client that has subscribed to one filter, with more to say in CONNECT of MQTT 5.0.
  static RawClient subscriber(int port, String properties, String id, String filter, int qos) {
    RawClient client = RawClient.open(port);
    client.send(RawClient.connect(5, 0x02, properties, id)).expectType(WirePacket.CONNACK);
    client.send(Packets.subscribe(5, filter, qos)).expectType(WirePacket.SUBACK);
    return client;
  }

  /// A client that goes on with its session, or begins one that lasts.
  static RawClient resumed(int port, int version, String id) {
    return resumed(port, version, "", id);
  }

  /// A client that goes on with its session, with more to say in CONNECT of MQTT 5.0.
  static RawClient resumed(int port, int version, String properties, String id) {
    RawClient client = RawClient.open(port).speak(version);
    client.send(RawClient.connect(version, 0x00, FOREVER + " " + properties, id));
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
    return client;
  }

  /// Publishes one message with QoS 1 and returns when the server has it.
  static void publishAtQos1(int port, String topic, String payload) {
    try (RawClient publisher = RawClient.connected(port, 4, "publisher")) {
      publisher.send(publish(4, 1, topic, 7, payload)).expect("40 02 0007");
    }
  }

  /// The same with QoS 2.
  static void publishAtQos2(int port, String topic, String payload) {
    try (RawClient publisher = RawClient.connected(port, 4, "publisher")) {
      publisher.send(publish(4, 2, topic, 7, payload)).expect("50 02 0007");
      publisher.send("62 02 0007").expect("70 02 0007");
    }
  }

  /// Returns when so many seconds have passed on the server's clock: a will with that delay is
  /// published then.
  static void letPass(int seconds, int port) {
    try (RawClient watcher = Packets.subscriber(port, 5, "clock-watcher", "clock", 0)) {
      try (RawClient clock = RawClient.open(port)) {
        clock
            .send(
                "10 ( \"MQTT\" 05 06 003c ( 11 0000ffff ) \"clock\" ( 18 %08x )".formatted(seconds)
                    + " \"clock\" [ 'tick' ] )")
            .expectType(WirePacket.CONNACK);
      }
      assertThat(watcher.expectType(WirePacket.PUBLISH).text()).isEqualTo("tick");
    }
  }
}
