package dev.midge.codec;

import dev.midge.packet.Packet.Publish;
import dev.midge.packet.PacketType;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import io.netty.buffer.ByteBuf;

/// Writes PUBLISH packets to clients (3.3): the one packet whose cost counts. Writes each anew for
/// its receiver, which measured as cheap as sharing encoded frames and needs no reference counts.
///
/// Used in two steps, so that a packet too long for its receiver is never begun: [#remainingLength]
/// and then [#encode] with the same values.
public final class PublishEncoder {
  private PublishEncoder() {}

  /// The length in bytes of a packet with this remaining length.
  public static long packetLength(int remainingLength) {
    return 1L + Encoder.variableLength(remainingLength) + remainingLength;
  }

  /// What follows the fixed header, in bytes.
  ///
  /// @param topicLength in bytes, 0 when only the alias is sent
  /// @param subscriptionIds of all subscriptions that matched, possibly none
  /// @param expirySeconds or [Publish#NO_EXPIRY]
  /// @param topicAlias or 0
  public static int remainingLength(
      ProtocolVersion version,
      int topicLength,
      QoS qos,
      int payloadLength,
      Properties passedOn,
      int[] subscriptionIds,
      long expirySeconds,
      int topicAlias) {
    int length = 2 + topicLength + (qos == QoS.AT_MOST_ONCE ? 0 : 2) + payloadLength;
    if (version.hasProperties()) {
      int own = propertyBytes(passedOn, subscriptionIds, expirySeconds, topicAlias);
      length += Encoder.variableLength(own) + own;
    }
    return length;
  }

  /// Appends the packet to `out`, which has room for it.
  public static void encode(
      ByteBuf out,
      int remainingLength,
      ProtocolVersion version,
      TopicName topic,
      boolean onlyAlias,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      byte[] payload,
      Properties passedOn,
      int[] subscriptionIds,
      long expirySeconds,
      int topicAlias) {
    out.writeByte(
        PacketType.PUBLISH.number() << 4
            | (duplicate ? 8 : 0)
            | qos.level() << 1
            | (retain ? 1 : 0));
    Encoder.variable(remainingLength, out);
    if (onlyAlias) {
      out.writeShort(0);
    } else {
      byte[] name = topic.utf8();
      out.writeShort(name.length).writeBytes(name);
    }
    if (qos != QoS.AT_MOST_ONCE) {
      out.writeShort(packetId);
    }
    if (version.hasProperties()) {
      properties(out, passedOn, subscriptionIds, expirySeconds, topicAlias);
    }
    out.writeBytes(payload);
  }

  private static int propertyBytes(
      Properties passedOn, int[] subscriptionIds, long expirySeconds, int topicAlias) {
    int bytes = passedOn.encoded().length;
    if (expirySeconds != Publish.NO_EXPIRY) {
      bytes += 5;
    }
    if (topicAlias != 0) {
      bytes += 3;
    }
    for (int id : subscriptionIds) {
      bytes += 1 + Encoder.variableLength(id);
    }
    return bytes;
  }

  private static void properties(
      ByteBuf out, Properties passedOn, int[] subscriptionIds, long expirySeconds, int topicAlias) {
    Encoder.variable(propertyBytes(passedOn, subscriptionIds, expirySeconds, topicAlias), out);
    if (expirySeconds != Publish.NO_EXPIRY) {
      out.writeByte(0x02).writeInt((int) expirySeconds);
    }
    if (topicAlias != 0) {
      out.writeByte(0x23).writeShort(topicAlias);
    }
    for (int id : subscriptionIds) {
      out.writeByte(0x0B);
      Encoder.variable(id, out);
    }
    out.writeBytes(passedOn.encoded());
  }
}
