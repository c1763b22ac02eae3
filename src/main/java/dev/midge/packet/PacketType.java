package dev.midge.packet;

/// A control packet type with its number in the fixed header (2.1.2) and the flags its fixed header
/// must carry (2.1.3).
public enum PacketType {
  CONNECT(1, 0),
  CONNACK(2, 0),
  PUBLISH(3, PacketType.ANY_FLAGS),
  PUBACK(4, 0),
  PUBREC(5, 0),
  PUBREL(6, 2),
  PUBCOMP(7, 0),
  SUBSCRIBE(8, 2),
  SUBACK(9, 0),
  UNSUBSCRIBE(10, 2),
  UNSUBACK(11, 0),
  PINGREQ(12, 0),
  PINGRESP(13, 0),
  DISCONNECT(14, 0),
  AUTH(15, 0);

  /// Stands for PUBLISH, whose flags have a meaning each.
  public static final int ANY_FLAGS = -1;

  private static final PacketType[] BY_NUMBER = values();

  private final int number;
  private final int requiredFlags;

  PacketType(int number, int requiredFlags) {
    this.number = number;
    this.requiredFlags = requiredFlags;
  }

  /// The upper four bits of the first byte, 1 to 15.
  public int number() {
    return number;
  }

  /// The lower four bits that the first byte must have, or [#ANY_FLAGS]. [MQTT-2.1.3-1]
  public int requiredFlags() {
    return requiredFlags;
  }

  /// The type with this number, 1 to 15; 0 is forbidden and must be caught before.
  public static PacketType of(int number) {
    return BY_NUMBER[number - 1];
  }
}
