package dev.midge.listener;

import java.util.concurrent.atomic.AtomicLong;

/// The memory that unfinished packets of all connections may take together: each client may begin a
/// packet as long as the longest, and never end it. Any thread.
final class InboundBudget {
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  InboundBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Notes a difference in bytes; returns whether they are too many now.
  boolean changed(int difference) {
    return bytes.addAndGet(difference) > bytesMax;
  }
}
