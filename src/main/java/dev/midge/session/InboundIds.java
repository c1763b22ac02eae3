package dev.midge.session;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// The packet identifiers of QoS 2 messages that a client has sent and not yet released: by them a
/// message that comes twice is known. [MQTT-4.3.3-10] Home loop only.
public final class InboundIds {
  /// This and the next at most 8 KiB each, whatever the client sends.
  private BitSet ids = new BitSet(0);

  /// Those of them that an earlier connection received; made only when there are any.
  private @Nullable BitSet earlier;

  private int count;

  /// How many are held that the present connection received: the window is its own. (4.9)
  public int count() {
    return count;
  }

  /// A connection begins.
  public void connected() {
    earlier = ids.isEmpty() ? null : (BitSet) ids.clone();
    count = 0;
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
    if (earlier != null && earlier.get(packetId)) {
      earlier.clear(packetId);
    } else {
      count--;
    }
    if (ids.isEmpty()) {
      ids = new BitSet(0);
      earlier = null;
    }
    return true;
  }

  /// The identifiers, ascending.
  public int[] all() {
    return ids.stream().toArray();
  }
}
