package dev.midge.broker;

import java.util.Collection;

/// The counters of one loop. Counted on that loop without any synchronisation; read by others, who
/// see each figure a moment late.
public final class Tally {
  private final long[] counts = new long[Counter.values().length];
  private final long[] drops = new long[Drop.values().length];

  void count(Counter counter) {
    counts[counter.ordinal()]++;
  }

  void drop(Drop reason) {
    drops[reason.ordinal()]++;
  }

  void drop(Drop reason, int count) {
    drops[reason.ordinal()] += count;
  }

  /// The sum of a counter over all loops.
  public static long sum(Collection<Tally> tallies, Counter counter) {
    return tallies.stream().mapToLong(tally -> tally.counts[counter.ordinal()]).sum();
  }

  /// The sum of dropped messages over all loops.
  public static long sum(Collection<Tally> tallies, Drop reason) {
    return tallies.stream().mapToLong(tally -> tally.drops[reason.ordinal()]).sum();
  }
}
