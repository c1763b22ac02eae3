package dev.midge.limit;

/// How often something may be done, or how much of it: so many times in a period, and more at once
/// after a rest.
///
/// @param times how many times in a period, or 0 for no limit
/// @param periodNanos the period, in nanoseconds
/// @param burst how many times at once, after a rest
public record Rate(long times, long periodNanos, long burst) {
  /// No limit.
  public static final Rate NONE = new Rate(0, 1, 0);

  private static final long SECOND_NANOS = 1_000_000_000L;

  /// So many times in a second.
  public static Rate perSecond(long times, long burst) {
    return new Rate(times, SECOND_NANOS, burst);
  }

  /// Whether there is no limit.
  public boolean isNone() {
    return times == 0;
  }

  /// A rate for so many of those that this one is for.
  Rate forMany(int count) {
    return new Rate(times * count, periodNanos, burst * count);
  }

  /// The time in which so much is earned, in nanoseconds.
  long nanos(long amount) {
    return (long) ((double) amount * periodNanos / times);
  }

  /// How much is earned in this time.
  long amount(long nanos) {
    return (long) ((double) nanos * times / periodNanos);
  }

  /// As its setting says it: `100/s burst 500`.
  @Override
  public String toString() {
    if (isNone()) {
      return "none";
    }
    return times + (periodNanos == SECOND_NANOS ? "/s" : "/min") + " burst " + burst;
  }
}
