package dev.midge.limit;

import java.util.concurrent.atomic.AtomicLong;

/// What is left of a rate to all together, in one number as in a [Bucket]. Any thread, without a
/// lock.
public final class CommonBucket {
  private final Rate rate;
  private final long burstNanos;
  private final AtomicLong fullAtNanos = new AtomicLong(Long.MIN_VALUE / 2);

  /// A full one.
  public CommonBucket(Rate rate) {
    this.rate = rate;
    this.burstNanos = rate.isNone() ? 0 : rate.nanos(rate.burst());
  }

  /// Whether anything is left.
  public boolean hasAny(long nowNanos) {
    return rate.isNone() || fullAtNanos.get() + rate.nanos(1) - burstNanos <= nowNanos;
  }

  /// Takes so much, whether it is there or not.
  public void spend(long amount, long nowNanos) {
    if (!rate.isNone()) {
      long costNanos = rate.nanos(amount);
      fullAtNanos.accumulateAndGet(costNanos, (at, cost) -> Math.max(at, nowNanos) + cost);
    }
  }

  /// Does it once, if it may be done now; returns whether it may.
  public boolean take(long nowNanos) {
    if (rate.isNone()) {
      return true;
    }
    long costNanos = rate.nanos(1);
    while (true) {
      long before = fullAtNanos.get();
      long after = Math.max(before, nowNanos) + costNanos;
      if (after - burstNanos > nowNanos) {
        return false;
      }
      if (fullAtNanos.compareAndSet(before, after)) {
        return true;
      }
    }
  }

  /// Whether it is without a limit.
  public boolean isNone() {
    return rate.isNone();
  }
}
