package dev.midge.store;

import dev.midge.packet.Utf8;
import java.util.Arrays;

/// Reads the values that a [ByteWriter] wrote. One thread.
final class ByteReader {
  private final byte[] bytes;
  private int at;

  /// Reads these bytes from the start.
  ByteReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Whether there is more.
  boolean hasMore() {
    return at < bytes.length;
  }

  /// The next byte, 0 to 255.
  int one() {
    return bytes[at++] & 0xFF;
  }

  /// The next number.
  long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  /// The next number, of which the writer knows that it is an `int`.
  int count() {
    return Math.toIntExact(number());
  }

  /// The next bytes, copied.
  byte[] bytes() {
    int length = count();
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /// The next text.
  String text() {
    int length = count();
    at += length;
    return Utf8.text(bytes, at - length, length);
  }
}
