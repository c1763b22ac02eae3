package dev.midge.listener;

import dev.midge.broker.Counter;
import dev.midge.limit.AddressFigures;
import dev.midge.limit.Addresses;
import dev.midge.limit.Bucket;
import dev.midge.limit.CommonBucket;
import dev.midge.limit.Source;
import dev.midge.limit.Traffic;
import dev.midge.limit.TrafficRates;
import dev.midge.packet.Packet;
import dev.midge.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/// How fast one client may send and get: by the rates of its listener, and by those of its address.
/// At the beginning of a turn it looks at what is left, in the turn it only counts, and at its end
/// it takes what was counted. Loop thread only.
final class Pace {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final Bucket publishes;
  private final Bucket subscribes;
  private final Bucket bytesIn;
  private final Bucket bytesOut;
  private final Addresses addresses;
  private final Traffic shared;
  private final @Nullable Source source;

  /// What is left of the bytes to all clients together, or null.
  private final @Nullable CommonBucket bytesOutOfAll;

  private final long slowedNanosMax;

  /// Since when the client has been too fast by its own rates, but for short rests, by the clock of
  /// rates.
  private long slowedNanos;

  /// When the last rest began.
  private long restNanos = Long.MIN_VALUE / 2;

  /// Whether the client is not read, because it has sent as much as it may for now.
  private boolean isSlowing;

  /// Whether the client is not sent to, because it has got as much as it may for now.
  private boolean isHoldingBack;

  /// When it was last looked at what is left.
  private long lookedNanos;

  private long publishesLeft;
  private long subscribesLeft;
  private long bytesInLeft;
  private long publishCount;
  private long subscribeCount;
  private long byteCount;

  /// How much of [#byteCount], in this turn or earlier ones, was for a packet that is not complete.
  private int unfinishedCount;

  private Pace(
      TrafficRates own,
      int slowedSecondsMax,
      Addresses addresses,
      @Nullable Source source,
      @Nullable CommonBucket bytesOutOfAll) {
    this.bytesOutOfAll = bytesOutOfAll;
    this.slowedNanosMax = slowedSecondsMax * SECOND_NANOS;
    this.publishes = new Bucket(own.publishes());
    this.subscribes = new Bucket(own.subscribes());
    this.bytesIn = new Bucket(own.bytesIn());
    this.bytesOut = new Bucket(own.bytesOut());
    this.addresses = addresses;
    this.shared = addresses.traffic();
    this.source = source;
  }

  /// That of a client of this source, or null if it may be as fast as it can.
  ///
  /// @param slowedSecondsMax for how long it may be too fast, or 0 for ever
  /// @param source null if no limit holds for its address
  /// @param bytesOutOfAll what is left of the bytes to all clients together, or null
  static @Nullable Pace of(
      TrafficRates own,
      int slowedSecondsMax,
      Addresses addresses,
      @Nullable Source source,
      @Nullable CommonBucket bytesOutOfAll) {
    boolean isShared = source != null && !addresses.limits().traffic().isNone();
    return own.isNone() && !isShared && bytesOutOfAll == null
        ? null
        : new Pace(own, slowedSecondsMax, addresses, isShared ? source : null, bytesOutOfAll);
  }

  /// A turn of reading begins.
  void begin() {
    long now = addresses.nowNanos();
    lookedNanos = now;
    publishesLeft = publishes.left(now);
    subscribesLeft = subscribes.left(now);
    bytesInLeft = bytesIn.left(now);
    if (source != null) {
      publishesLeft = Math.min(publishesLeft, shared.publishesLeft(source, now));
      subscribesLeft = Math.min(subscribesLeft, shared.subscribesLeft(source, now));
      bytesInLeft = Math.min(bytesInLeft, shared.bytesInLeft(source, now));
    }
  }

  /// Counts a packet that came. When that was as much as may come for now, the client is not read
  /// until it has rested.
  ///
  /// @return whether that is so
  boolean slows(Packet packet, int length, NettyWire wire) {
    byteCount += length - unfinishedCount;
    unfinishedCount = 0;
    switch (packet) {
      case Packet.Publish _ -> publishCount++;
      case Packet.Subscribe subscribe -> subscribeCount += subscribe.requests().size();
      case Packet.Unsubscribe unsubscribe -> subscribeCount += unsubscribe.filters().size();
      default -> {}
    }
    if (publishCount < publishesLeft
        && subscribeCount < subscribesLeft
        && byteCount < bytesInLeft) {
      return false;
    }
    slow(wire);
    return true;
  }

  /// Counts what has come of a packet that is not complete: who never ends one is slowed as well.
  void unfinished(int count, NettyWire wire) {
    byteCount += count - unfinishedCount;
    unfinishedCount = count;
    if (!isSlowing && byteCount > 0 && byteCount >= bytesInLeft) {
      slow(wire);
    }
  }

