package dev.midge.listener;

import dev.midge.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/// What the stages of a transport tell the wire, as events of the pipeline.
sealed interface TransportEvent {
  /// Makes what a transport says before its end, such as a WebSocket close frame.
  interface LastFrame {
    Object make();
  }

  /// The transport ended by its own rules, and has this to say.
  record Ended(LastFrame lastFrame) implements TransportEvent {}

  /// The transport knows that the client is elsewhere, behind a proxy.
  ///
  /// @param pace how fast it may be, or null if it may be as fast as it can
  record Behind(@Nullable Pace pace) implements TransportEvent {}

  /// The transport let the client in as who it proved to be.
  record Identified(String userName) implements TransportEvent {}

  /// The transport has frames of its own, and a last one for an end by the server.
  record Framed(LastFrame lastFrame) implements TransportEvent {}

  /// The transport does not let the client in, and this is why.
  ///
  /// @param lastFrame what it says to the client, or null for nothing
  record Refused(ReasonCode reason, String detail, @Nullable LastFrame lastFrame)
      implements TransportEvent {}

  /// The connection is not for MQTT; others go on with it.
  record HandedOver() implements TransportEvent {}

  /// The transport says that the client has sent all that it will.
  record Finished() implements TransportEvent {}
}
