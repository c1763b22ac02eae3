package dev.midge.topic;

import dev.midge.packet.TopicName;
import org.jspecify.annotations.Nullable;

/// The matches of the topics lately published on one event loop, each good for as long as no
/// subscription changes. A table of fixed size in which a newcomer displaces whoever has its slot.
public final class MatchCache {
  private static final int SLOTS = 8192;

  /// Larger matches are made anew each time, which costs little beside delivering them, and so are
  /// those of longer topics; kept, they would be what strangers can make the table large with.
  private static final int CACHED_SIZE_MAX = 1024;

  private static final int CACHED_TOPIC_BYTES_MAX = 256;

  private final SubscriptionIndex index;
  private final @Nullable TopicName[] topics = new @Nullable TopicName[SLOTS];
  private final Match[] matches = new Match[SLOTS];
  private final long[] versions = new long[SLOTS];

  /// The hash of each topic: to look at another topic would be to wait for memory.
  private final int[] hashes = new int[SLOTS];

  /// A cache for one event loop in front of the index of all.
  public MatchCache(SubscriptionIndex index) {
    this.index = index;
  }

  /// Who gets a message of this topic just now. Home loop only.
  public Match match(TopicName topic) {
    int hash = topic.hashCode();
    int slot = hash & SLOTS - 1;
    long version = index.version();
    if (versions[slot] == version && hashes[slot] == hash && topic.equals(topics[slot])) {
      return matches[slot];
    }
    Match match = index.match(topic);
    if (match.size() <= CACHED_SIZE_MAX && topic.length() <= CACHED_TOPIC_BYTES_MAX) {
      topics[slot] = topic;
      hashes[slot] = hash;
      matches[slot] = match;
      versions[slot] = version;
    }
    return match;
  }
}
