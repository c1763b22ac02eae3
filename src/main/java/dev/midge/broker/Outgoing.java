package dev.midge.broker;

import dev.midge.session.Delivery;
import dev.midge.topic.Subscription;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// What one connection may still send, and what it has to send before anything new: its send quota
/// (4.9), the deliveries of an earlier connection that were not acknowledged, and retained messages
/// that a subscription asked for. Home loop only.
final class Outgoing {
  private static final long SECOND_MILLIS = 1000;

  /// Below 0 when an earlier connection had more messages unacknowledged than this one allows.
  private int quota;

  private boolean awaiting;

  /// Made only when there is something in it.
  private @Nullable ArrayDeque<Delivery> unacknowledged;

  /// By subscription: a client may have very many waiting, and replace each of them.
  private @Nullable LinkedHashMap<Subscription, RetainedReplay> replays;

  private boolean goesOnLater;

  /// When the second began in which [#replayed] retained messages were sent.
  private long replayMillis;

  private int replayed;

  /// @param quota how many QoS 1 and 2 messages may be unacknowledged at a time. [MQTT-4.9.0-1]
  Outgoing(int quota) {
    this.quota = quota;
  }

  /// Whether one more message may be sent. [MQTT-4.9.0-2]
  boolean hasQuota() {
    return quota > 0;
  }

  /// Notes that a delivery is under way on this connection.
  void spend(Delivery delivery) {
    if (!delivery.isInWindow()) {
      delivery.inWindow(true);
      quota--;
    }
  }

  /// Notes that a delivery was acknowledged to the end. One that has yet to be sent again took no
  /// place on this connection and gives none back. [MQTT-3.3.4-9]
  void earn(Delivery delivery) {
    if (delivery.isInWindow()) {
      delivery.inWindow(false);
      quota++;
    }
  }

  /// Deliveries to send again will come, and nothing new is to be sent before them.
  void awaitResend() {
    awaiting = true;
  }

  /// All deliveries to send again have come.
  void resendComplete() {
    awaiting = false;
  }

  /// Adds a delivery to send again, after those added before and before new ones.
  void resend(Delivery delivery) {
    if (unacknowledged == null) {
      unacknowledged = new ArrayDeque<>();
    }
    unacknowledged.addLast(delivery);
  }

  /// Whether deliveries have to be sent again before new ones.
  boolean isResuming() {
    return awaiting || unacknowledged != null;
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

  /// Whether sending goes on by itself in a later turn, and not before.
  boolean goesOnLater() {
    return goesOnLater;
  }

  /// Sets whether sending goes on by itself in a later turn.
  void goesOnLater(boolean goesOnLater) {
    this.goesOnLater = goesOnLater;
  }

  /// Adds retained messages to send.
  void replay(RetainedReplay replay) {
    if (replays == null) {
      replays = new LinkedHashMap<>();
    }
    replays.put(replay.subscription(), replay);
  }

  /// Sends no more retained messages for a subscription that is over. [MQTT-3.10.4-2]
  void withdraw(Subscription ended) {
    if (replays != null) {
      replays.remove(ended);
      if (replays.isEmpty()) {
        replays = null;
      }
    }
  }

  /// Sends the rest of the retained messages of a subscription for the one that took its place.
  void handOver(Subscription replaced, Subscription successor) {
    RetainedReplay begun = replays == null ? null : replays.remove(replaced);
    if (begun != null) {
      replay(new RetainedReplay(begun.cursor(), successor));
    }
  }

  /// The retained messages to send next, or null.
  @Nullable RetainedReplay peekReplay() {
    return replays == null ? null : replays.firstEntry().getValue();
  }

  /// Whether one more retained message may be sent now, of so many in a second.
  boolean mayReplay(int perSecondMax, long nowMillis) {
    if (nowMillis - replayMillis >= SECOND_MILLIS) {
      replayMillis = nowMillis;
      replayed = 0;
    }
    return replayed < perSecondMax;
  }

  /// Counts a retained message that is sent; returns how many were in this second.
  int replayed() {
    return ++replayed;
  }

  /// Takes out what [#peekReplay] shows.
  void removeReplay() {
    if (replays != null) {
      replays.pollFirstEntry();
      if (replays.isEmpty()) {
        replays = null;
      }
    }
  }
}
