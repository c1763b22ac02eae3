package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.WirePacket;
import java.util.ArrayList;
import java.util.List;

/// The packets of which most tests are made, in notation and for each version, and how a client
/// hears out what comes.
final class Packets {
  private Packets() {}

  /// SUBSCRIBE with packet identifier 1 to one filter.
  ///
  /// @param options the byte behind the filter
  static String subscribe(int version, String filter, int options) {
    return "82 ( 0001 %s \"%s\" %02x )".formatted(noProperties(version), filter, options);
  }

  /// UNSUBSCRIBE with packet identifier 2 from one filter.
  static String unsubscribe(int version, String filter) {
    return "a2 ( 0002 %s \"%s\" )".formatted(noProperties(version), filter);
  }

  /// PUBLISH without properties, with packet identifier 3 if it has one.
  ///
  /// @param flags of the fixed header: 0x01 retain, 0x02 QoS 1, 0x04 QoS 2
  static String publish(int version, int flags, String topic, String payload) {
    return "%02x ( \"%s\" %s %s '%s' )"
        .formatted(
            0x30 | flags, topic, (flags & 6) == 0 ? "" : "0003", noProperties(version), payload);
  }

  /// An empty list of properties where packets have one.
  static String noProperties(int version) {
    return version == 5 ? "( )" : "";
  }

  /// A client that has subscribed to one filter.
  static RawClient subscriber(int port, int version, String id, String filter, int options) {
    RawClient client = RawClient.connected(port, version, id);
    client.send(subscribe(version, filter, options)).expectType(WirePacket.SUBACK);
    return client;
  }

  /// Publishes at QoS 1 and waits until the server has taken it.
  static void publishSafely(RawClient client, int flags, String topic, String payload) {
    client.send(publish(client.version(), flags | 0x02, topic, payload));
    assertThat(client.expectType(WirePacket.PUBACK).packetId()).isEqualTo(3);
  }

  /// Acknowledges a message of QoS 1.
  static void acknowledge(RawClient client, WirePacket message) {
    client.send("40 02 %04x".formatted(message.packetId()));
  }

  /// The messages that come before the first one whose payload is `end`, each of QoS 1
  /// acknowledged. What one publisher sends to one subscriber keeps its order, so nothing that was
  /// published before is still to come.
  static List<WirePacket> messagesUntil(RawClient client, String end) {
    List<WirePacket> messages = new ArrayList<>();
    while (true) {
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      if (message.qos() == 1) {
        acknowledge(client, message);
      }
      if (message.text().equals(end)) {
        return messages;
      }
      messages.add(message);
    }
  }

  /// The payloads of [#messagesUntil].
  static List<String> textsUntil(RawClient client, String end) {
    return messagesUntil(client, end).stream().map(WirePacket::text).toList();
  }
}
