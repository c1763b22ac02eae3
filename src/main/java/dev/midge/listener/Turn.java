package dev.midge.listener;

/// How long one client has kept its loop busy without a break: a few bytes may be as much work as
/// strangers have prepared. Loop thread only.
final class Turn {
  private static final long LENGTH_NANOS = 2_000_000;

  /// How many packets are taken between two looks at the clock.
  private static final int PACKETS_PER_LOOK = 8;

  /// After a packet as long as this the clock is always looked at: it may have thousands of
  /// filters.
  private static final int LONG_PACKET_BYTES = 4 << 10;

  private long beganNanos;
  private int packetsToLook = PACKETS_PER_LOOK;

  /// It begins.
  void begin() {
    beganNanos = System.nanoTime();
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
