package dev.midge.broker;

/// The memory that what waits for the clients of one loop may take: messages, and what else is kept
/// of clients. Each loop has its share of what the server allows, so that none has to ask the
/// others. Home loop only.
final class QueueRoom {
  private final Loop loop;
  private final RecallFlow recalls;
  private final long bytesMax;
  private long bytes;
  private boolean fetchingNext;

  /// @param recalls who may wait for room
  /// @param bytesMax the share of the loop, in bytes
  QueueRoom(Loop loop, RecallFlow recalls, long bytesMax) {
    this.loop = loop;
    this.recalls = recalls;
    this.bytesMax = bytesMax;
  }

  /// Takes room for something of this size; false when there is none. What takes no more than
  /// before always finds room.
  boolean reserve(long sizeBytes) {
    if (sizeBytes > 0 && !isThereFor(sizeBytes)) {
      return false;
    }
    take(sizeBytes);
    return true;
  }

  /// Whether there is room for something of this size.
  boolean isThereFor(long sizeBytes) {
    return bytes + sizeBytes <= bytesMax;
  }

  /// Takes room that there is, or that must be.
  void take(long sizeBytes) {
    bytes += sizeBytes;
  }

  /// Gives back what [#reserve] or [#take] took.
  void release(long sizeBytes) {
    bytes -= sizeBytes;
    if (recalls.isWaiting() && !fetchingNext) {
      fetchingNext = true;
      loop.execute(() -> {
        fetchingNext = false;
        recalls.fetchNext();
      });
    }
  }

  /// What is taken, in bytes, roughly.
  long bytes() {
    return bytes;
  }
}
