package dev.midge.sim;

import dev.midge.packet.Packet;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import org.jspecify.annotations.Nullable;

/// What the server sends to a client.
sealed interface Frame {
  /// What it takes on the wire, roughly.
  int sizeBytes();

  /// Anything but an application message.
  record Control(Packet packet) implements Frame {
    @Override
    public int sizeBytes() {
      return 8;
    }
  }

  /// An application message.
  ///
  /// @param topic null when only the alias names it
  /// @param isApart whether the client may get the message by its own subscriptions besides
  /// @param got to be run when the client has taken it
  record Application(
      Routing routing,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      @Nullable TopicName topic,
      int topicAlias,
      boolean isApart,
      Runnable got)
      implements Frame {
    @Override
    public int sizeBytes() {
      return sizeBytes(routing.payload().length, topic, routing.topic());
    }

    static int sizeBytes(int payloadBytes, @Nullable TopicName topic, TopicName whole) {
      return 8 + payloadBytes + (topic == null ? 0 : whole.length());
    }
  }
}
