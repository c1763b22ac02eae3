package dev.midge.load;

import java.util.Arrays;

/// Which messages of a run of topics one subscriber has got, by their numbers: each topic counts
/// its messages from 0. Loop thread only.
///
/// What is missing before the highest number counts as lost until it comes. For the last 64 numbers
/// of a topic it is known which came, so that one that comes late is told from one that comes
/// again.
final class Receipts implements Subscriber.Ledger {

  /// What is counted for all subscribers together.
  static final class Counts {
    long delivered;
    long lost;
    long duplicate;
    long outOfOrder;
  }

  private final Counts counts;
  private final int firstTopic;

  /// The number that is due, and which of the 64 before it came, the last one in the lowest bit.
  private final long[] due;

  private final long[] seen;

  Receipts(Counts counts, int firstTopic, int topicCount) {
    this.counts = counts;
    this.firstTopic = firstTopic;
    this.due = new long[topicCount];
    this.seen = new long[topicCount];
    Arrays.fill(seen, -1);
  }

  /// What is no message of these topics counts as a duplicate.
  @Override
  public boolean note(int topic, long number) {
    int i = topic - firstTopic;
    if (i < 0 || i >= due.length) {
      counts.duplicate++;
      return false;
    }
    long ahead = number - due[i];
    if (ahead == 0) {
      due[i] = number + 1;
      seen[i] = seen[i] << 1 | 1;
      counts.delivered++;
      return true;
    }
    return ahead > 0 ? early(i, number, ahead) : late(i, -ahead - 1);
  }

  /// Counts what was sent of a topic and never came.
  void end(int topic, long sent) {
    int i = topic - firstTopic;
    if (i >= 0 && i < due.length) {
      counts.lost += sent - due[i];
    }
  }

  private boolean early(int i, long number, long ahead) {
    counts.lost += ahead;
    counts.delivered++;
    due[i] = number + 1;
    seen[i] = ahead >= 63 ? 1 : seen[i] << (ahead + 1) | 1;
    return true;
  }

  private boolean late(int i, long age) {
    if (age >= 64 || (seen[i] >>> age & 1) == 1) {
      counts.duplicate++;
      return false;
    }
    seen[i] |= 1L << age;
    counts.lost--;
    counts.outOfOrder++;
    counts.delivered++;
    return true;
  }
}
