package dev.midge.sim;

import dev.midge.broker.Drop;
import dev.midge.broker.Remains;
import dev.midge.broker.Tally;
import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.sim.OracleSession.Replay;
import dev.midge.sim.Routing.GroupTarget;
import dev.midge.sim.Routing.Target;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The end of a run: everybody comes back to get what waits, and leaves for good; then nothing may
/// be missing and nothing be left.
final class Ending {
  /// The reasons for which a message does not reach one of its receivers.
  private static final Set<Drop> LOSSES = EnumSet.range(Drop.OFFLINE, Drop.SESSION_ENDED);

  private final World world;
  private final Wishes wishes;
  private final List<ModelClient> clients;

  Ending(World world, Wishes wishes, List<ModelClient> clients) {
    this.world = world;
    this.wishes = wishes;
    this.clients = clients;
  }

  // The server stops.

  /// Shuts down one loop after the other, and sees everybody told and gone.
  void shutDown() {
    for (FakeLoop loop : world.loops()) {
      loop.execute(() -> {
        world.trace("loop " + loop.index() + " shuts down");
        world.oracle().shutDown(loop.index());
        world.broker().loop(loop.index()).shutDown();
      });
      for (int i = world.below(30); i > 0; i--) {
        wishes.act(world.pick(clients));
        world.pick(world.loops()).turn();
        world.pick(clients).receive();
      }
    }
    settle();
    require(Remains.connections(world.broker()) == 0, "connections are left");
    for (ModelClient client : clients) {
      require(!client.isConnected(), client.id() + " was not let go");
    }
    require(world.store().isCommitted(), "the store has not committed all");
  }

  // The server comes to rest.

  /// Lets everybody get what waits, then leave.
  void comeToRest() {
    world.faults().stop();
    for (ModelClient client : clients) {
      if (world.oneIn(2)) {
        client.connect(false, true);
      }
    }
    for (int round = 0; round < 5; round++) {
      for (ModelClient client : clients) {
        if (!client.isConnected() || client.isHit()) {
          client.connect(false, true);
        }
      }
      settle();
    }
    requireRest();
    requireDelivered();
    requireCounted();
    leave();
    observe();
    requireNothingLeft();
  }

  /// Lets everything happen that happens by itself.
  private void settle() {
    for (int i = 0; i < 20_000; i++) {
      boolean busy = world.isAnswerDue() || world.store().isBusy();
      world.store().work();
      world.store().requireKept();
      world.nextStep();
      world.answer();
      for (FakeWire wire : List.copyOf(world.wires())) {
        if (wire.isMoving()) {
          wire.arrive();
          busy = true;
        }
        busy |= wire.isCarrying() || wire.hasEvent();
        wire.carry(1 + world.below(6));
      }
      world.wires().removeIf(FakeWire::isOver);
      for (FakeLoop loop : world.loops()) {
        busy |= loop.isBusy();
        loop.turn();
      }
      for (ModelClient client : clients) {
        FakeWire wire = client.wire();
        busy |= wire != null && (wire.hasArrived() || wire.isAtEnd());
        client.receive();
      }
      if (!busy) {
        return;
      }
    }
    throw new SimulationFailure("does not come to rest");
  }

  private void requireRest() {
    for (ModelClient client : clients) {
      if (!client.isConnected()) {
        require(world.scenario().tiny(), client.id() + " does not get in");
        continue;
      }
      boolean isUnknown = world.isRestarted() && world.faults().hasEverHit(client.id());
      require(client.isAtRest() || isUnknown, client.id() + " waits for something");
      OracleSession session = world.oracle().session(client.id());
      require(session != null, client.id() + " has no session");
      require(
          session == null
              || session.hit
              || session.inflight.values().stream().allMatch(sent -> sent.mayPass),
          client.id() + " has not been sent all again");
      require(
          Remains.waiting(world.broker(), client.id()) == 0,
          client.id() + " has not been sent all that waits");
    }
  }

  /// Whoever had to get a message with QoS 1 or 2 has got it.
  private void requireDelivered() {
    if (world.scenario().tiny()) {
      return;
    }
    for (Routing routing : world.oracle().routed()) {
      if (routing.uncertain || routing.expires() || routing.qos() == QoS.AT_MOST_ONCE) {
        continue;
      }
      routing.targets.forEach((session, target) ->
          require(
              target.got || isExcused(session, target),
              session.clientId + " has not got " + routing));
      requireDeliveredToGroups(routing);
    }
  }

  /// One member of each group has got it. Where a member belongs to several groups it is not known
  /// for which of them it got it, so only their number counts.
  private void requireDeliveredToGroups(Routing routing) {
    long due =
        routing.groups.entrySet().stream()
            .filter(entry -> !isExcused(entry.getKey(), entry.getValue()))
            .count();
    long got = routing.takenEver.stream().filter(sent -> sent.got).count();
    require(got >= due, routing + " has been got by " + got + " groups, not by " + due);
  }

