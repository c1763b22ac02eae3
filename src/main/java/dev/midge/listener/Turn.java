package dev.midge.listener;

/// How long one client has kept its loop busy without a break: a few bytes may be as much work as
/// strangers have prepared. Loop thread only.
final class Turn {
  /// Long enough to gather much for many clients before it is flushed, which costs a system call
  /// for each.
  private static final long LENGTH_NANOS = 8_000_000;

  /// How many packets are taken between two looks at the clock.
  private static final int PACKETS_PER_LOOK = 8;

  /// After a packet as long as this the clock is always looked at: it may have thousands of
  /// filters.
  private static final int LONG_PACKET_BYTES = 4 << 10;

  private long beganNanos;
  private int packetsToLook = PACKETS_PER_LOOK;

  /// It begins at this moment, which the clock of the loop was just read for.
  void begin(long nowNanos) {
    beganNanos = nowNanos;
  }

  /// Whether it is over, after a packet of this length.
  boolean isOverAfter(int packetBytes) {
    packetsToLook -= packetBytes < LONG_PACKET_BYTES ? 1 : PACKETS_PER_LOOK;
    if (packetsToLook > 0) {
      return false;
    }
    packetsToLook = PACKETS_PER_LOOK;
    return System.nanoTime() - beganNanos >= LENGTH_NANOS;
  }
}
