package dev.midge.sim;

import dev.midge.broker.SessionLog;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.Subscription;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A session log that keeps what a durable one would know: after each step it must be what the
/// sessions are.
final class LogMirror implements SessionLog {
  /// What is known of one session.
  static final class Entry {
    final Map<TopicFilter, Subscription> subscriptions = new HashMap<>();
    final TreeSet<Integer> received = new TreeSet<>();
    private final Set<Delivery> deliveries = Collections.newSetFromMap(new IdentityHashMap<>());

    int deliveryCount() {
      return deliveries.size();
    }
  }

  private final World world;
  private final Map<String, Entry> entries = new TreeMap<>();

  LogMirror(World world) {
    this.world = world;
  }

  /// The client identifiers of all known sessions.
  Collection<String> clientIds() {
    return entries.keySet();
  }

  /// What is known of a client's session, or null.
  @Nullable Entry find(String clientId) {
    return entries.get(clientId);
  }

  @Override
  public void updated(Session session) {
    called(session, "updated");
    entries.computeIfAbsent(session.clientId(), _ -> new Entry());
  }

  @Override
  public void detached(Session session, long endsAtMillis) {
    called(session, "detached");
    entry(session, true);
  }

  @Override
  public void ended(Session session) {
    called(session, "ended");
    entry(session, true);
    entries.remove(session.clientId());
  }

  @Override
  public void subscribed(Session session, TopicFilter filter, Subscription subscription) {
    called(session, "subscribed");
    entry(session, true).subscriptions.put(filter, subscription);
  }

  @Override
  public void unsubscribed(Session session, TopicFilter filter) {
    called(session, "unsubscribed");
    entry(session, entry(session, true).subscriptions.remove(filter) != null);
  }

  @Override
  public void queued(Session session, Delivery delivery) {
    called(session, "queued");
    entry(session, entry(session, true).deliveries.add(delivery));
  }

  @Override
  public void advanced(Session session, Delivery delivery) {
    called(session, "advanced");
    entry(session, entry(session, true).deliveries.contains(delivery));
  }

  @Override
  public void removed(Session session, Delivery delivery) {
    called(session, "removed");
    entry(session, entry(session, true).deliveries.remove(delivery));
  }

  @Override
  public void received(Session session, int packetId) {
    called(session, "received");
    entry(session, entry(session, true).received.add(packetId));
  }

  @Override
  public void released(Session session, int packetId) {
    called(session, "released");
    entry(session, entry(session, true).received.remove(packetId));
  }

  private void called(Session session, String what) {
    if (world.current().index() != world.oracle().home(session.clientId())) {
      throw new SimulationFailure("log called on another loop than the home of the session");
    }
    world.faults().perhaps(session.clientId(), "log: " + what);
  }

  /// The entry of a session, which must exist, and in which something must have been as the call
  /// says; unless failures have kept it from being known.
  private Entry entry(Session session, boolean holds) {
    Entry entry = entries.get(session.clientId());
    if ((entry == null || !holds) && !world.faults().hasHit(session.clientId())) {
      throw new SimulationFailure("log hears of something unknown of " + session.clientId());
    }
    if (entry == null) {
      entry = new Entry();
      entries.put(session.clientId(), entry);
    }
    return entry;
  }
}
