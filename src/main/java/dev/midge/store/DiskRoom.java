package dev.midge.store;

import dev.midge.broker.StateLog;
import java.io.IOException;

/// How much room there is for more. There is none when the store takes as much as it may, or little
/// of the disk is free, so that what is there can still be drained and the disk never gets full;
/// and little from nine tenths of that on. It comes back when there is somewhat more. Measured by
/// one thread, asked by any.
final class DiskRoom {
  private static final long KEPT_FREE_BYTES = 1L << 30;
  private static final int KEPT_FREE_PERCENT = 5;

  /// Of what the disk has for the store, when nobody says how much it may take.
  private static final int USED_PERCENT = 80;

  private static final int LITTLE_PERCENT = 90;

  /// How much less than a bound ends what reaching it began.
  private static final int HYSTERESIS_PERCENT = 5;

  private static final long STEP_BYTES_MAX = 32L << 20;

  private final Disk disk;
  private final long usedBytesMax;
  private volatile StateLog.Room room = StateLog.Room.PLENTY;
  private volatile long usedBytes;

  /// @param usedBytesMax how much the store may take, or 0 for a share of the disk
  DiskRoom(Disk disk, long usedBytesMax) {
    this.disk = disk;
    this.usedBytesMax = usedBytesMax > 0 ? usedBytesMax : share(disk);
    measure();
  }

  private static long share(Disk disk) {
    try {
      return (disk.freeBytes() + disk.usedBytes()) / 100 * USED_PERCENT;
    } catch (IOException e) {
      return Long.MAX_VALUE; // What is free is measured again and again.
    }
  }

  /// How much there is, as it was last measured.
  StateLog.Room now() {
    return room;
  }

  /// How much the store may take, in bytes.
  long usedBytesMax() {
    return usedBytesMax;
  }

  /// How much it took when that was last measured, in bytes.
  long usedBytes() {
    return usedBytes;
  }

  /// After how much is written it should be measured, in bytes, if not for other reasons.
  long stepBytes() {
    return Math.min(STEP_BYTES_MAX, usedBytesMax / 100);
  }

  /// How much of the disk is kept free, in bytes.
  long keptFreeBytes() {
    return Math.min(KEPT_FREE_BYTES, disk.totalBytes() / 100 * KEPT_FREE_PERCENT);
  }

  /// Looks how much there is; returns whether the answer has changed.
  boolean measure() {
    StateLog.Room before = room;
    try {
      usedBytes = disk.usedBytes();
      room = judge(usedBytes, disk.freeBytes(), before);
    } catch (IOException e) {
      return false; // What cannot be measured will fail, if it does, when it is written.
    }
    return room != before;
  }

  private StateLog.Room judge(long used, long free, StateLog.Room before) {
    if (isReached(used, free, 100, before == StateLog.Room.NONE)) {
      return StateLog.Room.NONE;
    }
    return isReached(used, free, LITTLE_PERCENT, before != StateLog.Room.PLENTY)
        ? StateLog.Room.LITTLE
        : StateLog.Room.PLENTY;
  }

  /// Whether so many percent of the bounds are reached, or, if they were, still.
  private boolean isReached(long used, long free, int percent, boolean wasReached) {
    int from = wasReached ? percent - HYSTERESIS_PERCENT : percent;
    return used >= usedBytesMax / 100 * from || free <= keptFreeBytes() / 100 * (200 - from);
  }
}
