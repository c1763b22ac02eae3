package dev.midge.codec;

import dev.midge.kit.PacketText;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.UserPropertyBounds;

/// What a connection makes of the bytes of one packet, framing included, in the words of the packet
/// table.
public final class Decoded {
  /// As many as the table goes by.
  public static final UserPropertyBounds USER_PROPERTIES = new UserPropertyBounds(3, 1000);

  /// As long as the table goes by.
  public static final int PACKET_BYTES_MAX = 1 << 20;

  private Decoded() {}

  /// The meaning of bytes that begin with a packet and go no further.
  ///
  /// @param version the protocol level, or -1 for a first packet
  static String meaning(Decoder decoder, int version, byte[] bytes) {
    try {
      int length =
          version < 0
              ? Framing.connectLength(bytes, 0, bytes.length, PACKET_BYTES_MAX)
              : Framing.packetLength(bytes, 0, bytes.length, PACKET_BYTES_MAX);
      if (length == 0 || length > bytes.length) {
        return "INCOMPLETE";
      }
      String packet = packet(decoder, version, bytes, 0, length);
      return length == bytes.length
          ? packet
          : packet + " and " + (bytes.length - length) + " bytes";
    } catch (ProtocolViolation violation) {
      return meaning("VIOLATION", violation);
    }
  }

  /// The meaning of one whole packet.
  ///
  /// @param version the protocol level, or -1 for a first packet
  public static String packet(Decoder decoder, int version, byte[] bytes, int offset, int length) {
    try {
      return PacketText.of(
          version < 0
              ? decoder.decodeConnect(bytes, offset, length, USER_PROPERTIES)
              : decoder.decode(version(version), bytes, offset, length, USER_PROPERTIES, 1000));
    } catch (ProtocolViolation violation) {
      return meaning("VIOLATION", violation);
    } catch (UnacceptableConnect connect) {
      return meaning("REFUSED v" + connect.version().level(), connect.violation());
    }
  }

  private static String meaning(String word, ProtocolViolation violation) {
    return "%s %02x %s".formatted(word, violation.reason().value(), violation.statement()).strip();
  }

  /// The version of this protocol level: 3, 4 or 5.
  static ProtocolVersion version(int level) {
    return ProtocolVersion.values()[level - 3];
  }
}
