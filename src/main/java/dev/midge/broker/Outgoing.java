package dev.midge.broker;

import dev.midge.session.Delivery;
import dev.midge.topic.Subscription;
import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// What one connection may still send, and what it has to send before anything new: its send quota
/// (4.9), the deliveries of an earlier connection that were not acknowledged, and retained messages
/// that a subscription asked for. Home loop only.
final class Outgoing {
  private final int quotaMax;
  private int quota;

  /// Made only when there is something in it.
  private @Nullable ArrayDeque<Delivery> unacknowledged;

  private @Nullable ArrayDeque<RetainedReplay> replays;

  /// @param quotaMax how many QoS 1 and 2 messages may be unacknowledged at a time. [MQTT-4.9.0-1]
  Outgoing(int quotaMax) {
    this.quotaMax = quotaMax;
    this.quota = quotaMax;
  }

  /// Whether one more message may be sent. [MQTT-4.9.0-2]
  boolean hasQuota() {
    return quota > 0;
  }

  /// Notes that a message was sent.
  void spend() {
    quota--;
  }

  /// Notes that one was acknowledged to the end; what an earlier connection sent earns nothing
  /// more.
  void earn() {
    if (quota < quotaMax) {
      quota++;
    }
  }

  /// Deliveries to send again, in this order, before new ones.
  void resend(Collection<Delivery> deliveries) {
    if (!deliveries.isEmpty()) {
      unacknowledged = new ArrayDeque<>(deliveries);
    }
  }

  /// Whether deliveries have to be sent again before new ones.
  boolean isResuming() {
    return unacknowledged != null;
  }

  /// The next delivery to send again, or null.
  @Nullable Delivery peekResend() {
    return unacknowledged == null ? null : unacknowledged.peekFirst();
  }

  /// Takes out what [#peekResend] shows.
  void removeResend() {
    if (unacknowledged != null) {
      unacknowledged.removeFirst();
      if (unacknowledged.isEmpty()) {
        unacknowledged = null;
      }
    }
  }

  /// Adds retained messages to send.
  void replay(RetainedReplay replay) {
    if (replays == null) {
      replays = new ArrayDeque<>();
    }
    replays.addLast(replay);
  }

  /// Sends no more retained messages for a subscription that is over. [MQTT-3.10.4-2]
  void withdraw(Subscription ended) {
    if (replays != null) {
      replays.removeIf(replay -> replay.subscription() == ended);
      if (replays.isEmpty()) {
        replays = null;
      }
    }
  }

  /// Sends the rest of the retained messages of a subscription for the one that took its place.
  void handOver(Subscription replaced, Subscription successor) {
    if (replays != null) {
      ArrayDeque<RetainedReplay> all = new ArrayDeque<>(replays.size());
      for (RetainedReplay replay : replays) {
        all.addLast(
            replay.subscription() == replaced
                ? new RetainedReplay(replay.cursor(), successor)
                : replay);
      }
      replays = all;
    }
  }

  /// The retained messages to send next, or null.
  @Nullable RetainedReplay peekReplay() {
    return replays == null ? null : replays.peekFirst();
  }

  /// Takes out what [#peekReplay] shows.
  void removeReplay() {
    if (replays != null) {
      replays.removeFirst();
      if (replays.isEmpty()) {
        replays = null;
      }
    }
  }
}
