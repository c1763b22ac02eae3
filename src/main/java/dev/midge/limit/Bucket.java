package dev.midge.limit;

/// What is left of a rate to one who owns it alone. One number that says when all of it will be
/// there again: it is asked and changed once for all that was done in a turn. One thread.
public final class Bucket {
  private final Rate rate;
  private final long burstNanos;
  private long fullAtNanos = Long.MIN_VALUE / 2;

  /// A full one.
  public Bucket(Rate rate) {
    this.rate = rate;
    this.burstNanos = rate.isNone() ? 0 : rate.nanos(rate.burst());
  }

  /// How much is left; negative when more was spent than there was.
  public long left(long nowNanos) {
    return rate.isNone()
        ? Long.MAX_VALUE
        : rate.amount(burstNanos - Math.max(0, fullAtNanos - nowNanos));
  }

  /// How long it takes until something is left, in nanoseconds, or zero.
  public long waitNanos(long nowNanos) {
    return rate.isNone() ? 0 : Math.max(0, fullAtNanos + rate.nanos(1) - nowNanos - burstNanos);
  }

  /// Takes so much, whether it is there or not.
  public void spend(long amount, long nowNanos) {
    if (!rate.isNone()) {
      fullAtNanos = Math.max(fullAtNanos, nowNanos) + rate.nanos(amount);
    }
  }
}
