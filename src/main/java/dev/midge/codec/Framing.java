package dev.midge.codec;

import dev.midge.packet.PacketType;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;

/// Finds where a packet ends, from its fixed header alone (2.1), and refuses one that is too long
/// by that: nothing is ever stored or allocated because of an announced length.
public final class Framing {
  /// The longest CONNECT to accept: all its strings may be as long as strings can be.
  private static final int CONNECT_BYTES_MAX = 512 << 10;

  private Framing() {}

  /// The length in bytes of the first packet of a connection, as [#packetLength]. What cannot
  /// become a CONNECT is refused by its first byte. [MQTT-3.1.0-1]
  public static int connectLength(byte[] bytes, int offset, int end, int packetBytesMax) {
    if (offset < end && (bytes[offset] & 0xF0) >>> 4 != PacketType.CONNECT.number()) {
      throw ProtocolViolation.protocolError("MQTT-3.1.0-1", "first packet is not CONNECT");
    }
    return packetLength(bytes, offset, end, Math.min(packetBytesMax, CONNECT_BYTES_MAX));
  }

  /// The length in bytes of the packet that begins at `offset`, fixed header included, or 0 when
  /// its header is not complete before `end`.
  ///
  /// @param packetBytesMax the longest packet to accept
  /// @throws ProtocolViolation when type, flags or length are forbidden
  public static int packetLength(byte[] bytes, int offset, int end, int packetBytesMax) {
    if (offset >= end) {
      return 0;
    }
    if ((bytes[offset] & 0xF0) == 0) {
      throw ProtocolViolation.malformed("", "packet type 0 is forbidden");
    }
    int remainingLength = 0;
    for (int i = 1; i <= 4; i++) {
      if (offset + i >= end) {
        return 0;
      }
      int next = bytes[offset + i] & 0xFF;
      remainingLength |= (next & 0x7F) << (7 * (i - 1));
      if (next < 0x80) {
        if (next == 0 && i > 1) {
          throw ProtocolViolation.malformed("MQTT-1.5.5-1", "length not in its shortest form");
        }
        return requireFitting(1 + i + remainingLength, packetBytesMax);
      }
    }
    throw ProtocolViolation.malformed("MQTT-1.5.5-1", "remaining length of five bytes");
  }

  /// The length in bytes of the fixed header of a packet of this length in bytes.
  public static int headerLength(byte[] bytes, int offset) {
    int at = offset + 1;
    while (bytes[at] < 0) {
      at++;
    }
    return at + 1 - offset;
  }

  private static int requireFitting(int length, int packetBytesMax) {
    if (length > packetBytesMax) {
      throw new ProtocolViolation(
          ReasonCode.PACKET_TOO_LARGE,
          "MQTT-3.2.2-15",
          "packet of " + length + " bytes, allowed are " + packetBytesMax);
    }
    return length;
  }
}
