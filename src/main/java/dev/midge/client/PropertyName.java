package dev.midge.client;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The properties that `-D` can set, and the packets that they belong to (2.2.2.2).
enum PropertyName {
  PAYLOAD_FORMAT_INDICATOR(1, PacketName.PUBLISH, PacketName.WILL),
  MESSAGE_EXPIRY_INTERVAL(0xFFFF_FFFFL, PacketName.PUBLISH, PacketName.WILL),
  CONTENT_TYPE(0, PacketName.PUBLISH, PacketName.WILL),
  RESPONSE_TOPIC(0, PacketName.PUBLISH, PacketName.WILL),
  CORRELATION_DATA(0, PacketName.PUBLISH, PacketName.WILL),
  SESSION_EXPIRY_INTERVAL(0xFFFF_FFFFL, PacketName.CONNECT, PacketName.DISCONNECT),
  AUTHENTICATION_METHOD(0, PacketName.CONNECT),
  AUTHENTICATION_DATA(0, PacketName.CONNECT),
  REQUEST_PROBLEM_INFORMATION(1, PacketName.CONNECT),
  REQUEST_RESPONSE_INFORMATION(1, PacketName.CONNECT),
  RECEIVE_MAXIMUM(0xFFFF, PacketName.CONNECT),
  TOPIC_ALIAS_MAXIMUM(0xFFFF, PacketName.CONNECT),
  MAXIMUM_PACKET_SIZE(0xFFFF_FFFFL, PacketName.CONNECT),
  WILL_DELAY_INTERVAL(0xFFFF_FFFFL, PacketName.WILL),
  REASON_STRING(0, PacketName.DISCONNECT),
  USER_PROPERTY(
      0,
      PacketName.CONNECT,
      PacketName.PUBLISH,
      PacketName.SUBSCRIBE,
      PacketName.UNSUBSCRIBE,
      PacketName.DISCONNECT,
      PacketName.WILL);

  private final long max;
  private final int packetBits;

  PropertyName(long max, PacketName... packets) {
    this.max = max;
    this.packetBits = Arrays.stream(packets).mapToInt(PropertyName::bit).sum();
  }

  /// The property with this name, or null.
  static @Nullable PropertyName of(String text) {
    return Arrays.stream(values())
        .filter(name -> name.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElse(null);
  }

  /// Whether a packet may have this property, as far as a client sends it.
  boolean isAllowedIn(PacketName packet) {
    return (packetBits & bit(packet)) != 0;
  }

  /// Whether its value is a number.
  boolean isNumber() {
    return max > 0;
  }

  /// The greatest number that it can have.
  long max() {
    return max;
  }

  private static int bit(PacketName packet) {
    return 1 << packet.ordinal();
  }

  /// The name as `-D` has it, like `content-type`.
  @Override
  public String toString() {
    return PacketName.lowerCase(this);
  }
}
