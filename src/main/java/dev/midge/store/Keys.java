package dev.midge.store;

import java.nio.ByteBuffer;

/// The keys of column families.
final class Keys {
  private Keys() {}

  static byte[] number(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  static byte[] pair(long number, long second) {
    return ByteBuffer.allocate(16).putLong(number).putLong(second).array();
  }

  static byte[] packet(long number, int packetId) {
    return ByteBuffer.allocate(10).putLong(number).putShort((short) packetId).array();
  }

  /// The key beside that of a delivery in flight that says that PUBREC came for it.
  static byte[] released(long number, int packetId) {
    return ByteBuffer.allocate(11).putLong(number).putShort((short) packetId).put((byte) 1).array();
  }

  static byte[] text(long number, byte[] utf8) {
    return ByteBuffer.allocate(8 + utf8.length).putLong(number).put(utf8).array();
  }

  static byte[] ended(long number) {
    return ByteBuffer.allocate(9).put((byte) 'e').putLong(number).array();
  }

  /// The session number in such a key.
  static long endedSession(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  /// The number that a key begins with.
  static long first(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  /// The number behind the first one.
  static long second(byte[] key) {
    return ByteBuffer.wrap(key).getLong(8);
  }

  /// The packet identifier behind the number.
  static int packetId(byte[] key) {
    return Short.toUnsignedInt(ByteBuffer.wrap(key).getShort(8));
  }
}
