package dev.midge.store;

import java.io.IOException;

/// Whether there is room for more messages: not any more when little of the disk is free, so that
/// what is there can still be drained and the disk never gets full, and again when there is
/// somewhat more. Measured by one thread, asked by any.
final class Room {
  private static final long KEPT_FREE_BYTES = 1L << 30;
  private static final int KEPT_FREE_PERCENT = 5;

  private final Disk disk;
  private volatile boolean there = true;

  Room(Disk disk) {
    this.disk = disk;
    measure();
  }

  /// Whether there is, as it was last measured.
  boolean isThere() {
    return there;
  }

  /// How much of the disk is kept free, in bytes.
  long keptFreeBytes() {
    return Math.min(KEPT_FREE_BYTES, disk.totalBytes() / 100 * KEPT_FREE_PERCENT);
  }

  /// Looks how much is free; returns whether the answer has changed.
  boolean measure() {
    boolean before = there;
    try {
      long kept = keptFreeBytes();
      there = disk.freeBytes() > (before ? kept : kept + kept / 4);
    } catch (IOException e) {
      there = before; // What cannot be measured will fail, if it does, when it is written.
    }
    return there != before;
  }
}
