package dev.midge.kit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A clock that stands until it is moved on, in nanoseconds. Any thread.
public final class TestClock implements LongSupplier {
  private final AtomicLong nanos = new AtomicLong();

  @Override
  public long getAsLong() {
    return nanos.get();
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
