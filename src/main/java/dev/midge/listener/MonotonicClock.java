package dev.midge.listener;

/// The time since the epoch as it was when the process started, moved on by a clock that never goes
/// back. Any thread.
final class MonotonicClock {
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();

  /// Nanoseconds since some moment.
  long nowNanos() {
    return System.nanoTime();
  }

  /// Milliseconds since the epoch at a moment that [#nowNanos] told.
  long millis(long nanos) {
    return startMillis + (nanos - startNanos) / 1_000_000;
  }
}
