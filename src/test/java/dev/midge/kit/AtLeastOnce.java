package dev.midge.kit;

import java.util.ArrayList;
import java.util.List;

/// Messages of QoS 1, sent and taken by clients that keep to its rules.
public final class AtLeastOnce {
  private AtLeastOnce() {}

  /// Publishes messages one after the other, each when the one before is acknowledged, and returns
  /// when the last one is.
  ///
  /// @param flags further flags of PUBLISH, such as 1 for RETAIN
  public static void publish(int port, int flags, String topic, List<String> texts) {
    try (RawClient client = RawClient.connected(port, 4, "publisher")) {
      for (String text : texts) {
        client.send("%02x ( \"%s\" 0007 '%s' )".formatted(0x32 | flags, topic, text));
        client.expect("40 02 0007");
      }
    }
  }

  /// The payloads of the next so many messages, each acknowledged.
  public static List<String> take(RawClient client, int count) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      WirePacket message = client.expectType(WirePacket.PUBLISH);
      client.send("40 02 %04x".formatted(message.packetId()));
      texts.add(message.text());
    }
    return texts;
  }
}
