package dev.midge.sim;

import dev.midge.broker.Durability;
import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover;
import dev.midge.broker.StoredHandover.Receiver;
import dev.midge.broker.StoredSession.StoredSubscription;
import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.sim.KeptState.KeptSession;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The log of one loop: checks that each call makes sense after those before it, and commits late.
final class FakeLog implements StateLog {
  private static final int PAGE_MAX = 6;

  private final World world;
  private final FakeStore store;
  private final FakeLoop loop;

  /// Written, and not handed over.
  private List<Consumer<KeptState>> gathered = new ArrayList<>();

  private int handedOver;
  private final List<Runnable> fetches = new ArrayList<>();

  FakeLog(World world, FakeStore store, FakeLoop loop) {
    this.world = world;
    this.store = store;
    this.loop = loop;
  }

  // The store's side.

  boolean isBusy() {
    return !fetches.isEmpty();
  }

  boolean hasUncommitted() {
    return !gathered.isEmpty() || handedOver > 0;
  }

  /// Answers a fetch, whichever.
  void work() {
    fetches.remove(world.below(fetches.size())).run();
  }

  // Sessions.

  @Override
  public void updated(Session session, Terms terms) {
    called(session, "updated");
    if (session.number() == 0) {
      session.number(store.nextSessionNumber());
      requireUnknown(session.clientId());
    }
    long number = session.number();
    String clientId = session.clientId();
    long expirySeconds = session.expirySeconds();
    var will = session.will();
    write(
        session,
        state -> {
          KeptSession kept = state.session(number);
          if (kept == null) {
            kept = new KeptSession(number, clientId, terms);
            state.begin(kept);
          }
          kept.terms = terms;
          kept.expirySeconds = expirySeconds;
          kept.will = will;
        });
    if (terms.endsAtMillis() == Terms.OVER) {
      world.oracle().endedByConnect(clientId);
    }
  }

  private void requireUnknown(String clientId) {
    if (store.written().session(clientId) != null && !world.faults().hasEverHit(clientId)) {
      throw new SimulationFailure("log hears of a second session of " + clientId);
    }
  }

  @Override
  public void ended(Session session) {
    called(session, "ended");
    long number = session.number();
    require(session, store.written().session(number) != null);
    boolean wasOver = has(session, KeptSession::isOver);
    write(session, state -> state.end(number));
    if (!wasOver) {
      world.oracle().endedByConnect(session.clientId());
    }
  }

  @Override
  public void subscribed(Session session, TopicFilter filter, Subscription subscription) {
    called(session, "subscribed");
    int[] identifiers = subscription.identifiers();
    StoredSubscription stored =
        new StoredSubscription(
            filter,
            subscription.qos(),
            subscription.forOwnMessages() == null,
            subscription.retainAsPublished(),
            identifiers.length == 0 ? 0 : identifiers[0]);
    change(session, kept -> kept.subscribed(filter, stored));
  }

  @Override
  public void unsubscribed(Session session, TopicFilter filter) {
    called(session, "unsubscribed");
    require(session, has(session, kept -> kept.subscriptions.containsKey(filter.toString())));
    change(session, kept -> kept.subscriptions.remove(filter.toString()));
  }

  @Override
  public void received(Session session, int packetId) {
    called(session, "received");
    require(session, has(session, kept -> !kept.received.contains(packetId)));
    change(session, kept -> kept.received.add(packetId));
  }

  @Override
  public void forgotten(Session session, int packetId) {
    called(session, "forgotten");
    require(session, has(session, kept -> kept.received.contains(packetId)));
    change(session, kept -> kept.received.remove(packetId));
  }

  // Deliveries.

  @Override
  public void queued(Session session, Delivery delivery) {
    called(session, "queued");
    require(session, delivery.sequence() == 0);
    delivery.kept(session.nextSequence(), store.nextMessageNumber());
    SharedGroup group = delivery.group();
    StoredDelivery stored =
        new StoredDelivery(
            delivery.sequence(),
            delivery.messageNumber(),
            delivery.message(),
            delivery.qos(),
            delivery.retain(),
            delivery.subscriptionIds().clone(),
            group == null ? null : group.filter(),
            0,
            0,
            false);
    KeptState committed = store.committed();
    long number = session.number();
    write(
        session,
        state -> {
          if (state == committed) {
            store.committedDelivery(stored.message().payload(), number);
          }
          KeptSession kept = state.session(number);
          if (kept != null) {
            kept.deliveries.put(stored.sequence(), stored);
            kept.lastSequence = stored.sequence();
          }
        });
  }

