package dev.midge.topic;

import dev.midge.packet.TopicName;

/// One that receives messages: a session, seen from other threads.
public interface Subscriber {
  /// How ready a subscriber is, for choosing one of a group. Any thread may ask; the answer may be
  /// out of date when it arrives.
  enum Readiness {
    /// Not connected.
    OFFLINE,
    /// Connected, but the next message would have to wait.
    BUSY,
    /// Connected and waiting for messages.
    READY
  }

  /// The index of the event loop that owns it.
  int homeLoop();

  /// Whether what it accepts has to be written down before its publisher hears of it.
  default boolean isDurable() {
    return keptAs() != 0;
  }

  /// The number under which a log keeps it, or 0 when it is not kept. Once given it stays.
  default long keptAs() {
    return 0;
  }

  /// Whether it may get messages of this topic, as far as is known to other threads: it is asked
  /// again when one is delivered.
  default boolean mayRead(TopicName topic) {
    return true;
  }

  /// How ready it is just now.
  Readiness readiness();
}