  private static boolean isExcused(OracleSession session, Target target) {
    return target.qos == QoS.AT_MOST_ONCE
        || target.uncertain
        || target.tooLong
        || session.ended
        || session.hit;
  }

  private boolean isExcused(String filter, GroupTarget group) {
    return group.excused
        || world.oracle().topics().isCareless(filter)
        || world.oracle().members(filter).stream()
            .anyMatch(session -> session.ended || session.hit);
  }

  /// What did not reach its receiver is counted as dropped, and nothing else is.
  private void requireCounted() {
    if (world.scenario().shared() || world.scenario().faultOneIn() > 0 || world.isRestarted()) {
      return;
    }
    long missing = 0;
    long uncertain = 0;
    for (Routing routing : world.oracle().routed()) {
      for (Target target : routing.targets.values()) {
        if (target.uncertain) {
          uncertain++;
        } else if (!target.accepted) {
          missing++;
        }
      }
    }
    long twice = 0L + world.oracle().endedInflight() + world.oracle().deliveries().givenUp();
    long dropped = 0;
    for (Drop reason : LOSSES) {
      dropped += Tally.sum(world.broker().tallies(), reason);
    }
    long replays = world.oracle().topics().replaysExpected();
    require(
        missing + twice <= dropped + uncertain && dropped <= missing + twice + uncertain + replays,
        "%d missing and %d ended in flight, %d dropped, %d uncertain, %d replays"
            .formatted(missing, twice, dropped, uncertain, replays));
  }

  private void leave() {
    for (ModelClient client : clients) {
      if (client.isConnected() && world.oneIn(2)) {
        client.disconnect(ReasonCode.DISCONNECT_WITH_WILL, Properties.NONE);
      } else {
        client.connect(true, true);
      }
    }
    settle();
    for (ModelClient client : clients) {
      client.disconnect(ReasonCode.SUCCESS, Properties.NONE);
    }
    settle();
    tickAfter(1_000_000);
    for (ModelClient client : clients) {
      if (world.oracle().session(client.id()) != null) {
        client.connect(true, true);
        settle();
        client.leaveForGood();
        settle();
      }
    }
    tickAfter(1_000_000);
  }

  private void tickAfter(long millis) {
    world.pass(millis);
    for (int i = 0; i < 3; i++) {
      world.loops().forEach(FakeLoop::tick);
      settle();
    }
  }

  /// Somebody new gets all that is retained, and nothing else.
  private void observe() {
    ModelClient observer = new ModelClient(world, wishes, "observer", ProtocolVersion.MQTT_5);
    clients.add(observer);
    observer.connect(true, true);
    settle();
    observer.subscribe(
        new Subscribe(
            0,
            List.of(
                new Subscribe.Request(
                    TopicFilter.of("#"),
                    QoS.EXACTLY_ONCE,
                    false,
                    true,
                    RetainHandling.SEND_AT_SUBSCRIBE)),
            0,
            Properties.NONE));
    settle();
    OracleSession session = world.oracle().session("observer");
    require(session != null, "observer has no session");
    for (Replay replay : session == null ? List.<Replay>of() : session.replays) {
      require(
          replay.routing().isExpired(world.nowMillis())
              || (world.scenario().tiny() && replay.qos() == QoS.AT_MOST_ONCE)
              || world.oracle().topics().isUncertain(replay.routing().topic().toString()),
          "retained message is lost: " + replay.routing());
    }
    observer.connect(true, true);
    settle();
    observer.leaveForGood();
    settle();
    tickAfter(1_000_000);
  }

  private void requireNothingLeft() {
    require(world.broker().sessionCount() == 0, "sessions are left");
    require(world.broker().subscriptionCount() == 0, "subscriptions are left");
    require(world.oracle().sessions().isEmpty(), "the oracle is wrong about sessions");
    require(Remains.connections(world.broker()) == 0, "connections are left");
    require(Remains.of(world.broker()).isEmpty(), "left: " + Remains.of(world.broker()));
    require(
        world.store().written().sessions().isEmpty() || world.scenario().faultOneIn() > 0,
        "the store believes in " + world.store().written().sessions().size() + " sessions");
    require(
        world.store().committed().sessions().isEmpty() || world.scenario().faultOneIn() > 0,
        "the store has " + world.store().committed().sessions().size() + " sessions");
    long retained =
        world.oracle().topics().retained().values().stream()
            .filter(routing -> !routing.isExpired(world.nowMillis()))
            .count();
    require(
        world.broker().retainedCount() == retained
            || world.scenario().faultOneIn() > 0
            || (world.isRestarted() && world.oracle().topics().isAnyUncertain()),
        world.broker().retainedCount() + " retained, not " + retained);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new SimulationFailure(Objects.requireNonNull(otherwise));
    }
  }
}
