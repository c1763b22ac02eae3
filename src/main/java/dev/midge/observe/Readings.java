package dev.midge.observe;

import static java.util.stream.Collectors.toMap;

import dev.midge.broker.Broker;
import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.broker.Lane;
import dev.midge.broker.Tally;
import dev.midge.packet.PacketType;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Reads what the loops count. They are not asked for it and know nothing of it: each figure may be
/// a moment old. Any thread.
public final class Readings {
  /// Messages that found no room; others were not wanted, or not allowed.
  private static final List<Drop> FOR_WANT_OF_ROOM =
      List.of(
          Drop.QUEUE_MESSAGES,
          Drop.QUEUE_BYTES,
          Drop.ADDRESS_QUEUE_BYTES,
          Drop.SERVER_QUEUE_BYTES,
          Drop.STORE_FULL,
          Drop.OUTBOUND_BYTES,
          Drop.SERVER_OUTBOUND_BYTES);

  private final Broker broker;
  private final LongSupplier nanoClock;
  private final long beganNanos;

  /// Reads from this broker, which starts now.
  ///
  /// @param nanoClock the time, in nanoseconds since some moment
  public Readings(Broker broker, LongSupplier nanoClock) {
    this.broker = broker;
    this.nanoClock = nanoClock;
    this.beganNanos = nanoClock.getAsLong();
  }

  /// What there is now.
  public Reading now() {
    Lane all = new Lane();
    broker.lanes().values().forEach(all::add);
    List<Tally> tallies = broker.tallies();
    return new Reading(
        TimeUnit.NANOSECONDS.toSeconds(nanoClock.getAsLong() - beganNanos),
        all.connected(),
        broker.sessionCount(),
        Tally.sum(tallies, Counter.SESSIONS_EXPIRED),
        broker.subscriptionCount(),
        broker.sharedSubscriptionCount(),
        broker.retainedCount(),
        tallies.stream().mapToLong(Tally::queued).sum(),
        tallies.stream().mapToLong(Tally::inflight).sum(),
        broker.retainedBytes() + tallies.stream().mapToLong(Tally::waitingBytes).sum(),
        Tally.sum(tallies, Counter.CONNECTIONS_OPENED),
        all.received(PacketType.CONNECT),
        all.received(),
        all.sent(),
        all.received(PacketType.PUBLISH),
        all.sent(PacketType.PUBLISH),
        FOR_WANT_OF_ROOM.stream().mapToLong(reason -> Tally.sum(tallies, reason)).sum(),
        Tally.sum(tallies, Counter.CONNECTS_REFUSED),
        all.receivedBytes(),
        all.sentBytes(),
        all.receivedPayloadBytes(),
        all.sentPayloadBytes(),
        Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
        ProcessMemory.residentBytes(),
        Arrays.stream(Loss.values()).collect(toMap(loss -> loss, loss -> loss.sum(tallies))));
  }
}