  private void slow(NettyWire wire) {
    isSlowing = true;
    long now = addresses.nowNanos();
    if (now - restNanos > SECOND_NANOS || !isOverOwnRates()) {
      slowedNanos = now;
    }
    wire.loop().broker().count(Counter.CLIENTS_SLOWED);
    wire.loop().watchPace(wire);
    wire.connection().slowed(true);
  }

  /// The turn is over.
  void end() {
    if (byteCount > 0) {
      long now = addresses.nowNanos();
      publishes.spend(publishCount, now);
      subscribes.spend(subscribeCount, now);
      bytesIn.spend(byteCount, now);
      if (source != null) {
        shared.received(source, publishCount, subscribeCount, byteCount, now);
      }
      publishCount = 0;
      subscribeCount = 0;
      byteCount = 0;
    }
  }

  /// Whether the client is not sent to, because it has got as much as it may for now.
  boolean isHoldingBack() {
    return isHoldingBack;
  }

  /// Writes what was gathered for the client, unless it has got as much as it may for now.
  void flush(OutboundBytes outbound, NettyWire wire) {
    if (!isHoldingBack) {
      sent(outbound.gathered());
      outbound.flush();
      if (!maySend()) {
        isHoldingBack = true;
        wire.loop().broker().count(Counter.CLIENTS_HELD_BACK);
        if (mayGet(addresses.nowNanos())) {
          wire.loop().broker().count(Counter.CLIENTS_HELD_BACK_FOR_ALL);
        }
        wire.loop().watchPace(wire);
        wire.connection().unwritable();
      }
    }
  }

  /// Goes on with what waits for the client to have rested, if it has.
  ///
  /// @return whether something still waits
  boolean keepsWaiting(OutboundBytes outbound, NettyWire wire) {
    if (isSlowing && isTooFastForTooLong()) {
      wire.loop().broker().count(Counter.CLIENTS_OVER_RATE);
      wire.connection()
          .disconnect(
              ReasonCode.MESSAGE_RATE_TOO_HIGH, "you send faster than you may; see /limits");
      return false;
    }
    if (isSlowing && mayReceive()) {
      isSlowing = false;
      restNanos = addresses.nowNanos();
      wire.connection().slowed(false);
    }
    if (isHoldingBack && maySend()) {
      isHoldingBack = false;
      flush(outbound, wire);
      if (wire.isWritable()) {
        wire.connection().writable();
      }
    }
    return isSlowing || isHoldingBack;
  }

  /// Whether that is its own doing, and not that of others at its address.
  private boolean isOverOwnRates() {
    return publishCount >= publishes.left(lookedNanos)
        || subscribeCount >= subscribes.left(lookedNanos)
        || byteCount >= bytesIn.left(lookedNanos);
  }

  private boolean isTooFastForTooLong() {
    return slowedNanosMax > 0 && addresses.nowNanos() - slowedNanos > slowedNanosMax;
  }

  /// Whether the client is not read, because it has sent as much as it may for now.
  boolean isSlowing() {
    return isSlowing;
  }

  /// How much of each rate of its own is left to the client.
  AddressFigures.Left left() {
    long now = addresses.nowNanos();
    return new AddressFigures.Left(
        -1,
        -1,
        told(publishes.left(now)),
        told(subscribes.left(now)),
        told(bytesIn.left(now)),
        told(bytesOut.left(now)));
  }

  private static long told(long left) {
    return left == Long.MAX_VALUE ? -1 : Math.max(0, left);
  }

  /// How long the client has to rest until something of each of its rates is left, in seconds.
  long restSeconds() {
    long now = addresses.nowNanos();
    long nanos =
        Math.max(
            Math.max(publishes.waitNanos(now), subscribes.waitNanos(now)),
            Math.max(bytesIn.waitNanos(now), bytesOut.waitNanos(now)));
    return (nanos + SECOND_NANOS - 1) / SECOND_NANOS;
  }

  private boolean mayReceive() {
    begin();
    return publishesLeft > 0 && subscribesLeft > 0 && bytesInLeft > 0;
  }

  private void sent(long byteCount) {
    if (byteCount > 0) {
      long now = addresses.nowNanos();
      bytesOut.spend(byteCount, now);
      if (source != null) {
        shared.sent(source, byteCount, now);
      }
      if (bytesOutOfAll != null) {
        bytesOutOfAll.spend(byteCount, now);
      }
    }
  }

  private boolean maySend() {
    long now = addresses.nowNanos();
    return mayGet(now) && (bytesOutOfAll == null || bytesOutOfAll.hasAny(now));
  }

  /// Whether the client may get more by its own rate and that of its address.
  private boolean mayGet(long now) {
    return bytesOut.left(now) > 0 && (source == null || shared.bytesOutLeft(source, now) > 0);
  }
}
