package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;

/// What one client may do. A port; used by one loop at a time, often, and must not block.
public interface Permission {
  /// The [#subscriptionSeconds] of a subscription that has no end.
  long NO_END = Long.MAX_VALUE;

  /// All of it.
  Permission EVERYTHING =
      new Permission() {
        @Override
        public boolean allowsAll() {
          return true;
        }

        @Override
        public boolean mayWrite(TopicName topic) {
          return true;
        }

        @Override
        public boolean mayRead(TopicName topic) {
          return true;
        }

        @Override
        public boolean mightRead(TopicName topic) {
          return true;
        }

        @Override
        public long subscriptionSeconds(TopicFilter filter) {
          return NO_END;
        }
      };

  /// None of it.
  Permission NOTHING =
      new Permission() {
        @Override
        public boolean mayWrite(TopicName topic) {
          return false;
        }

        @Override
        public boolean mayRead(TopicName topic) {
          return false;
        }

        @Override
        public boolean mightRead(TopicName topic) {
          return false;
        }

        @Override
        public long subscriptionSeconds(TopicFilter filter) {
          return 0;
        }
      };

  /// That of the server itself, when it is a client to see how it is: topics below `$midge`, which
  /// nobody else reads or writes.
  Permission OWN =
      new Permission() {
        @Override
        public boolean mayWrite(TopicName topic) {
          return topic.toString().startsWith("$midge/");
        }

        @Override
        public boolean mayRead(TopicName topic) {
          return mayWrite(topic);
        }

        @Override
        public boolean mightRead(TopicName topic) {
          return mayWrite(topic);
        }

        @Override
        public long subscriptionSeconds(TopicFilter filter) {
          return filter.toString().startsWith("$midge/") ? NO_END : 0;
        }
      };

  /// Whether nothing else needs to be asked.
  default boolean allowsAll() {
    return false;
  }

  /// Whether [#mayRead] needs not to be asked, because it allows all.
  default boolean readsAll() {
    return allowsAll();
  }

  /// Whether the client may publish to the topic, itself or by its will. Topics that begin with `$`
  /// are never asked for.
  boolean mayWrite(TopicName topic);

  /// Whether messages of the topic may be delivered to the client.
  boolean mayRead(TopicName topic);

  /// As [#mayRead], for any thread: it must use nothing that [#mayRead] changes.
  boolean mightRead(TopicName topic);

  /// For how many seconds the client may subscribe to the filter: 0 not at all, [#NO_END] for as
  /// long as it likes. What is limited it gets once per session.
  long subscriptionSeconds(TopicFilter filter);
}
