package dev.midge.sim;

import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover;
import dev.midge.broker.StoredSession.StoredSubscription;
import dev.midge.packet.Message;
import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Subscribe.Request;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Session;
import dev.midge.sim.KeptState.KeptSession;
import dev.midge.sim.OracleSession.Sent;
import dev.midge.sim.OracleSession.Wanted;
import dev.midge.sim.Routing.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the server must know after a restart: what was committed, and at least what it had
/// acknowledged. Everything else it may have forgotten.
final class OracleRestart {
  private static final int TICK_MILLIS = 100;

  private final World world;
  private final Oracle oracle;
  private final KeptState committed;
  private int wills;

  OracleRestart(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
    this.committed = world.store().committed();
  }

  /// Forgets what is lost, and returns the sessions that remain, by client identifier.
  Map<String, OracleSession> sessions(Map<Long, OracleSession> byNumber, Set<Routing> routed) {
    Map<String, OracleSession> sessions = new TreeMap<>();
    for (KeptSession kept : committed.living()) {
      OracleSession session = byNumber.get(kept.number);
      if (session == null) {
        session = hidden(kept);
        byNumber.put(kept.number, session);
      }
      sessions.put(session.clientId, session);
      restore(session, kept, routed);
    }
    for (Routing routing : routed) {
      routing
          .groups
          .values()
          .forEach(group -> {
            group.excused = true;
            group.taken.forEach(sent -> sent.mayPass = true);
          });
    }
    return sessions;
  }

  /// A session of which no client has heard, because a failure ended the connection at once.
  private OracleSession hidden(KeptSession kept) {
    if (!world.faults().hasEverHit(kept.clientId)) {
      throw new SimulationFailure("nobody began the session of " + kept.clientId);
    }
    OracleSession session = new OracleSession(kept.clientId);
    session.hit = true;
    session.home = oracle.homeOf(kept.clientId);
    return session;
  }

  private void restore(OracleSession session, KeptSession kept, Set<Routing> routed) {
    boolean hadEnded = session.ended;
    session.ended = false;
    session.hit |= world.faults().hasEverHit(session.clientId);
    session.wire = null;
    restoreSubscriptions(session, kept);
    session.received.clear();
    session.received.addAll(kept.received);
    session.replays.clear();
    session.lastOrders.keySet().removeIf(stream -> !stream.endsWith(QoS.EXACTLY_ONCE.toString()));
    restoreTerms(session, kept);
    restoreDeliveries(session, kept, hadEnded, routed);
  }

  private static void restoreSubscriptions(OracleSession session, KeptSession kept) {
    session.subscriptions.clear();
    for (StoredSubscription stored : kept.subscriptions.values()) {
      TopicFilter filter = stored.filter();
      session.subscriptions.put(
          filter,
          new Wanted(
              new Request(
                  filter,
                  stored.qos(),
                  stored.noLocal(),
                  stored.retainAsPublished(),
                  RetainHandling.DO_NOT_SEND),
              stored.qos(),
              stored.identifier()));
    }
  }

  /// Who was connected is gone since now. Timers fire from the next tick on.
  private void restoreTerms(OracleSession session, KeptSession kept) {
    long nowMillis = world.nowMillis();
    long soonestMillis = nowMillis / TICK_MILLIS * TICK_MILLIS + 1;
    session.expirySeconds = kept.expirySeconds;
    long endsAtMillis = kept.terms.endsAtMillis();
    if (endsAtMillis == Long.MAX_VALUE && kept.expirySeconds != Session.NEVER) {
      endsAtMillis = nowMillis + kept.expirySeconds * 1000;
    }
    session.endsAtMillis = Math.max(soonestMillis, endsAtMillis);
    Will will = kept.will;
    session.will = null;
    session.willAtMillis = 0;
    if (will != null) {
      long willAtMillis = kept.terms.willAtMillis();
      session.willAtMillis =
          Math.max(
              soonestMillis,
              willAtMillis == Long.MAX_VALUE
                  ? nowMillis + will.delaySeconds() * 1000
                  : willAtMillis);
      // It may have been published before; whoever gets it twice gets two messages.
      session.will =
          oracle.announce(
              new Routing(
                  (int) -world.step() * 1000 - ++wills,
                  session.clientId,
                  will.topic(),
                  will.payload(),
                  will.qos(),
                  will.retain(),
                  will.expirySeconds()));
    }
  }

