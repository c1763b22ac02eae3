package dev.midge.codec;

import dev.midge.packet.TopicName;
import org.jspecify.annotations.Nullable;

/// The topic names lately seen by one event loop, so that a topic in use is neither copied nor
/// checked again for each message. A table of fixed size in which a newcomer displaces whoever has
/// its slot, and which keeps no long names: strangers cannot make it grow.
public final class TopicCache {
  private static final int SLOTS = 8192;

  /// Longer names are made anew each time. With names of any length a stranger could have the table
  /// hold 512 MB.
  private static final int CACHED_BYTES_MAX = 256;

  private final @Nullable TopicName[] slots = new @Nullable TopicName[SLOTS];

  /// The hash of each: to look at the name of another topic would be to wait for memory.
  private final int[] hashes = new int[SLOTS];

  /// The topic in these bytes, not necessarily a new object.
  ///
  /// @throws dev.midge.packet.ProtocolViolation when they are no valid topic name
  TopicName topic(byte[] bytes, int offset, int length) {
    int hash = TopicName.hash(bytes, offset, length);
    int slot = hash & SLOTS - 1;
    if (hashes[slot] == hash) {
      TopicName known = slots[slot];
      if (known != null && known.isSpelled(bytes, offset, length)) {
        return known;
      }
    }
    TopicName topic = TopicName.of(bytes, offset, length);
    if (length <= CACHED_BYTES_MAX) {
      slots[slot] = topic;
      hashes[slot] = hash;
    }
    return topic;
  }
}
