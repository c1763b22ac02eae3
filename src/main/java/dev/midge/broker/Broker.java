package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.ReasonCode;
import dev.midge.topic.RetainedIndex;
import dev.midge.topic.SubscriptionIndex;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// An MQTT server without its sockets: any number of event loops, and the two indexes that they
/// share. Made once; its methods may be called from any thread.
public final class Broker {
  /// What a broker needs from the world.
  ///
  /// @param limits what it keeps at most
  /// @param random for the client identifiers that it makes up
  public record Ports(
      ServerLimits limits,
      Authenticator authenticator,
      Authorizer authorizer,
      Store store,
      Journal journal,
      RandomGenerator random) {}

  private final Ports ports;
  private final SubscriptionIndex subscriptions;
  private final RetainedIndex retained;
  private final int loopCount;
  private final List<BrokerLoop> loops;
  private volatile boolean isShortOfMemory;
  private final AtomicInteger sessions = new AtomicInteger();
  private RetainedIndex.@Nullable Sweep sweep;

  /// A broker on these loops.
  public Broker(List<? extends Loop> loops, Ports ports) {
    this.ports = ports;
    this.loopCount = loops.size();
    this.subscriptions = new SubscriptionIndex(loopCount);
    this.retained =
        new RetainedIndex(ports.limits.retainedMessagesMax(), ports.limits.retainedBytesMax());
    List<BrokerLoop> all = new ArrayList<>(loopCount);
    this.loops = Collections.unmodifiableList(all);
    for (int i = 0; i < loopCount; i++) {
      all.add(new BrokerLoop(i, this, loops.get(i), this.loops));
    }
  }

  /// Takes up what the store kept of an earlier process. Before the loops start.
  ///
  /// @param limits those of the listener with this name
  /// @param shares those of the address with this name, as [Shares#address] has it
  public void restore(Function<String, Limits> limits, Function<String, ? extends Shares> shares) {
    new Restoration(this, loops, shares).run(limits);
  }

  /// What the operator sees and does.
  public Inspection inspection() {
    return new Inspection(this, loops);
  }

  /// The part on the loop with this index.
  public BrokerLoop loop(int index) {
    return loops.get(index);
  }

  /// Says whether memory is short: then newcomers are refused and publishers slowed.
  public void shortOfMemory(boolean isShort) {
    isShortOfMemory = isShort;
  }

  /// Memory is nearly full: each loop ends the connection that takes most of it.
  public void shedHeaviest() {
    loops.forEach(loop -> loop.execute(() -> ShedFlow.shed(loop)));
  }

  boolean isShortOfMemory() {
    return isShortOfMemory;
  }

  /// Publishes a message of the server itself, retained if it says so.
  public void publish(Message message) {
    BrokerLoop first = loops.getFirst();
    first.execute(() -> first.publish(message));
  }

  /// The rules of the [Authorizer] have changed: they hold for all clients when what is returned is
  /// complete.
  public CompletionStage<Void> reviewAccess() {
    return onEachLoop(loop -> loop.accesses().review());
  }

  /// The server stops: the wills of those whose sessions end with it are published, while there is
  /// still somebody to get them; then all clients are told (v5) and let go. Others keep their
  /// sessions, and their wills come after the next start (3.1.2.5). Done when what is returned is
  /// complete.
  public CompletionStage<Void> shutDown() {
    return onEachLoop(BrokerLoop::publishLastWills)
        .thenCompose(_ -> onEachLoop(_ -> {})) // What is for other loops is handed over.
        .thenCompose(_ -> onEachLoop(_ -> {})) // They have taken it.
        .thenCompose(_ -> onEachLoop(BrokerLoop::shutDown));
  }

  private CompletableFuture<Void> onEachLoop(Consumer<BrokerLoop> task) {
    return CompletableFuture.allOf(
        loops.stream()
            .map(loop -> CompletableFuture.runAsync(() -> task.accept(loop), loop::execute))
            .toArray(CompletableFuture[]::new));
  }

  /// Listeners are no more: their clients are told so (v5) and let go; their sessions stay.
  ///
  /// @param names those of the listeners
  public void closed(Set<String> names) {
    for (BrokerLoop loop : loops) {
      loop.execute(() ->
          loop.disconnect(
              ReasonCode.ADMINISTRATIVE_ACTION,
              connection ->
                  names.contains(connection.limits().listener())
                      ? "this listener was closed"
                      : null));
    }
  }

  /// How many sessions there are, connected or not, without those of the server itself, which end
  /// with their connections.
  public int sessionCount() {
    long own =
        loops.stream()
            .flatMap(loop -> loop.ownTally().lanes().values().stream())
            .mapToLong(Lane::connected)
            .sum();
    return (int) Math.max(0, sessions.get() - own);
  }

  /// How many subscriptions there are.
  public int subscriptionCount() {
    return subscriptions.size();
  }

  /// How many retained messages there are.
  public long retainedCount() {
    return retained.messages();
  }

  /// What retained messages take in memory, in bytes, roughly.
  public long retainedBytes() {
    return retained.bytes();
  }

  /// Whether the filter of a subscription begins with this level.
  public boolean hasSubscriptionsBelow(String level) {
    return subscriptions.hasBelow(level);
  }

  /// How many of the subscriptions are shared.
  public int sharedSubscriptionCount() {
    return subscriptions.sharedSize();
  }

  /// What is counted of clients on all loops, by listener and version: the sums of this moment.
  public Map<Lane.Key, Lane> lanes() {
    Map<Lane.Key, Lane> sums = new HashMap<>();
    for (BrokerLoop loop : loops) {
      loop.tally()
          .lanes()
          .forEach((key, lane) -> sums.computeIfAbsent(key, _ -> new Lane()).add(lane));
    }
    return sums;
  }

  /// The counters of all loops, for [Tally#sum].
  public List<Tally> tallies() {
    return loops.stream().map(BrokerLoop::tally).toList();
  }

  /// The loop on which the client with this identifier lives.
  BrokerLoop homeOf(String clientId) {
    int hash = clientId.hashCode();
    return loops.get(Math.floorMod(hash ^ hash >>> 16, loops.size()));
  }

  /// A client identifier that nobody uses: 80 bits of chance.
  String newClientId() {
    return "auto-%04x%016x".formatted(ports.random.nextInt(1 << 16), ports.random.nextLong());
  }

  int loopCount() {
    return loopCount;
  }

  ServerLimits limits() {
    return ports.limits;
  }

  Authenticator authenticator() {
    return ports.authenticator;
  }

  Authorizer authorizer() {
    return ports.authorizer;
  }

  Store store() {
    return ports.store;
  }

  Journal journal() {
    return ports.journal;
  }

  SubscriptionIndex subscriptions() {
    return subscriptions;
  }

  RetainedIndex retained() {
    return retained;
  }

  /// Counts one more session; false when there are as many as there may be.
  boolean reserveSession() {
    if (sessions.incrementAndGet() > ports.limits.sessionsMax()) {
      sessions.decrementAndGet();
      return false;
    }
    return true;
  }

  /// Counts a session that was kept, even if there are more than there may be.
  void countSession() {
    sessions.incrementAndGet();
  }

  /// Counts one session less.
  void releaseSession() {
    sessions.decrementAndGet();
  }

  /// Looks for expired retained messages, some at each call. First loop only.
  void sweepRetained(int count, long nowMillis) {
    if (sweep == null) {
      sweep = retained.sweep();
    }
    if (!sweep.advance(count, nowMillis)) {
      sweep = null;
    }
  }
}
