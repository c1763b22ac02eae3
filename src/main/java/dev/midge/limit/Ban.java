package dev.midge.limit;

/// That an address is not let in.
///
/// @param reason why, in a few words
/// @param untilNanos until when, or [#FOR_EVER]
/// @param seconds for how long in all
public record Ban(String reason, long untilNanos, long seconds) {
  /// Until the operator takes it back.
  public static final long FOR_EVER = Long.MAX_VALUE;

  /// Whether it still holds.
  public boolean holds(long nowNanos) {
    return nowNanos < untilNanos;
  }

  /// Whether it is so long over that it counts no more when the next one is measured out.
  boolean isForgotten(long nowNanos) {
    return untilNanos != FOR_EVER && nowNanos - untilNanos > seconds * 1_000_000_000L;
  }
}
