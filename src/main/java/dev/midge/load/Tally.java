package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import org.HdrHistogram.Histogram;

/// What is counted and timed in a run. Loop thread only.
final class Tally implements Client.Watcher {

  private static final long NANOS_MAX = 60_000_000_000L;
  private static final int DIGITS = 3;

  final Counts counts = new Counts();

  /// Times in nanoseconds, of what was begun or due and is done.
  final Histogram latencies = new Histogram(NANOS_MAX, DIGITS);

  /// Connections that broke.
  long failures;

  /// Whether the times of now are to be in the result.
  boolean isTiming;

  /// Notes that something is done that should have begun at this time.
  void done(long dueNanos) {
    if (isTiming) {
      latencies.recordValue(Math.clamp(System.nanoTime() - dueNanos, 0, NANOS_MAX));
    }
  }

  @Override
  public void ready(Client client) {}

  @Override
  public void failed(Client client, String why) {
    failures++;
  }
}
