package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import java.util.Arrays;
import java.util.BitSet;

/// Which messages the members of a shared subscription have got, by their numbers: each is for one
/// of them, and each member gets its own in order. Loop thread only.
final class SharedReceipts {

  /// A topic whose messages are numbered from 0: which of them came.
  private static final class Topic {
    /// Of the numbers from `base` on.
    private final BitSet came = new BitSet();

    /// All before it came.
    private long base;

    boolean add(long number) {
      if (number < base || came.get((int) (number - base))) {
        return false;
      }
      came.set((int) (number - base));
      return true;
    }

    /// Forgets what is complete, once that is much.
    void shorten() {
      int complete = came.nextClearBit(0);
      if (complete >= SHORTEN_AT) {
        BitSet rest = came.get(complete, Math.max(complete, came.length()));
        came.clear();
        came.or(rest);
        base += complete;
      }
    }
  }

  private static final int SHORTEN_AT = 1 << 12;

  private final Counts counts;
  private final Topic[] topics;

  SharedReceipts(Counts counts, int topicCount) {
    this.counts = counts;
    this.topics = new Topic[topicCount];
    Arrays.setAll(topics, _ -> new Topic());
  }

  /// What one more member notes.
  Subscriber.Ledger member() {
    long[] due = new long[topics.length];
    return (topic, number) -> {
      if (topic < 0 || topic >= topics.length || !topics[topic].add(number)) {
        counts.duplicate++;
        return false;
      }
      if (number < due[topic]) {
        counts.outOfOrder++;
      } else {
        due[topic] = number + 1;
      }
      counts.delivered++;
      if ((number & (SHORTEN_AT - 1)) == 0) {
        topics[topic].shorten();
      }
      return true;
    };
  }

  /// Counts what was sent of a topic and never came.
  void end(int topic, long sent) {
    counts.lost += sent - topics[topic].base - topics[topic].came.cardinality();
  }
}
