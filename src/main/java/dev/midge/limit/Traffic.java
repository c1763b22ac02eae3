package dev.midge.limit;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is left to each address of the rates for what its clients send and get. All its connections
/// take from it, whichever loops they are on, each once in a turn. Any thread.
public final class Traffic {
  private static final int PLACES_BITS = 15;

  private volatile @Nullable RateTable publishes;
  private volatile @Nullable RateTable subscribes;
  private volatile @Nullable RateTable bytesIn;
  private volatile @Nullable RateTable bytesOut;

  private TrafficRates rates = TrafficRates.NONE;

  Traffic(TrafficRates rates, RandomGenerator random) {
    become(rates, random);
  }

  /// Other rates hold from now on; those that are the same keep what is left of them. Not by two
  /// threads at once.
  final void become(TrafficRates others, RandomGenerator random) {
    if (!others.publishes().equals(rates.publishes())) {
      publishes = table(others.publishes(), random);
    }
    if (!others.subscribes().equals(rates.subscribes())) {
      subscribes = table(others.subscribes(), random);
    }
    if (!others.bytesIn().equals(rates.bytesIn())) {
      bytesIn = table(others.bytesIn(), random);
    }
    if (!others.bytesOut().equals(rates.bytesOut())) {
      bytesOut = table(others.bytesOut(), random);
    }
    rates = others;
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

  /// How long the source has to wait until something of each rate is left, in nanoseconds.
  long waitNanos(Source source, long nowNanos) {
    return Math.max(
        Math.max(waitNanos(publishes, source, nowNanos), waitNanos(subscribes, source, nowNanos)),
        Math.max(waitNanos(bytesIn, source, nowNanos), waitNanos(bytesOut, source, nowNanos)));
  }

  /// The same for one table; nothing without a limit.
  static long waitNanos(@Nullable RateTable table, Source source, long nowNanos) {
    if (table == null) {
      return 0;
    }
    long wait = table.waitNanos(source, nowNanos);
    return source.hasNetwork() ? Math.max(wait, table.waitNanos(source.network(), nowNanos)) : wait;
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
