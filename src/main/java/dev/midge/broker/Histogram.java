package dev.midge.broker;

/// How long something took, and how often: each time is counted in the first bucket that it fits
/// in, of which each is twice as wide as the one before. One of a loop is counted by that loop
/// without any synchronisation, and read by others a moment late.
public final class Histogram {
  private static final int BUCKETS = 24;
  private static final long FIRST_NANOS = 1_000;

  private final long[] counts = new long[BUCKETS];
  private long sumNanos;

  /// Counts one time.
  void note(long nanos) {
    long units = (nanos + FIRST_NANOS - 1) / FIRST_NANOS;
    int bucket = units <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(units - 1);
    counts[Math.min(bucket, BUCKETS - 1)]++;
    sumNanos += nanos;
  }

  /// Adds what another has counted.
  public void add(Histogram other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
    sumNanos += other.sumNanos;
  }

  /// How many times there are in each bucket, and in no one before it.
  public long[] counts() {
    return counts.clone();
  }

  /// All times together, in seconds.
  public double sumSeconds() {
    return sumNanos / 1e9;
  }

  /// The longest time that fits in each bucket, in seconds; in the last one any does.
  public static double[] upperSeconds() {
    double[] bounds = new double[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      bounds[i] = i == BUCKETS - 1 ? Double.POSITIVE_INFINITY : (FIRST_NANOS << i) / 1e9;
    }
    return bounds;
  }
}
