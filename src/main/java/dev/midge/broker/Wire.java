package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;

/// The way to one client: packets out, reading on and off, the end. A port. Called by its
/// [Connection] only, on the loop that the connection belongs to at that time.
public interface Wire {
  /// Sets what the client speaks and accepts; before that only CONNACK and DISCONNECT are sent.
  ///
  /// @param packetBytesMax the longest packet that the client accepts. [MQTT-3.1.2-24]
  void accept(ProtocolVersion version, long packetBytesMax);

  /// The client is let in, or was refused for want of room only: its coming here was no failure.
  void welcome();

  /// Whether the client accepts a packet of this length.
  boolean fits(Packet packet);

  /// Sends a packet, at the latest at the end of the turn. One that is too long for the client
  /// loses its properties first.
  ///
  /// @return false when that does not help; then nothing was sent
  boolean send(Packet packet);

  /// Sends a PUBLISH, at the latest at the end of the turn.
  ///
  /// @param packetId 1 to 65,535, or 0 for QoS 0
  /// @param expirySeconds as in [Packet.Publish]
  /// @param topicAlias or 0
  /// @param onlyAlias whether the client knows the alias, so that the name is left out
  /// @return false when the packet would be too long for the client; then nothing was sent
  boolean publish(
      Message message,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      int[] subscriptionIds,
      long expirySeconds,
      int topicAlias,
      boolean onlyAlias);

  /// The bytes accepted and not yet taken by the operating system.
  long pendingBytes();

  /// Whether it is wise to send more now. When that turns from false to true, [Connection#writable]
  /// is called.
  boolean isWritable();

  /// Stops or resumes reading, decoding of what was read already included.
  void reading(boolean on);

  /// Moves to another loop, with reading stopped by the caller; runs `arrived` there, or never when
  /// the client is gone.
  void moveTo(int loop, Runnable arrived);

  /// Sends what is pending and closes. Nothing more is received.
  void close();

  /// What the client's address has, and may have; [Shares#SERVER] where the server itself is the
  /// client, to see how it is.
  Shares shares();

  /// What the client is told of its own limits, as JSON; empty where there is nothing to tell.
  default byte[] limits(Inspection.SessionFigures session, Limits limits) {
    return new byte[0];
  }

  /// Where the client is, as text for people: `192.0.2.7:51234`.
  String remoteAddress();
}
