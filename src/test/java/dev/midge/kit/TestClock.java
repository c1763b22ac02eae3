package dev.midge.kit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A clock that stands until it is moved on, or creeps on by as much whenever somebody looks, in
/// nanoseconds. Any thread.
public final class TestClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong();
  private volatile long nanosPerLook;

  @Override
  public long getAsLong() {
    return nanos.addAndGet(nanosPerLook);
  }

  /// Lets so much time pass whenever somebody looks.
  public void creep(Duration perLook) {
    nanosPerLook = perLook.toNanos();
  }

  /// Lets time pass.
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /// Lets so much time pass that nothing of what was before counts.
  public void forget() {
    pass(Duration.ofDays(2));
  }
}
