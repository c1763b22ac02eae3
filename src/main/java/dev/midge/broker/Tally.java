package dev.midge.broker;

import dev.midge.packet.ProtocolVersion;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The counters of one loop. Counted on that loop without any synchronisation; read by others, who
/// see each figure a moment late.
public final class Tally {
  private final long[] counts = new long[Counter.values().length];
  private final long[] drops = new long[Drop.values().length];
  private final Map<Lane.Key, Lane> lanes = new ConcurrentHashMap<>();
  private final Histogram routing = new Histogram();
  private final Histogram storing = new Histogram();
  private final Histogram lag = new Histogram();
  private long queued;
  private long inflight;
  private long waitingBytes;

  void count(Counter counter) {
    counts[counter.ordinal()]++;
  }

  void drop(Drop reason) {
    drops[reason.ordinal()]++;
  }

  void drop(Drop reason, int count) {
    drops[reason.ordinal()] += count;
  }

  /// What is counted of such clients, from now on too.
  Lane lane(String listener, @Nullable ProtocolVersion version) {
    return lanes.computeIfAbsent(new Lane.Key(listener, version), _ -> new Lane());
  }

  /// What waits for a client has become more, or less.
  void waiting(int queuedMore, int inflightMore, long moreBytes) {
    queued += queuedMore;
    inflight += inflightMore;
    waitingBytes += moreBytes;
  }

  /// What is counted of clients, by listener and version.
  public Map<Lane.Key, Lane> lanes() {
    return Collections.unmodifiableMap(lanes);
  }

  /// How long it took to give a message to all its receivers, or to hand it over to their loops: of
  /// some of all messages.
  public Histogram routing() {
    return routing;
  }

  /// How long what a turn has promised took until it was kept.
  public Histogram storing() {
    return storing;
  }

  /// How late the loop was for what it does ten times a second.
  public Histogram lag() {
    return lag;
  }

  /// How many messages wait to be sent to clients, connected or not, one for each receiver.
  public long queued() {
    return queued;
  }

  /// How many messages were sent to clients that have not acknowledged them to the end.
  public long inflight() {
    return inflight;
  }

  /// What both would take in memory, in bytes, roughly; of sessions that are kept, it may be on
  /// disk only.
  public long waitingBytes() {
    return waitingBytes;
  }

  /// The sum of a histogram over all loops.
  public static Histogram sum(Collection<Tally> tallies, Function<Tally, Histogram> histogram) {
    Histogram sum = new Histogram();
    tallies.forEach(tally -> sum.add(histogram.apply(tally)));
    return sum;
  }

  /// The sum of a counter over all loops.
  public static long sum(Collection<Tally> tallies, Counter counter) {
    return tallies.stream().mapToLong(tally -> tally.counts[counter.ordinal()]).sum();
  }

  /// The sum of dropped messages over all loops.
  public static long sum(Collection<Tally> tallies, Drop reason) {
    return tallies.stream().mapToLong(tally -> tally.drops[reason.ordinal()]).sum();
  }
}
