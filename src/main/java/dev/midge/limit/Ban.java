package dev.midge.limit;

/// That an address, or all of a network, is not let in.
///
/// @param by who says so
/// @param reason why, in a few words
/// @param untilNanos until when, or [#FOR_EVER]
/// @param seconds for how long in all, or 0 if for ever
public record Ban(By by, String reason, long untilNanos, long seconds) {
  /// Until the operator takes it back.
  public static final long FOR_EVER = Long.MAX_VALUE;

  private static final long SECOND_NANOS = 1_000_000_000L;

  /// Who bans.
  public enum By {
    /// The operator, in the file of bans.
    FILE,
    /// The operator, while the server runs.
    OPERATOR,
    /// The server itself.
    SERVER
  }

  /// One that begins now.
  ///
  /// @param seconds for how long, or 0 for ever
  static Ban from(long nowNanos, By by, String reason, long seconds) {
    return new Ban(
        by, reason, seconds == 0 ? FOR_EVER : nowNanos + seconds * SECOND_NANOS, seconds);
  }

  /// Whether it still holds.
  public boolean holds(long nowNanos) {
    return nowNanos < untilNanos;
  }

  /// How long it holds yet, in seconds, or -1 for ever.
  public long secondsLeft(long nowNanos) {
    return untilNanos == FOR_EVER ? -1 : Math.max(0, (untilNanos - nowNanos) / SECOND_NANOS + 1);
  }

  /// Whether it is so long over that it counts no more when the next one is measured out.
  boolean isForgotten(long nowNanos) {
    return untilNanos != FOR_EVER && nowNanos - untilNanos > seconds * SECOND_NANOS;
  }
}
