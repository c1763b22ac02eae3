package dev.midge.sim;

import dev.midge.broker.Durability;
import dev.midge.broker.StoredDelivery;
import dev.midge.packet.Message;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.sim.KeptState.KeptSession;
import dev.midge.sim.Routing.Target;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds the server to this: what an acknowledgement promises is committed before it is sent, and
/// nobody waits for what is kept in memory only.
final class OraclePromises {
  private final World world;

  /// Who must be answered before the event is over, or null.
  private @Nullable FakeWire hurried;

  OraclePromises(World world) {
    this.world = world;
  }

  /// The number under which the store knows the session of a client, or 0.
  long keptAs(OracleSession session) {
    KeptSession kept = world.store().written().session(session.clientId);
    return kept == null || world.faults().hasEverHit(session.clientId) ? 0 : kept.number;
  }

  private @Nullable KeptSession committed(OracleSession session) {
    return world.store().committed().session(keptAs(session));
  }

  /// The server takes a message of QoS 1 or 2: who publishes to clients in memory only, and waits
  /// for no other answer, is answered at once.
  void published(FakeWire wire, OracleSession session, Routing routing) {
    WireView view = wire.view();
    routing.isKept = world.scenario().hasStore() && wire.limits().durability() != Durability.NONE;
    boolean isForMemory =
        keptAs(session) == 0
            && !routing.retain()
            && routing.targets.values().stream().allMatch(target -> target.keptAs == 0)
            && routing.groups.values().stream().noneMatch(group -> group.hasKept);
    if (isForMemory
        && !world.faults().hasEverHitAny()
        && view.unanswered.isEmpty()
        && view.answers.isEmpty()) {
      hurried = wire;
    }
  }

  /// The event is over.
  void requireHurried() {
    FakeWire wire = hurried;
    hurried = null;
    boolean isHurried = wire != null && !wire.view().closed && !world.faults().hasEverHitAny();
    if (wire != null && isHurried && !wire.view().unanswered.isEmpty()) {
      throw new SimulationFailure(wire + " waits for nothing");
    }
  }

  /// The server acknowledges a message to its publisher.
  void acknowledged(Routing routing) {
    if (world.faults().hasEverHitAny()) {
      return;
    }
    routing.isAcknowledged = true;
    if (routing.retain() && routing.isKept) {
      world.oracle().topics().acknowledgedRetained(routing);
    }
    routing.targets.forEach((session, target) -> {
      if (isPromised(session, target)
          && !world.store().hasCommitted(routing.payload(), target.keptAs)) {
        throw new SimulationFailure(
            "acknowledged and not kept for " + session.clientId + ": " + routing);
      }
    });
    if (routing.retain() && routing.isKept) {
      requireRetained(routing);
    }
  }

  private boolean isPromised(OracleSession session, Target target) {
    return target.keptAs != 0
        && target.qos != QoS.AT_MOST_ONCE
        && !target.uncertain
        && !session.ended
        && !world.scenario().tiny();
  }

  private void requireRetained(Routing routing) {
    String topic = routing.topic().toString();
    if (world.scenario().tiny() || world.oracle().topics().isUncertain(topic)) {
      return;
    }
    Message message = world.store().committed().retained().get(topic);
    long order = message == null ? 0 : world.oracle().routing(message.payload()).order;
    boolean isKept =
        routing.payload().length == 0
            ? message == null || order > routing.order
            : order >= routing.order
                || (message == null
                    && world.oracle().topics().retainedOrder(topic) > routing.order);
    if (!isKept) {
      throw new SimulationFailure("acknowledged and not retained: " + routing);
    }
  }

  /// The server acknowledges a QoS 2 message, or its release.
  ///
  /// @param isHeld whether the identifier has to be known from now on
  void stepped(OracleSession session, int packetId, boolean isHeld) {
    KeptSession kept = committed(session);
    if (keptAs(session) != 0 && !session.hit) {
      require(
          kept != null && kept.received.contains(packetId) == isHeld,
          "identifier " + packetId + " of " + session.clientId + " is not as acknowledged");
    }
  }

  /// The server answers SUBSCRIBE.
  void answered(OracleSession session, List<TopicFilter> filters, Suback suback) {
    for (int i = 0; i < filters.size(); i++) {
      if (!suback.reasons().get(i).isError()) {
        requireSubscribed(session, filters.get(i));
      }
    }
  }

  /// The server answers UNSUBSCRIBE.
  void answered(OracleSession session, List<TopicFilter> filters, Unsuback unsuback) {
    for (int i = 0; i < unsuback.reasons().size(); i++) {
      requireSubscribed(session, filters.get(i));
    }
  }

  private void requireSubscribed(OracleSession session, TopicFilter filter) {
    KeptSession kept = committed(session);
    // What comes behind this in another packet may be committed, or not.
    boolean isSettled =
        session.wire != null && session.wire.view().filtersUnderWay().noneMatch(filter::equals);
    if (keptAs(session) != 0 && !session.hit && isSettled) {
      require(
          kept != null
              && kept.subscriptions.containsKey(filter.toString())
                  == session.subscriptions.containsKey(filter),
          "subscription of " + session.clientId + " to " + filter + " is not as acknowledged");
    }
  }

  /// The server sends a message with a packet identifier.
  void sent(OracleSession session, Routing routing, Sending sending) {
    if (sending.qos() != QoS.EXACTLY_ONCE || keptAs(session) == 0) {
      return;
    }
    KeptSession kept = committed(session);
    StoredDelivery delivery = kept == null ? null : kept.inflight(sending.packetId());
    require(
        delivery != null && world.oracle().routing(delivery.message().payload()) == routing,
        "packet identifier " + sending.packetId() + " is not kept for " + session.clientId);
  }

  /// What waits for a client cannot be read, as the server is told.
  void unreadable(String clientId) {
    OracleSession session = world.oracle().session(clientId);
    if (session != null && session.wire != null) {
      session.wire.view().unreadable = true;
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationFailure(otherwise);
    }
  }
}
