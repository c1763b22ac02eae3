package dev.midge.packet;

import static dev.midge.packet.PacketType.AUTH;
import static dev.midge.packet.PacketType.CONNACK;
import static dev.midge.packet.PacketType.CONNECT;
import static dev.midge.packet.PacketType.DISCONNECT;
import static dev.midge.packet.PacketType.PUBACK;
import static dev.midge.packet.PacketType.PUBCOMP;
import static dev.midge.packet.PacketType.PUBLISH;
import static dev.midge.packet.PacketType.PUBREC;
import static dev.midge.packet.PacketType.PUBREL;
import static dev.midge.packet.PacketType.SUBACK;
import static dev.midge.packet.PacketType.SUBSCRIBE;
import static dev.midge.packet.PacketType.UNSUBACK;
import static dev.midge.packet.PacketType.UNSUBSCRIBE;

import org.jspecify.annotations.Nullable;

/// A property of MQTT 5.0 (2.2.2.2): its identifier, the type of its value and where it may stand.
public enum Property {
  PAYLOAD_FORMAT_INDICATOR(0x01, Type.BIT, true, PUBLISH),
  MESSAGE_EXPIRY_INTERVAL(0x02, Type.FOUR_BYTES, true, PUBLISH),
  CONTENT_TYPE(0x03, Type.STRING, true, PUBLISH),
  RESPONSE_TOPIC(0x08, Type.STRING, true, PUBLISH),
  CORRELATION_DATA(0x09, Type.BINARY, true, PUBLISH),
  SUBSCRIPTION_IDENTIFIER(0x0B, Type.VARIABLE, false, PUBLISH, SUBSCRIBE),
  SESSION_EXPIRY_INTERVAL(0x11, Type.FOUR_BYTES, false, CONNECT, CONNACK, DISCONNECT),
  ASSIGNED_CLIENT_IDENTIFIER(0x12, Type.STRING, false, CONNACK),
  SERVER_KEEP_ALIVE(0x13, Type.TWO_BYTES, false, CONNACK),
  AUTHENTICATION_METHOD(0x15, Type.STRING, false, CONNECT, CONNACK, AUTH),
  AUTHENTICATION_DATA(0x16, Type.BINARY, false, CONNECT, CONNACK, AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, Type.BIT, false, CONNECT),
  WILL_DELAY_INTERVAL(0x18, Type.FOUR_BYTES, true),
  REQUEST_RESPONSE_INFORMATION(0x19, Type.BIT, false, CONNECT),
  RESPONSE_INFORMATION(0x1A, Type.STRING, false, CONNACK),
  SERVER_REFERENCE(0x1C, Type.STRING, false, CONNACK, DISCONNECT),
  REASON_STRING(
      0x1F,
      Type.STRING,
      false,
      CONNACK,
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP,
      SUBACK,
      UNSUBACK,
      DISCONNECT,
      AUTH),
  RECEIVE_MAXIMUM(0x21, Type.TWO_BYTES, false, CONNECT, CONNACK),
  TOPIC_ALIAS_MAXIMUM(0x22, Type.TWO_BYTES, false, CONNECT, CONNACK),
  TOPIC_ALIAS(0x23, Type.TWO_BYTES, false, PUBLISH),
  MAXIMUM_QOS(0x24, Type.BIT, false, CONNACK),
  RETAIN_AVAILABLE(0x25, Type.BIT, false, CONNACK),
  USER_PROPERTY(
      0x26,
      Type.STRING_PAIR,
      true,
      CONNECT,
      CONNACK,
      PUBLISH,
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP,
      SUBSCRIBE,
      SUBACK,
      UNSUBSCRIBE,
      UNSUBACK,
      DISCONNECT,
      AUTH),
  MAXIMUM_PACKET_SIZE(0x27, Type.FOUR_BYTES, false, CONNECT, CONNACK),
  WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Type.BIT, false, CONNACK),
  SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Type.BIT, false, CONNACK),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Type.BIT, false, CONNACK);

  /// How the value of a property is encoded (1.5).
  public enum Type {
    /// One byte that must be 0 or 1.
    BIT,
    TWO_BYTES,
    FOUR_BYTES,
    /// A variable byte integer, 1 to 4 bytes.
    VARIABLE,
    STRING,
    STRING_PAIR,
    BINARY
  }

  private static final @Nullable Property[] BY_IDENTIFIER = new @Nullable Property[0x2B];

  static {
    for (Property property : values()) {
      BY_IDENTIFIER[property.identifier] = property;
    }
  }

  private final int identifier;
  private final Type type;
  private final boolean inWill;

  /// One bit for each packet type number.
  private final int packets;

  Property(int identifier, Type type, boolean inWill, PacketType... packets) {
    this.identifier = identifier;
    this.type = type;
    this.inWill = inWill;
    int bits = 0;
    for (PacketType packet : packets) {
      bits |= 1 << packet.number();
    }
    this.packets = bits;
  }

  /// The identifier on the wire, below 0x80 and therefore one byte.
  public int identifier() {
    return identifier;
  }

  /// How the value is encoded.
  public Type type() {
    return type;
  }

  /// Whether it may stand in packets of this type.
  public boolean isAllowedIn(PacketType packet) {
    return (packets & 1 << packet.number()) != 0;
  }

  /// Whether it may stand among the will properties of CONNECT (3.1.3.2).
  public boolean isAllowedInWill() {
    return inWill;
  }

  /// Whether it may stand more than once in a packet from a client: only user properties may.
  public boolean isRepeatable() {
    return this == USER_PROPERTY;
  }

  /// The property with this identifier, or null when MQTT 5.0 does not define it.
  public static @Nullable Property of(int identifier) {
    return identifier < BY_IDENTIFIER.length ? BY_IDENTIFIER[identifier] : null;
  }
}
