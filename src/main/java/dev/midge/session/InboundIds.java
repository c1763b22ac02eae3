package dev.midge.session;

import java.util.BitSet;

/// The packet identifiers of QoS 2 messages that a client has sent and not yet released: by them a
/// message that comes twice is known. [MQTT-4.3.3-10] Home loop only.
public final class InboundIds {
  /// At most 8 KiB, whatever the client sends.
  private BitSet ids = new BitSet(0);

  private int count;

  /// How many are held.
  public int count() {
    return count;
  }

  /// Whether this one is held.
  public boolean contains(int packetId) {
    return ids.get(packetId);
  }

  /// Holds an identifier that is not held yet.
  public void add(int packetId) {
    ids.set(packetId);
    count++;
  }

  /// Lets an identifier go; returns whether it was held.
  public boolean remove(int packetId) {
    if (!ids.get(packetId)) {
      return false;
    }
    ids.clear(packetId);
    if (--count == 0) {
      ids = new BitSet(0);
    }
    return true;
  }

  /// The identifiers, ascending.
  public int[] all() {
    return ids.stream().toArray();
  }
}
