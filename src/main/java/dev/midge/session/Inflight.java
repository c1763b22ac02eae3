package dev.midge.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The deliveries that a client has not acknowledged to the end, by packet identifier. Home loop
/// only.
///
/// A table whose size is a power of two, in which a delivery stands at its identifier modulo the
/// size. Identifiers are given out in turn, so the table is as dense as a ring as long as the
/// client acknowledges in turn; an identifier whose place is still taken is passed over.
public final class Inflight {
  private static final int PACKET_ID_MAX = 65_535;
  private static final @Nullable Delivery[] NOTHING = {};

  private @Nullable Delivery[] places = NOTHING;
  private int count;
  private boolean absent;
  private long bytes;
  private int lastPacketId;
  private long sent;

  /// How many are in flight.
  public int count() {
    return count;
  }

  /// The memory that they take or would take, in bytes, roughly.
  public long bytes() {
    return bytes;
  }

  /// The memory that they take, in bytes, roughly.
  public long memoryBytes() {
    return absent ? 0 : bytes;
  }

  /// Gives a delivery the next free packet identifier and keeps it until it is acknowledged.
  /// [MQTT-2.2.1-4] At most 65,535 can be in flight.
  public void add(Delivery delivery) {
    if (4 * count >= 3 * places.length && places.length <= PACKET_ID_MAX) {
      grow();
    }
    do {
      lastPacketId = lastPacketId == PACKET_ID_MAX ? 1 : lastPacketId + 1;
    } while (places[lastPacketId & places.length - 1] != null);
    delivery.publish(lastPacketId, sent++);
    places[lastPacketId & places.length - 1] = delivery;
    count++;
    bytes += delivery.message().sizeBytes();
  }

  /// The delivery in flight with this identifier, or null.
  public @Nullable Delivery find(int packetId) {
    if (count == 0 || absent) {
      return null;
    }
    Delivery delivery = places[packetId & places.length - 1];
    return delivery != null && delivery.packetId() == packetId ? delivery : null;
  }

  /// Notes that PUBREC came for a delivery.
  public void release(Delivery delivery) {
    delivery.release();
  }

  /// Forgets a delivery, whose identifier is free again.
  public void remove(Delivery delivery) {
    places[delivery.packetId() & places.length - 1] = null;
    count--;
    bytes -= delivery.message().sizeBytes();
  }

  /// The sequence numbers of all that are in flight.
  public Set<Long> sequences() {
    Set<Long> sequences = HashSet.newHashSet(count);
    for (Delivery delivery : places) {
      if (delivery != null) {
        sequences.add(delivery.sequence());
      }
    }
    return sequences;
  }

  /// All that are in flight, in the order in which they were first sent. [MQTT-4.6.0-1]
  public List<Delivery> inOrder() {
    List<Delivery> all = new ArrayList<>(count);
    for (Delivery delivery : places) {
      if (delivery != null) {
        all.add(delivery);
      }
    }
    all.sort(Comparator.comparingLong(Delivery::order));
    return all;
  }

  /// Whether the deliveries are not in memory, but only in a log.
  public boolean isAbsent() {
    return absent;
  }

  /// Lets all deliveries go, since a log has them; only their count stays.
  public void letGo() {
    absent = count > 0;
    places = NOTHING;
  }

  /// Sets how many a log keeps of an earlier process, all of them absent, and what memory they
  /// would take.
  public void restore(int absentCount, long absentBytes) {
    count = absentCount;
    bytes = absentBytes;
    absent = absentCount > 0;
  }

  /// Puts deliveries that were absent back, in the order of sending.
  public void takeBack(List<Delivery> deliveries) {
    absent = false;
    count = 0;
    bytes = 0;
    for (Delivery delivery : deliveries) {
      int packetId = delivery.packetId();
      while (places.length == 0 || places[packetId & places.length - 1] != null) {
        grow();
      }
      delivery.order(sent++);
      places[packetId & places.length - 1] = delivery;
      count++;
      bytes += delivery.message().sizeBytes();
    }
  }

  /// Gives the table back when nothing is in flight: idle sessions hold none.
  public void trim() {
    if (count == 0) {
      places = NOTHING;
    }
  }

  private void grow() {
    @Nullable Delivery[] old = places;
    places = Arrays.copyOf(NOTHING, Math.max(8, 2 * old.length));
    for (Delivery delivery : old) {
      if (delivery != null) {
        places[delivery.packetId() & places.length - 1] = delivery;
      }
    }
  }
}