  private void restoreDeliveries(
      OracleSession session, KeptSession kept, boolean hadEnded, Set<Routing> routed) {
    Map<Integer, Sent> before = new HashMap<>(session.inflight);
    session.inflight.clear();
    Set<Routing> known = new HashSet<>();
    for (StoredDelivery delivery : kept.inflight()) {
      Routing routing = oracle.routing(delivery.message().payload());
      known.add(routing);
      Sent sent = find(session, before, routing, delivery);
      sent.released = delivery.released();
      session.inflight.put(delivery.packetId(), sent);
      if (sent.target != null) {
        sent.target.accepted = true;
      }
    }
    for (StoredDelivery delivery : kept.queued()) {
      waits(session, delivery.message(), delivery.group(), known);
    }
    for (StoredHandover handover : committed.handovers().values()) {
      if (handover.receivers().stream().anyMatch(each -> each.session() == kept.number)) {
        waits(session, handover.message(), handover.group(), known);
      }
    }
    for (Routing routing : routed) {
      Target target = routing.targets.get(session);
      if (target != null && !known.contains(routing) && !target.got && !target.tooLong) {
        requireNotPromised(session, routing, target, hadEnded);
        target.uncertain = true;
      }
    }
  }

  /// The server has yet to send a message to a session.
  private void waits(
      OracleSession session, Message message, @Nullable TopicFilter group, Set<Routing> known) {
    Routing routing = oracle.routing(message.payload());
    Target target = group == null ? routing.targets.get(session) : null;
    known.add(routing);
    if (target != null) {
      target.accepted = false;
    }
  }

  private Sent find(
      OracleSession session, Map<Integer, Sent> before, Routing routing, StoredDelivery delivery) {
    List<Sent> all = new ArrayList<>(session.sentEver);
    all.addAll(before.values());
    for (Sent sent : all.reversed()) {
      if (sent.routing == routing
          && sent.qos == delivery.qos()
          && sent.packetId == delivery.packetId()) {
        sent.order = session.sentCount++;
        return sent;
      }
    }
    Sent sent =
        new Sent(session, routing, delivery.qos(), session.sentCount++, null, delivery.packetId());
    Target target = delivery.group() == null ? routing.targets.get(session) : null;
    // Once the client has got it, another one with RETAIN is what a later subscription asked for.
    boolean isTarget =
        target != null && target.retain == delivery.retain() && !(target.got && target.retain);
    sent.target = isTarget ? target : null;
    return sent;
  }

  private void requireNotPromised(
      OracleSession session, Routing routing, Target target, boolean hadEnded) {
    boolean isExcused =
        target.uncertain
            || target.keptAs == 0
            || target.qos == QoS.AT_MOST_ONCE
            || hadEnded
            || session.hit
            || routing.isExpired(world.nowMillis())
            || world.scenario().tiny();
    if (routing.isAcknowledged && !isExcused) {
      throw new SimulationFailure(
          routing + " was acknowledged and is lost for " + session.clientId);
    }
  }

  /// What is retained now: nothing older than what was acknowledged.
  Map<String, Routing> retained() {
    Map<String, Routing> retained = new TreeMap<>();
    for (Message message : committed.retained().values()) {
      retained.put(message.topic().toString(), oracle.routing(message.payload()));
    }
    return retained;
  }

  /// Looks for a message that has to be retained and is older than it should be.
  void requireRetained(@Nullable Routing acknowledged, Map<String, Routing> retained) {
    if (acknowledged == null || world.scenario().tiny() || acknowledged.uncertain) {
      return;
    }
    Routing now = retained.get(acknowledged.topic().toString());
    boolean isCleared = acknowledged.payload().length == 0;
    if (now == null ? !isCleared && !mayBeCleared(acknowledged) : now.order < acknowledged.order) {
      throw new SimulationFailure(acknowledged + " was acknowledged and is not retained");
    }
  }

  private boolean mayBeCleared(Routing acknowledged) {
    return acknowledged.isExpired(world.nowMillis())
        || oracle.topics().retainedOrder(acknowledged.topic().toString()) > acknowledged.order;
  }
}