  @Override
  public void sent(Session session, Delivery delivery) {
    called(session, "sent");
    int packetId = delivery.packetId();
    require(session, packetId != 0);
    require(session, has(session, kept -> kept.inflight(packetId) == null));
    require(session, has(session, kept -> isQueued(kept, delivery)));
    advance(session, delivery, packetId, false);
    change(session, kept -> kept.sent.add(delivery.sequence()));
  }

  private static boolean isQueued(KeptSession kept, Delivery delivery) {
    StoredDelivery known = kept.deliveries.get(delivery.sequence());
    return known != null && known.packetId() == 0;
  }

  @Override
  public void released(Session session, Delivery delivery) {
    called(session, "released");
    int packetId = delivery.packetId();
    require(session, has(session, kept -> kept.inflight(packetId) != null));
    advance(session, delivery, packetId, true);
  }

  private void advance(Session session, Delivery delivery, int packetId, boolean released) {
    long sequence = delivery.sequence();
    long order = released ? 0 : store.nextMessageNumber();
    change(
        session,
        kept ->
            kept.deliveries.computeIfPresent(
                sequence,
                (_, old) ->
                    new StoredDelivery(
                        old.sequence(),
                        old.messageNumber(),
                        old.message(),
                        old.qos(),
                        old.retain(),
                        old.subscriptionIds(),
                        old.group(),
                        packetId,
                        released ? old.order() : order,
                        released)));
  }

  @Override
  public void removed(Session session, Delivery delivery) {
    called(session, "removed");
    long sequence = delivery.sequence();
    require(session, has(session, kept -> kept.deliveries.containsKey(sequence)));
    change(
        session,
        kept -> {
          kept.deliveries.remove(sequence);
          kept.sent.remove(sequence);
        });
  }

  // Retained messages.

  @Override
  public void retained(Message message, String address, long change) {
    world.faults().perhaps(message.publisherId(), "log: retained");
    write(state -> state.retain(message.topic().toString(), message, change));
  }

  @Override
  public void cleared(TopicName topic, long change) {
    write(state -> state.retain(topic.toString(), null, change));
  }

  // From loop to loop.

  @Override
  public @Nullable Handover handedOver(
      Message message, Subscription[] receivers, @Nullable SharedGroup group) {
    List<Receiver> kept =
        Stream.of(receivers)
            .filter(receiver -> receiver.subscriber().keptAs() != 0)
            .filter(receiver -> receiver.qos() != QoS.AT_MOST_ONCE)
            .map(receiver ->
                new Receiver(
                    receiver.subscriber().keptAs(),
                    receiver.qos(),
                    receiver.retainAsPublished(),
                    receiver.identifiers()))
            .toList();
    if (kept.isEmpty()) {
      return null;
    }
    long number = store.nextMessageNumber();
    StoredHandover stored =
        new StoredHandover(
            new Handover(number, number), message, group == null ? null : group.filter(), kept);
    write(state -> state.handovers().put(number, stored));
    return stored.handover();
  }

  @Override
  public void taken(Handover handover, Message message) {
    StoredHandover known = store.written().handovers().get(handover.number());
    if (known == null || !known.message().equals(message)) {
      throw new SimulationFailure("taken what was never handed over");
    }
    write(state -> state.handovers().remove(handover.number()));
  }

  // Commits and fetches.

  @Override
  public void commit(Durability durability, Runnable committed, Runnable failed) {
    requireLoop();
    if (durability == Durability.NONE) {
      throw new SimulationFailure("commit of nothing");
    }
    List<Consumer<KeptState>> changes = gathered;
    handedOver++;
    store.handOver(() -> {
      handedOver--;
      world.trace("loop " + loop.index() + " gets " + changes.size() + " changes committed");
      changes.forEach(change -> change.accept(store.committed()));
      loop.execute(committed);
    });
    gathered = new ArrayList<>();
  }

