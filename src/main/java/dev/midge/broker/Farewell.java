package dev.midge.broker;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/// How a connection ends: who ended it, and why.
///
/// @param reason the code of DISCONNECT, or what it would have been
/// @param statement the statement of MQTT 5.0 that was broken, or empty
/// @param detail what happened, in one clause, for the reason string and the log
public record Farewell(Side side, ReasonCode reason, String statement, String detail) {
  /// Who ended a connection.
  public enum Side {
    /// The client, by DISCONNECT.
    CLIENT,
    /// The server, for a reason that it tells.
    SERVER,
    /// Neither: the network did.
    NETWORK
  }

  static Farewell byClient(ReasonCode reason) {
    return new Farewell(Side.CLIENT, reason, "", reason.words());
  }

  static Farewell byServer(ReasonCode reason, String detail) {
    return new Farewell(Side.SERVER, reason, "", detail);
  }

  static Farewell violation(ProtocolViolation violation) {
    return new Farewell(Side.SERVER, violation.reason(), violation.statement(), violation.detail());
  }

  static Farewell lost() {
    return new Farewell(
        Side.NETWORK, ReasonCode.UNSPECIFIED_ERROR, "", "connection closed by the client");
  }

  /// Whether the will is withdrawn: the client said goodbye without asking for it. [MQTT-3.1.2-10]
  boolean withdrawsWill() {
    return side == Side.CLIENT && reason == ReasonCode.SUCCESS;
  }

  /// Whether the server could not serve the client, which did nothing wrong.
  boolean isForWantOfRoom() {
    return switch (reason) {
      case SERVER_BUSY, SERVER_UNAVAILABLE, SERVER_SHUTTING_DOWN, QUOTA_EXCEEDED -> true;
      default -> false;
    };
  }

  /// What tells a client why the server ends its connection, or null where its version has no way
  /// to. [MQTT-3.14.0-1] [v3: MQTT-3.1.4-1]
  ///
  /// @param isConnected whether its CONNECT was accepted
  @Nullable Packet packet(ProtocolVersion version, boolean isConnected) {
    Properties explanation =
        version.hasProperties() && reason != ReasonCode.UNSUPPORTED_PROTOCOL_VERSION
            ? Properties.builder().text(Property.REASON_STRING, detail).build()
            : Properties.NONE;
    if (isConnected) { // DISCONNECT has no code of its own for a ban (table 2-6).
      ReasonCode goodbye = reason == ReasonCode.BANNED ? ReasonCode.ADMINISTRATIVE_ACTION : reason;
      return version.serverSaysGoodbye() ? new Disconnect(goodbye, explanation) : null;
    }
    ReasonCode refusal =
        reason == ReasonCode.SERVER_SHUTTING_DOWN ? ReasonCode.SERVER_UNAVAILABLE : reason;
    boolean canSay = version.hasProperties() ? refusal.isOfConnack() : refusal.isReturnCode();
    return canSay ? new Connack(false, refusal, explanation) : null;
  }
}
