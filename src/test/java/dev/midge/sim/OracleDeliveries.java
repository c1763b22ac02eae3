package dev.midge.sim;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.sim.OracleSession.Replay;
import dev.midge.sim.OracleSession.Sent;
import dev.midge.sim.OracleSession.Wanted;
import dev.midge.sim.Routing.GroupTarget;
import dev.midge.sim.Routing.Target;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Judges each message that the server sends: was it asked for, in this form, at this time, for the
/// first time, in its turn.
final class OracleDeliveries {
  /// What became of a message that the server sent.
  ///
  /// @param isApart whether the client may get the message by its own subscriptions besides
  /// @param got to be run when the client has taken it
  record Accepted(boolean isApart, Runnable got) {}

  private final World world;
  private final Oracle oracle;

  /// How often a message was given up in the middle of its delivery.
  private int givenUp;

  OracleDeliveries(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
  }

  int givenUp() {
    return givenUp;
  }

  /// The server sends a message.
  Accepted published(FakeWire wire, Routing routing, Sending sending) {
    OracleSession session = wire.view().session;
    if (session == null) {
      throw new SimulationFailure("message before CONNACK");
    }
    oracle.demand(routing);
    if (session.hit) {
      return new Accepted(true, () -> {});
    }
    oracle.promises().sent(session, routing, sending);
    boolean wasHeldBack = wasHeldBack(sending);
    requireInTime(routing, sending, wasHeldBack);
    if (sending.duplicate() && !(wasHeldBack && isUnknown(session, routing, sending))) {
      return resent(wire, session, routing, sending);
    }
    if (sending.qos() != QoS.AT_MOST_ONCE) {
      requireRoom(wire, session, sending);
    }
    Target target = target(session, routing, sending);
    Replay replay = replay(session, routing, sending);
    Sent sent =
        new Sent(session, routing, sending.qos(), session.sentCount++, wire, sending.packetId());
    if (sending.duplicate()) {
      wire.view().resentOrder = sent.order;
    }
    sent.target = target;
    if (target != null) {
      target.accepted = true;
      if (replay == null && hasTurn(session, routing)) {
        requireOrder(session, routing, sending);
      }
    } else if (replay != null) {
      session.replays.remove(replay);
      if (isForGroup(session, routing)) {
        routing.takenEver.add(sent); // It may as well be that.
      }
    } else if (!takeForGroup(sent)
        && !mayBeRetained(routing, sending)
        && !mayBePassedOn(session)
        && !isOfUnknownTime(routing)) {
      throw new SimulationFailure(
          "nobody asked for " + routing + " as " + sending + " to " + session.clientId);
    }
    if (sending.qos() != QoS.AT_MOST_ONCE) {
      session.inflight.put(sending.packetId(), sent);
      session.sentEver.add(sent);
      wire.view().unacknowledged++;
    }
    return accepted(sent);
  }

  /// Whether a message waited, after it had got its packet identifier, for that to be committed.
  /// The connection may have broken in the meantime; then it was never sent, but its identifier was
  /// given.
  private boolean wasHeldBack(Sending sending) {
    return sending.qos() != QoS.AT_MOST_ONCE && world.store().isInUse();
  }

  private static boolean isUnknown(OracleSession session, Routing routing, Sending sending) {
    Sent sent = session.inflight.get(sending.packetId());
    return sent == null || sent.routing != routing;
  }

  private static Accepted accepted(Sent sent) {
    Target target = sent.target;
    return new Accepted(
        target == null,
        () -> {
          sent.got = true;
          if (target != null) {
            target.got = true;
          }
        });
  }

  /// Whether the place of a message among others is known: where it may as well be the one for a
  /// group of the session, it is not, nor when a failure ended the connection of its publisher in
  /// the middle of its distribution, so that the will came in between.
  private boolean hasTurn(OracleSession session, Routing routing) {
    return !isForGroup(session, routing) && !world.faults().hasEverHit(routing.publisherId());
  }

  /// Whether a message may come to a session on behalf of a group, too.
  private static boolean isForGroup(OracleSession session, Routing routing) {
    return routing.groups.keySet().stream().anyMatch(session.groupsEver::contains);
  }

  /// Whether somebody subscribed whom a failure has hidden from the oracle, and passed it on.
  private boolean mayBePassedOn(OracleSession session) {
    return world.scenario().faultOneIn() > 0 && !session.groupsEver.isEmpty();
  }

  /// Whether it is the will of a connection of which, by a failure, only the server knew.
  private boolean isOfUnknownTime(Routing routing) {
    return routing.uncertain && world.faults().hasEverHit(routing.publisherId());
  }

  /// Whether it may be retained, because of a failure nobody knows.
  private boolean mayBeRetained(Routing routing, Sending sending) {
    return sending.retain() && oracle.topics().isUncertain(routing.topic().toString());
  }

  /// The message would be too long for the client.
  void tooLong(FakeWire wire, Routing routing, Sending sending) {
    OracleSession session = wire.view().session;
    if (session == null) {
      throw new SimulationFailure("message before CONNACK");
    }
    oracle.demand(routing);
    routing.groups.values().forEach(group -> group.excused = true);
    Target target = target(session, routing, sending);
    if (sending.duplicate()) {
      Sent sent = session.inflight.remove(sending.packetId());
      target = sent == null ? target : sent.target;
      givenUp += sent == null ? 0 : 1;
    }
    if (target != null) {
      target.tooLong = true;
    }
  }

