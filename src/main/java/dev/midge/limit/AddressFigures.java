package dev.midge.limit;

import org.jspecify.annotations.Nullable;

/// What one address has at a moment, and what is left to it.
///
/// @param address one of IPv4, or the first 64 bits of one of IPv6
/// @param isExempt whether nothing is counted for it, because no limit holds for it
/// @param has how much it has
/// @param left how much of each rate is left to it, or -1 without a limit
/// @param waitSeconds how long it has to wait until something of each rate is left
/// @param ban the ban on it, or null
/// @param banSecondsLeft how long that holds yet, or -1 for ever
public record AddressFigures(
    String address,
    boolean isExempt,
    Has has,
    Left left,
    long waitSeconds,
    @Nullable Ban ban,
    long banSecondsLeft) {
  /// What is kept for it.
  public record Has(
      long connections,
      long sessions,
      long subscriptions,
      long queuedBytes,
      long retainedMessages,
      long retainedBytes) {}

  /// What it may do at once.
  public record Left(
      long connects, long failures, long publishes, long subscribes, long bytesIn, long bytesOut) {
    /// Whether there is a rate of which nothing is left.
    public boolean isLimited() {
      return connects == 0
          || failures == 0
          || publishes == 0
          || subscribes == 0
          || bytesIn == 0
          || bytesOut == 0;
    }
  }
}
