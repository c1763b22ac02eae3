package dev.midge.store;

import dev.midge.packet.Utf8;
import java.util.Arrays;

/// Appends values to an array that grows: what a [ByteReader] reads in the same order. One thread.
final class ByteWriter {
  private byte[] bytes;
  private int length;

  /// An empty one that has room for so many bytes before it has to grow.
  ByteWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  /// How many bytes there are.
  int length() {
    return length;
  }

  /// Appends one byte.
  ByteWriter one(int value) {
    require(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /// Appends a number, seven bits to a byte, the lowest first: small ones are short, negative ones
  /// take ten bytes.
  ByteWriter number(long value) {
    require(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /// Appends bytes with their number in front.
  ByteWriter bytes(byte[] value) {
    return bytes(value, value.length);
  }

  /// Appends what another has, with its length in front.
  ByteWriter bytes(ByteWriter value) {
    return bytes(value.bytes, value.length);
  }

  /// Appends text as UTF-8 with the number of its bytes in front.
  ByteWriter text(String value) {
    return bytes(Utf8.bytes(value));
  }

  /// Forgets what it has.
  void clear() {
    length = 0;
  }

  /// A copy of what it has.
  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private ByteWriter bytes(byte[] value, int valueLength) {
    number(valueLength);
    require(valueLength);
    System.arraycopy(value, 0, bytes, length, valueLength);
    length += valueLength;
    return this;
  }

  private void require(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
    }
  }
}
