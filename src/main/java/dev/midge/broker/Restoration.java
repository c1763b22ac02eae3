package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.session.Session;
import dev.midge.topic.RetainedIndex.Outcome;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Takes up what the store kept of an earlier process. Before the loops start.
final class Restoration {
  private final Broker broker;
  private final List<BrokerLoop> loops;
  private final Function<String, ? extends Shares> shares;

  /// By the number under which the store keeps their session.
  private final Map<Long, Client> clients = new HashMap<>();

  Restoration(Broker broker, List<BrokerLoop> loops, Function<String, ? extends Shares> shares) {
    this.shares = shares;
    this.broker = broker;
    this.loops = loops;
  }

  /// @param limits those of the listener with this name
  void run(Function<String, Limits> limits) {
    broker.store().retained(this::restore);
    broker.store().sessions(stored -> restore(stored, limits.apply(stored.terms().listener())));
    List<StoredHandover> handovers = new ArrayList<>();
    broker.store().handovers(handovers::add);
    for (StoredHandover handover : handovers) {
      // Always the same loop for all that one publisher sent.
      BrokerLoop taker = broker.homeOf(handover.message().publisherId());
      taker.execute(() -> take(taker, handover));
    }
  }

  /// One that finds no room stays in the store, for a time when there is.
  private void restore(StoredRetained stored) {
    Outcome outcome = broker.retained().restore(stored.message(), shares.apply(stored.address()));
    if (outcome != Outcome.STORED) {
      loops
          .getFirst()
          .tally()
          .drop(outcome == Outcome.TOO_MANY ? Drop.RETAINED_MESSAGES : Drop.RETAINED_BYTES);
      loops.forEach(loop -> loop.router().retainedIsMore());
    }
  }

  private void restore(StoredSession stored, Limits limits) {
    if (stored.terms().endsAtMillis() == StateLog.Terms.OVER) {
      restoreEstate(stored, limits);
      return;
    }
    broker.countSession();
    BrokerLoop home = broker.homeOf(stored.clientId());
    Session session = new Session(stored.clientId());
    session.number(stored.number());
    session.lastSequence(stored.lastSequence());
    session.expirySeconds(stored.expirySeconds());
    session.will(stored.will());
    for (int packetId : stored.received()) {
      session.received().add(packetId);
    }
    session.inflight().restore(stored.inflightCount(), stored.inflightBytes());
    session
        .queue()
        .restore(
            stored.queuedFrom(),
            stored.queuedCount(),
            stored.queuedBytes(),
            limits.packetBytesMax(),
            limits.queueQos0());
    Client client = new Client(home, session, limits, stored.terms().durability());
    client.restored();
    client.holding().measure();
    clients.put(stored.number(), client);
    home.add(client);
    for (StoredSession.StoredSubscription kept : stored.subscriptions()) {
      Subscription subscription =
          new Subscription(
              client, kept.qos(), kept.noLocal(), kept.retainAsPublished(), kept.identifier());
      session.subscriptions().put(kept.filter(), subscription);
      broker.subscriptions().subscribe(kept.filter(), subscription, null);
    }
    StateLog.Origin origin = stored.terms().origin();
    if (origin != null) {
      client.restoredAs(standing(stored.clientId(), origin, limits));
      client.holding().startWith(shares.apply(origin.address()));
    }
    home.departures().restored(client, stored.terms());
  }

  /// What the client may do by the rules as they are now: its will and what is to wait for it are
  /// judged by them.
  private Standing standing(String clientId, StateLog.Origin origin, Limits limits) {
    Identity identity =
        origin.isProved()
            ? Identity.proved(origin.userName())
            : Identity.claimed(origin.userName());
    Permission permission = broker.authorizer().permission(limits, clientId, identity);
    return Standing.ofEarlier(identity, permission == null ? Permission.NOTHING : permission);
  }

  /// What a session left is still to be passed on.
  private void restoreEstate(StoredSession stored, Limits limits) {
    BrokerLoop home = broker.homeOf(stored.clientId());
    Session session = new Session(stored.clientId());
    session.number(stored.number());
    session.lastSequence(stored.lastSequence());
    session.inflight().restore(stored.inflightCount(), stored.inflightBytes());
    Client client = new Client(home, session, limits, stored.terms().durability());
    client.restored();
    client.end();
    home.estates().restored(client);
  }

  /// Sends a message on that was on its way, on this loop.
  private void take(BrokerLoop loop, StoredHandover stored) {
    loop.note(Durability.OS).taken(stored.handover(), stored.message());
    TopicFilter filter = stored.group();
    SharedGroup group = filter == null ? null : loop.group(filter);
    List<Subscription> receivers = receivers(stored, group);
    if (receivers.isEmpty()) {
      loop.tally().drop(Drop.SESSION_ENDED);
    }
    for (Subscription receiver : receivers) {
      loop.router().forward(stored.message(), receiver, group, true);
    }
  }

  /// Those that are to get it and whose session is still kept, or else another member of the group.
  private List<Subscription> receivers(StoredHandover stored, @Nullable SharedGroup group) {
    List<Subscription> receivers = new ArrayList<>();
    for (StoredHandover.Receiver receiver : stored.receivers()) {
      Client client = clients.get(receiver.session());
      if (client != null) {
        receivers.add(
            Subscription.ofMessage(
                client, receiver.qos(), receiver.retainAsPublished(), receiver.subscriptionIds()));
      }
    }
    Subscription member =
        group == null || !receivers.isEmpty() ? null : group.next(stored.message().topic());
    if (member != null) {
      receivers.add(member);
    }
    return receivers;
  }
}
