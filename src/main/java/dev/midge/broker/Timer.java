package dev.midge.broker;

import org.jspecify.annotations.Nullable;

/// Something to be done at its time, on a [TimerWheel]. Set and cancelled as often as needed, by
/// the loop that owns it.
abstract class Timer {
  private final String purpose;

  @Nullable Timer previous;
  @Nullable Timer next;
  long dueMillis;

  /// @param purpose for the log, should it fail
  Timer(String purpose) {
    this.purpose = purpose;
  }

  /// What it is for.
  String purpose() {
    return purpose;
  }

  /// Does it. The timer is not set any more and may be set again.
  abstract void fire(long nowMillis);
}
