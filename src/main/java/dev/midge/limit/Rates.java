package dev.midge.limit;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// How often each source may do something. Any thread.
///
/// Sources are told apart by a keyed hash, in a table that never grows: who has many addresses
/// neither fills the memory nor makes the others forgotten. Two sources that meet in the table
/// share what one has.
public final class Rates {
  private static final int SLOTS = 1 << 12;

  private final long key = new SecureRandom().nextLong();
  private final AtomicReferenceArray<Bucket> buckets = new AtomicReferenceArray<>(SLOTS);
  private final Bandwidth limit;

  /// @param times how often within a period, all at once if need be
  /// @param period the time after which all of it may be done again
  public Rates(long times, Duration period) {
    this.limit = Bandwidth.builder().capacity(times).refillGreedy(times, period).build();
  }

  /// Does it once more, if the source may.
  ///
  /// @return zero if it may, or how long it has to wait
  public Duration take(Source source) {
    ConsumptionProbe probe = bucket(slot(source)).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill()));
  }

  private Bucket bucket(int slot) {
    Bucket bucket = buckets.get(slot);
    if (bucket == null) {
      Bucket fresh = Bucket.builder().addLimit(limit).build();
      bucket = buckets.compareAndExchange(slot, null, fresh);
      return bucket == null ? fresh : bucket;
    }
    return bucket;
  }

  /// Mixes the bits, so that nobody can choose whom to meet.
  private int slot(Source source) {
    long bits = (source.prefix() ^ key) * 0x9E3779B97F4A7C15L;
    bits = (bits ^ (bits >>> 32)) * 0xD6E8FEB86659FD93L;
    return (int) ((bits ^ (bits >>> 32)) & (SLOTS - 1));
  }
}
