package dev.midge.codec;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Acknowledgement;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingresp;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.PacketType;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.List;

/// Writes the packets that the server sends, but for PUBLISH ([PublishEncoder]). What an older
/// version cannot say is narrowed to what it can: reason codes to return codes, no properties.
public final class Encoder {
  private Encoder() {}

  /// Appends the packet to `out`.
  ///
  /// @throws IllegalArgumentException for a packet that servers do not send in this version
  public static void encode(Packet packet, ProtocolVersion version, ByteBuf out) {
    switch (packet) {
      case Connack connack -> connack(connack, version, out);
      case Acknowledgement acknowledgement -> acknowledgement(acknowledgement, version, out);
      case Suback suback ->
          answer(
              suback.type(),
              suback.packetId(),
              suback.reasons(),
              suback.properties(),
              version,
              out);
      case Unsuback unsuback -> unsuback(unsuback, version, out);
      case Pingresp pingresp -> header(pingresp.type(), 0, out);
      case Disconnect disconnect when version.hasProperties() ->
          reasoned(disconnect.type(), disconnect.reason(), disconnect.properties(), out);
      case Auth auth when version.hasProperties() ->
          reasoned(auth.type(), auth.reason(), auth.properties(), out);
      default -> throw new IllegalArgumentException("no server sends " + packet.type());
    }
  }

  /// The packet without reason string and user properties, which the server must leave out when
  /// they would make it too long. [MQTT-3.2.2-19] [MQTT-3.14.2-3]
  public static Packet withoutProperties(Packet packet) {
    return switch (packet) {
      case Connack(_, var reason, _) when reason.isError() ->
          new Connack(false, reason, Properties.NONE);
      case Puback(int id, var reason, _) -> new Puback(id, reason, Properties.NONE);
      case Pubrec(int id, var reason, _) -> new Pubrec(id, reason, Properties.NONE);
      case Pubrel(int id, var reason, _) -> new Pubrel(id, reason, Properties.NONE);
      case Pubcomp(int id, var reason, _) -> new Pubcomp(id, reason, Properties.NONE);
      case Suback(int id, var reasons, _) -> new Suback(id, reasons, Properties.NONE);
      case Unsuback(int id, var reasons, _) -> new Unsuback(id, reasons, Properties.NONE);
      case Disconnect(var reason, _) -> new Disconnect(reason, Properties.NONE);
      default -> packet;
    };
  }

  /// The length in bytes that the packet has in MQTT 5.0, fixed header included: for keeping to the
  /// Maximum Packet Size of a client. [MQTT-3.1.2-24]
  public static long length(Packet packet) {
    return switch (packet) {
      case Connack connack -> length(2, connack.properties(), 0);
      case Acknowledgement acknowledgement ->
          isShort(acknowledgement) ? 4 : length(3, acknowledgement.properties(), 0);
      case Suback suback -> length(2, suback.properties(), suback.reasons().size());
      case Unsuback unsuback -> length(2, unsuback.properties(), unsuback.reasons().size());
      case Disconnect disconnect -> length(1, disconnect.properties(), 0);
      case Auth auth -> length(1, auth.properties(), 0);
      default -> 2;
    };
  }

  private static long length(int before, Properties properties, int after) {
    int own = properties.encoded().length;
    int remaining = before + variableLength(own) + own + after;
    return 1L + variableLength(remaining) + remaining;
  }

  /// Whether an acknowledgement may leave out reason code and properties.
  private static boolean isShort(Acknowledgement packet) {
    return packet.reason() == ReasonCode.SUCCESS && packet.properties().isEmpty();
  }

  private static void connack(Connack connack, ProtocolVersion version, ByteBuf out) {
    byte[] own = connack.properties().encoded();
    int length = version.hasProperties() ? 2 + variableLength(own.length) + own.length : 2;
    header(PacketType.CONNACK, length, out);
    out.writeByte(connack.sessionPresent() && version.saysSessionPresent() ? 1 : 0);
    if (version.hasProperties()) {
      out.writeByte(connack.reason().value());
      properties(own, out);
    } else {
      out.writeByte(returnCode(connack.reason()));
    }
  }

  /// The return code of 3.1.1 (table 3.1) that comes nearest to a reason code.
  private static int returnCode(ReasonCode reason) {
    return switch (reason) {
      case SUCCESS -> 0;
      case UNSUPPORTED_PROTOCOL_VERSION -> 1;
      case CLIENT_IDENTIFIER_NOT_VALID -> 2;
      case BAD_USER_NAME_OR_PASSWORD -> 4;
      case NOT_AUTHORIZED, BAD_AUTHENTICATION_METHOD, BANNED -> 5;
      default -> 3;
    };
  }

  private static void acknowledgement(
      Acknowledgement packet, ProtocolVersion version, ByteBuf out) {
    byte[] own = packet.properties().encoded();
    if (isShort(packet) || !version.hasProperties()) {
      header(packet.type(), 2, out);
      out.writeShort(packet.packetId());
      return;
    }
    header(packet.type(), 3 + variableLength(own.length) + own.length, out);
    out.writeShort(packet.packetId());
    out.writeByte(packet.reason().value());
    properties(own, out);
  }

  private static void unsuback(Unsuback unsuback, ProtocolVersion version, ByteBuf out) {
    List<ReasonCode> reasons = version.answersEachUnsubscribe() ? unsuback.reasons() : List.of();
    answer(unsuback.type(), unsuback.packetId(), reasons, unsuback.properties(), version, out);
  }

  private static void answer(
      PacketType type,
      int packetId,
      List<ReasonCode> reasons,
      Properties properties,
      ProtocolVersion version,
      ByteBuf out) {
    byte[] own = properties.encoded();
    int propertyBytes = version.hasProperties() ? variableLength(own.length) + own.length : 0;
    header(type, 2 + propertyBytes + reasons.size(), out);
    out.writeShort(packetId);
    if (version.hasProperties()) {
      properties(own, out);
    }
    for (ReasonCode reason : reasons) {
      boolean narrowed = reason.isError() && !version.hasProperties();
      out.writeByte(narrowed ? ReasonCode.UNSPECIFIED_ERROR.value() : reason.value());
    }
  }

  private static void reasoned(
      PacketType type, ReasonCode reason, Properties properties, ByteBuf out) {
    byte[] own = properties.encoded();
    header(type, 1 + variableLength(own.length) + own.length, out);
    out.writeByte(reason.value());
    properties(own, out);
  }

  private static void properties(byte[] encoded, ByteBuf out) {
    variable(encoded.length, out);
    out.writeBytes(encoded);
  }

  private static void header(PacketType type, int remainingLength, ByteBuf out) {
    int flags = type == PacketType.PUBREL ? type.requiredFlags() : 0;
    out.writeByte(type.number() << 4 | flags);
    variable(remainingLength, out);
  }

  /// Appends a variable byte integer (1.5.5).
  static void variable(int value, ByteBuf out) {
    int rest = value;
    while (rest > 0x7F) {
      out.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }

  /// The number of bytes of a variable byte integer, 1 to 4 for 0 to 268,435,455.
  static int variableLength(int value) {
    return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : 4;
  }
}