  private void requireInTime(Routing routing, Sending sending, boolean wasHeldBack) {
    long expirySeconds = sending.expirySeconds();
    if (isOfUnknownTime(routing)) {
      return;
    }
    if (!routing.expires()) {
      require(expirySeconds == -1, "message expires that does not: " + expirySeconds);
      return;
    }
    long nowMillis = world.current().nowMillis();
    require(
        sending.duplicate() || wasHeldBack || !routing.isExpired(nowMillis),
        "message has expired: " + routing);
    long waitedSeconds = Math.max(0, nowMillis - routing.routedMillis) / 1000;
    long expected = Math.max(0, routing.expirySeconds() - waitedSeconds);
    require(expirySeconds == expected, "expiry " + expirySeconds + " and not " + expected);
  }

  private Accepted resent(FakeWire wire, OracleSession session, Routing routing, Sending sending) {
    Sent sent = session.inflight.get(sending.packetId());
    if (sent == null || sent.routing != routing) {
      throw new SimulationFailure("DUP of what was never sent");
    }
    require(sent.wire != wire, "sent again on the same connection");
    require(!sent.released, "sent again after PUBREC");
    require(sent.order > wire.view().resentOrder, "sent again out of order");
    sent.wire = wire;
    sent.mayPass = false;
    if (sent.group != null && !sent.group.taken.contains(sent)) {
      sent.group.taken.add(sent);
    }
    wire.view().resentOrder = sent.order;
    requireQuota(wire);
    wire.view().unacknowledged++;
    return accepted(sent);
  }

  private static void requireRoom(FakeWire wire, OracleSession session, Sending sending) {
    require(sending.packetId() >= 1 && sending.packetId() <= 65_535, "packet identifier");
    Sent same = session.inflight.get(sending.packetId());
    require(same == null || same.mayPass, "packet identifier " + sending.packetId() + " is in use");
    requireQuota(wire);
  }

  private static void requireQuota(FakeWire wire) {
    require(
        wire.view().unacknowledged < wire.view().receiveMax,
        "more than " + wire.view().receiveMax + " messages at a time to " + wire);
  }

  /// The client acknowledged to the end, or refused, what has this packet identifier.
  void acknowledged(FakeWire wire, OracleSession session, int packetId) {
    Sent sent = session.inflight.remove(packetId);
    if (sent != null) {
      sent.mayPass = false;
      if (sent.wire == wire) {
        wire.view().unacknowledged--;
      }
    }
  }

  /// The connection of a session broke: what others of its groups may take over, they may.
  void broken(OracleSession session) {
    for (Sent sent : session.inflight.values()) {
      if (sent.qos == QoS.AT_LEAST_ONCE && isForGroup(session, sent.routing)) {
        sent.mayPass = true;
      }
    }
  }

  private static @Nullable Target target(OracleSession session, Routing routing, Sending sending) {
    Target target = routing.targets.get(session);
    return target != null
            && !target.accepted
            && target.qos == sending.qos()
            && target.retain == sending.retain()
            && sending.hasIds(target.ids)
        ? target
        : null;
  }

  private static @Nullable Replay replay(OracleSession session, Routing routing, Sending sending) {
    for (Replay replay : session.replays) {
      if (replay.routing() == routing
          && !replay.isWithheld()
          && replay.qos() == sending.qos()
          && sending.retain()
          && sending.hasIds(replay.ids())) {
        return replay;
      }
    }
    return null;
  }

  /// Finds the group on whose behalf a member may have been sent the message. When several are
  /// possible it is not known which; who took it before may then have done so for another one.
  private static boolean takeForGroup(Sent sent) {
    return takeForGroup(sent, true, new ArrayList<>())
        || takeForGroup(sent, false, new ArrayList<>());
  }

  /// @param exact whether only a group will do in which the member has just this quality now
  private static boolean takeForGroup(Sent sent, boolean exact, List<GroupTarget> tried) {
    List<GroupTarget> possible = new ArrayList<>();
    sent.routing.groups.forEach((filter, group) -> {
      Wanted wanted = sent.session.subscriptions.get(TopicFilter.of(filter));
      boolean isExact = wanted != null && wanted.qos().atMost(sent.routing.qos()) == sent.qos;
      if (sent.session.groupsEver.contains(filter)
          && (isExact || !exact)
          && !tried.contains(group)) {
        possible.add(group);
      }
    });
    for (GroupTarget group : possible) {
      if (group.isFree()) {
        for (Sent before : group.taken) {
          if (sent.routing.groups.size() == 1) {
            before.session.inflight.values().remove(before);
          }
        }
        group.taken.clear();
        take(sent, group);
        return true;
      }
    }
    for (GroupTarget group : possible) {
      tried.add(group);
      for (Sent before : List.copyOf(group.taken)) {
        if (!before.mayPass && takeForGroup(before, exact, tried)) {
          group.taken.remove(before);
          take(sent, group);
          return true;
        }
      }
    }
    return false;
  }

  private static void take(Sent sent, GroupTarget group) {
    group.taken.add(sent);
    sent.group = group;
    sent.routing.takenEver.add(sent);
  }

  private static void requireOrder(OracleSession session, Routing routing, Sending sending) {
    String stream = routing.publisherId() + " " + routing.topic() + " " + sending.qos();
    Long last = session.lastOrders.put(stream, routing.order);
    require(
        last == null || last < routing.order,
        routing + " after " + last + " in the stream " + stream);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationFailure(otherwise);
    }
  }
}
