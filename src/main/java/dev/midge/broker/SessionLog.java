package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.Subscription;

/// Where the changes of sessions that outlive their connection are written down, in the order in
/// which they happen. A port; called on the home loop of the session, and must not block.
public interface SessionLog {
  /// Remembers nothing: sessions live as long as the process.
  SessionLog NONE = new SessionLog() {};

  /// A session began, or its expiry interval or its will changed.
  default void updated(Session session) {}

  /// The client is gone; the session ends at this moment unless it comes back.
  default void detached(Session session, long endsAtMillis) {}

  /// The session ended with all that belongs to it.
  default void ended(Session session) {}

  /// A subscription began or changed.
  default void subscribed(Session session, TopicFilter filter, Subscription subscription) {}

  /// A subscription ended.
  default void unsubscribed(Session session, TopicFilter filter) {}

  /// A delivery was accepted for the session.
  default void queued(Session session, Delivery delivery) {}

  /// A delivery was sent, or its PUBREC came.
  default void advanced(Session session, Delivery delivery) {}

  /// A delivery is done with: acknowledged to the end, or dropped.
  default void removed(Session session, Delivery delivery) {}

  /// A QoS 2 message with this identifier came from the client.
  default void received(Session session, int packetId) {}

  /// The client released the identifier.
  default void released(Session session, int packetId) {}
}
