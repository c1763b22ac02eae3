package dev.midge.codec;

import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.Utf8;
import java.util.Arrays;

/// Reads the fields of one packet from a slice of a heap array (1.5). Running out of bytes is a
/// malformed packet, wherever it happens: no field checks lengths for itself.
final class PacketReader {
  private byte[] bytes = new byte[0];
  private int position;
  private int end;

  /// Starts on `length` bytes at `offset`.
  void wrap(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  /// The array that is read; positions count in it.
  byte[] array() {
    return bytes;
  }

  int position() {
    return position;
  }

  boolean hasRemaining() {
    return position < end;
  }

  /// Steps over `length` bytes and returns where they begin.
  int skip(int length) {
    if (length > end - position) {
      throw ProtocolViolation.malformed("", "packet ends in the middle of a field");
    }
    int start = position;
    position += length;
    return start;
  }

  /// Lets the packet end after the next `length` bytes for as long as a list is read that must not
  /// reach beyond them. Returns how many bytes follow it, for [#widen].
  int narrow(int length) {
    int rest = end - position - length;
    if (rest < 0) {
      throw ProtocolViolation.malformed("", "list reaches beyond the packet");
    }
    end -= rest;
    return rest;
  }

  /// Lets the packet end where it ended before [#narrow].
  void widen(int rest) {
    end += rest;
  }

  int unsigned8() {
    return bytes[skip(1)] & 0xFF;
  }

  int unsigned16() {
    int at = skip(2);
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  long unsigned32() {
    return (long) unsigned16() << 16 | unsigned16();
  }

  /// A variable byte integer, 0 to 268,435,455, in its shortest form. [MQTT-1.5.5-1]
  int variable() {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = unsigned8();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) {
          throw ProtocolViolation.malformed("MQTT-1.5.5-1", "integer not in its shortest form");
        }
        return value;
      }
    }
    throw ProtocolViolation.malformed("MQTT-1.5.5-1", "variable byte integer of five bytes");
  }

  /// A UTF-8 string. [MQTT-1.5.4-1] [MQTT-1.5.4-2]
  String string() {
    int length = unsigned16();
    int at = skip(length);
    if (!Utf8.isValid(bytes, at, length)) {
      throw ProtocolViolation.malformed("MQTT-1.5.4-1", "string is not valid UTF-8");
    }
    return Utf8.text(bytes, at, length);
  }

  /// Binary data with a length of two bytes in front, copied.
  byte[] binary() {
    int length = unsigned16();
    int at = skip(length);
    return Arrays.copyOfRange(bytes, at, at + length);
  }

  /// All that is left, copied.
  byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, position, end);
    position = end;
    return rest;
  }

  /// A packet identifier, which is never 0. [MQTT-2.2.1-3]
  int packetId() {
    int packetId = unsigned16();
    if (packetId == 0) {
      throw ProtocolViolation.protocolError("MQTT-2.2.1-3", "packet identifier 0");
    }
    return packetId;
  }

  /// Checks that nothing follows the last field.
  void finish() {
    if (hasRemaining()) {
      throw ProtocolViolation.malformed("", end - position + " bytes after the end of the packet");
    }
  }
}
