package dev.midge.limit;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is left to each address of the rates for what its clients send and get. All its connections
/// take from it, whichever loops they are on, each once in a turn. Any thread.
public final class Traffic {
  private static final int PLACES_BITS = 15;

  private final @Nullable RateTable publishes;
  private final @Nullable RateTable subscribes;
  private final @Nullable RateTable bytesIn;
  private final @Nullable RateTable bytesOut;

  Traffic(TrafficRates rates, RandomGenerator random) {
    this.publishes = table(rates.publishes(), random);
    this.subscribes = table(rates.subscribes(), random);
    this.bytesIn = table(rates.bytesIn(), random);
    this.bytesOut = table(rates.bytesOut(), random);
  }

  /// A table, or null where there is no limit.
  private static @Nullable RateTable table(Rate rate, RandomGenerator random) {
    return rate.isNone() ? null : new RateTable(rate, PLACES_BITS, random);
  }

  /// How many PUBLISH packets are left to the source.
  public long publishesLeft(Source source, long nowNanos) {
    return left(publishes, source, nowNanos);
  }

  /// How many filters are left to the source.
  public long subscribesLeft(Source source, long nowNanos) {
    return left(subscribes, source, nowNanos);
  }

  /// How many bytes from clients are left to the source.
  public long bytesInLeft(Source source, long nowNanos) {
    return left(bytesIn, source, nowNanos);
  }

  /// How many bytes to clients are left to the source.
  public long bytesOutLeft(Source source, long nowNanos) {
    return left(bytesOut, source, nowNanos);
  }

  /// Takes what came from a client of the source.
  public void received(
      Source source, long publishCount, long subscribeCount, long byteCount, long nowNanos) {
    spend(publishes, source, publishCount, nowNanos);
    spend(subscribes, source, subscribeCount, nowNanos);
    spend(bytesIn, source, byteCount, nowNanos);
  }

  /// Takes what went to a client of the source.
  public void sent(Source source, long byteCount, long nowNanos) {
    spend(bytesOut, source, byteCount, nowNanos);
  }

  /// How much of a table is left to the source; all there is without a limit.
  static long left(@Nullable RateTable table, Source source, long nowNanos) {
    if (table == null) {
      return Long.MAX_VALUE;
    }
    long left = table.left(source, nowNanos);
    return source.hasNetwork() ? Math.min(left, table.left(source.network(), nowNanos)) : left;
  }

  private static void spend(@Nullable RateTable table, Source source, long amount, long nowNanos) {
    if (table != null && amount > 0) {
      table.spend(source, amount, nowNanos);
      if (source.hasNetwork()) {
        table.spend(source.network(), amount, nowNanos);
      }
    }
  }
}