  @Override
  public void fetchQueued(
      Session session, long fromSequence, int countMax, long bytesMax, Fetched fetched) {
    called(session, "fetchQueued");
    int count = pageSize(countMax);
    long last = session.lastSequence();
    fetch(session, () -> page(session.number(), fromSequence, last, count, bytesMax), fetched);
  }

  private List<StoredDelivery> page(
      long number, long fromSequence, long toSequence, int countMax, long bytesMax) {
    KeptSession kept = store.written().session(number);
    List<StoredDelivery> page = new ArrayList<>();
    long bytes = 0;
    for (StoredDelivery delivery : kept == null ? List.<StoredDelivery>of() : kept.queued()) {
      if (delivery.sequence() >= fromSequence
          && delivery.sequence() <= toSequence
          && page.size() < countMax
          && bytes < bytesMax) {
        page.add(delivery);
        bytes += delivery.message().sizeBytes();
      }
    }
    return page;
  }

  @Override
  public void fetchInflight(
      Session session, int fromPacketId, int countMax, long bytesMax, Fetched fetched) {
    called(session, "fetchInflight");
    long number = session.number();
    int count = pageSize(countMax);
    fetch(
        session,
        () -> {
          KeptSession kept = store.written().session(number);
          return kept == null ? List.of() : inflight(kept, fromPacketId, count);
        },
        fetched);
  }

  private static List<StoredDelivery> inflight(KeptSession kept, int fromPacketId, int count) {
    return kept.inflight().stream()
        .filter(delivery -> delivery.packetId() >= fromPacketId)
        .sorted(Comparator.comparingInt(StoredDelivery::packetId))
        .limit(count)
        .toList();
  }

  /// The one that makes a page full may be any; few make one, so that there are many.
  private int pageSize(int countMax) {
    return 1 + world.below(Math.min(countMax, PAGE_MAX));
  }

  /// Sees what is there now, or what is there when it is answered. Reading what is left of a
  /// session that is over does not fail: it would be passed on after the next start only.
  private void fetch(Session session, Supplier<List<StoredDelivery>> what, Fetched fetched) {
    List<StoredDelivery> now = what.get();
    boolean late = world.oneIn(2);
    fetches.add(() -> {
      List<StoredDelivery> found = late ? what.get() : now;
      boolean fails = !has(session, KeptSession::isOver) && world.faults().isUnreadable();
      loop.execute(() -> {
        if (fails) {
          world.trace("loop " + loop.index() + " cannot read for " + session.clientId());
          world.oracle().promises().unreadable(session.clientId());
          fetched.failed();
          return;
        }
        world.trace("loop " + loop.index() + " has fetched " + found.size());
        fetched.found(found);
      });
    });
  }

  @Override
  public boolean isBehind() {
    return handedOver > 3;
  }

  // Checks.

  private void called(Session session, String what) {
    if (world.current().index() != world.oracle().home(session.clientId())) {
      throw new SimulationFailure("log called on another loop than the home of the session");
    }
    requireLoop();
    world.faults().perhaps(session.clientId(), "log: " + what);
  }

  private void requireLoop() {
    if (world.current() != loop) {
      throw new SimulationFailure("log of another loop");
    }
  }

  private interface Condition {
    boolean holds(KeptSession kept);
  }

  private boolean has(Session session, Condition condition) {
    KeptSession kept = store.written().session(session.number());
    return kept != null && condition.holds(kept);
  }

  /// Something must be as the call says, unless failures have kept it from being known.
  private void require(Session session, boolean holds) {
    if (!holds && !world.faults().hasHit(session.clientId())) {
      throw new SimulationFailure("log hears of something unknown of " + session.clientId());
    }
  }

  private void change(Session session, Consumer<KeptSession> change) {
    long number = session.number();
    require(session, store.written().session(number) != null);
    write(
        session,
        state -> {
          KeptSession kept = state.session(number);
          if (kept != null) {
            change.accept(kept);
          }
        });
  }

  private void write(Session session, Consumer<KeptState> change) {
    require(session, session.number() != 0);
    write(change);
  }

  private void write(Consumer<KeptState> change) {
    requireLoop();
    change.accept(store.written());
    store.used();
    gathered.add(change);
  }
}
