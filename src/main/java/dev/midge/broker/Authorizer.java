package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;

/// Decides what a client may do. A port; called on the loop of the connection, and must not block.
public interface Authorizer {
  /// Allows everything.
  Authorizer EVERYTHING =
      new Authorizer() {
        @Override
        public boolean mayPublish(Connection connection, TopicName topic) {
          return true;
        }

        @Override
        public boolean maySubscribe(Connection connection, TopicFilter filter) {
          return true;
        }
      };

  /// Whether the client may publish to the topic, as itself or by its will.
  boolean mayPublish(Connection connection, TopicName topic);

  /// Whether the client may subscribe to the filter.
  boolean maySubscribe(Connection connection, TopicFilter filter);
}
