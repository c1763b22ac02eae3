package dev.midge.session;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The deliveries that wait to be sent to one client, first in, first out, with the memory that
/// they take. Bounded by its user, who knows what to answer. Home loop only.
public final class DeliveryQueue {
  /// Made with the first delivery: most sessions never queue one.
  private @Nullable ArrayDeque<Delivery> waiting;

  private long bytes;
  private int atMostOnce;

  /// None that waits expires before this.
  private long nextExpiryMillis = Message.NEVER;

  /// How many wait.
  public int count() {
    return waiting == null ? 0 : waiting.size();
  }

  /// The memory that they take, in bytes, roughly.
  public long bytes() {
    return bytes;
  }

  /// Whether none waits.
  public boolean isEmpty() {
    return count() == 0;
  }

  /// Whether one of QoS 0 waits, which a later one must not overtake.
  public boolean holdsAtMostOnce() {
    return atMostOnce > 0;
  }

  /// Adds a delivery at the end.
  public void add(Delivery delivery) {
    if (waiting == null) {
      waiting = new ArrayDeque<>();
    }
    waiting.addLast(delivery);
    nextExpiryMillis = Math.min(nextExpiryMillis, delivery.message().expiresAtMillis());
    count(delivery, 1);
  }

  /// The delivery that has waited longest, or null.
  public @Nullable Delivery peek() {
    return waiting == null ? null : waiting.peekFirst();
  }

  /// Takes out the delivery that [#peek] shows.
  public void removeFirst() {
    if (waiting == null) {
      throw new IllegalStateException("queue is empty");
    }
    count(waiting.removeFirst(), -1);
    if (waiting.isEmpty()) {
      waiting = null;
    }
  }

  /// Takes out all that have expired, in their order. Costs nothing when there can be none: it is
  /// asked for with each message that does not fit.
  public List<Delivery> removeExpired(long nowMillis) {
    if (nowMillis < nextExpiryMillis) {
      return List.of();
    }
    List<Delivery> expired = removeIf(delivery -> delivery.message().isExpired(nowMillis));
    nextExpiryMillis = Message.NEVER;
    if (waiting != null) {
      for (Delivery delivery : waiting) {
        nextExpiryMillis = Math.min(nextExpiryMillis, delivery.message().expiresAtMillis());
      }
    }
    return expired;
  }

  /// Takes out all that meet the condition, in their order.
  public List<Delivery> removeIf(Predicate<Delivery> condition) {
    List<Delivery> removed = new ArrayList<>();
    if (waiting == null) {
      return removed;
    }
    // Not by an iterator: what it removes in the middle moves half of the queue.
    waiting.removeIf(delivery -> condition.test(delivery) && removed.add(delivery));
    removed.forEach(delivery -> count(delivery, -1));
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return removed;
  }

  private void count(Delivery delivery, int sign) {
    bytes += (long) sign * delivery.message().sizeBytes();
    atMostOnce += delivery.qos() == QoS.AT_MOST_ONCE ? sign : 0;
  }
}
