package dev.midge.listener;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// The bounds that `auto` stands for, sized from the heap: so generous that neither a benchmark nor
/// a conformance suite on a laptop meets one, and so tight that all of them together leave room to
/// work: queues a quarter of the heap, subscriptions another, retained messages an eighth, packets
/// under way another.
///
/// @param heapBytes what clients may take of the heap
/// @param descriptors how many files and connections the process may have open, or so many that it
///   does not matter
record AutoBounds(long heapBytes, long descriptors) {

  private static final long KIB = 1 << 10;
  private static final long MIB = 1 << 20;
  private static final long MILLION = 1_000_000;

  /// How many files the server has open itself: those of the store, mostly.
  private static final long OWN_DESCRIPTORS = 1_024;

  /// What the server takes of the heap for itself, with pages and certificates.
  private static final long OWN_BYTES = 64 * MIB;

  /// The bounds for a heap that may grow to this.
  static AutoBounds of(long heapBytes) {
    return new AutoBounds(Math.max(heapBytes / 4, heapBytes - OWN_BYTES), descriptorsMax());
  }

  /// A packet is read into one array.
  long packetBytesMax() {
    return heapBytes / 16;
  }

  private static long descriptorsMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? system.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  /// An idle connection takes a few KiB, most of it outside the heap, and a descriptor.
  long connectionsMax() {
    return Math.min(
        heapBytes / (8 * KIB), Math.max(descriptors / 2, descriptors - OWN_DESCRIPTORS));
  }

  /// A queued message takes at least some 100 bytes.
  long queueMessagesMax() {
    return Math.min(MILLION, heapBytes / (2 * KIB));
  }

  /// One client may fill half of what all may.
  long queueBytesMax() {
    return heapBytes / 8;
  }

  /// More than any client reads in a second.
  long outboundBytesMax() {
    return Math.min(64 * MIB, heapBytes / 16);
  }

  /// A subscription takes some 300 bytes.
  long subscriptionsMax() {
    return Math.min(MILLION, heapBytes / (4 * KIB));
  }

  /// A session takes about 1 KiB.
  long serverSessionsMax() {
    return heapBytes / (4 * KIB);
  }

  /// All subscriptions may take about a quarter of the heap.
  long serverSubscriptionsMax() {
    return heapBytes / (2 * KIB);
  }

  /// A retained message takes some 300 bytes beside its payload.
  long serverRetainedMessagesMax() {
    return heapBytes / (2 * KIB);
  }

  /// All payloads and topics that are retained.
  long serverRetainedBytesMax() {
    return heapBytes / 8;
  }

  /// All messages that wait for clients or their acknowledgement.
  long serverQueuedBytesMax() {
    return heapBytes / 4;
  }

  /// Bytes to send lie outside the heap, in a region as large as the heap; twice as many may wait
  /// for a moment, in buffers that are up to twice as large.
  long serverOutboundBytesMax() {
    return heapBytes / 4;
  }

  /// All packets that were not yet received as a whole.
  long serverInboundBytesMax() {
    return heapBytes / 8;
  }

  /// A handshake takes up to some 100 KiB for a moment, most of it outside the heap.
  long handshakesMax() {
    return heapBytes / (128 * KIB);
  }

  /// Sixteen addresses, or four that are near, must come together to take all handshakes.
  long handshakesPerAddressMax() {
    return Math.max(1, handshakesMax() / 16);
  }

  /// A loop for every two processors: handing messages from loop to loop costs more than one loop
  /// saves on a small machine, and the kernel, the collector and the compiler need processors, too.
  int loops() {
    return (Runtime.getRuntime().availableProcessors() + 1) / 2;
  }
}
