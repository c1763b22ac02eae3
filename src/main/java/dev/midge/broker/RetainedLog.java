package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.TopicName;

/// Where the changes of retained messages are written down. A port; called on the loop of the
/// publisher, and must not block.
public interface RetainedLog {
  /// Remembers nothing: retained messages live as long as the process.
  RetainedLog NONE = new RetainedLog() {};

  /// The message is the one retained for its topic now.
  default void stored(Message message) {}

  /// No message is retained for the topic any more.
  default void cleared(TopicName topic) {}
}
