package dev.midge.load;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Looks again and again how much a broker keeps on disk, and remembers the most.
final class DiskWatch implements AutoCloseable {

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final BrokerProcess broker;
  private final Thread thread;
  private volatile boolean isOver;
  private volatile long peakBytes;

  DiskWatch(BrokerProcess broker) {
    this.broker = broker;
    this.peakBytes = broker.keptBytes();
    this.thread = Thread.ofPlatform().daemon().name("disk-watch").start(this::watch);
  }

  /// The most that it kept so far, in bytes.
  long peakBytes() {
    return peakBytes;
  }

  private void watch() {
    while (!isOver) {
      peakBytes = Math.max(peakBytes, broker.keptBytes());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /// Returns when it looks no more.
  @Override
  public void close() {
    isOver = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
