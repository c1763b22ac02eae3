package dev.midge.sim;

import dev.midge.broker.Limits;
import dev.midge.broker.Remains;
import dev.midge.packet.ProtocolVersion;
import java.util.ArrayList;
import java.util.List;

/// One run, from its seed to the judgement.
final class Simulation {
  private final long seed;
  private final World world;
  private final Wishes wishes;
  private final List<ModelClient> clients = new ArrayList<>();

  /// A run of this many steps before its end.
  Simulation(long seed, int steps) {
    this.seed = seed;
    this.world = new World(seed, steps);
    this.wishes = new Wishes(world);
    for (int i = 0; i < world.scenario().clients(); i++) {
      clients.add(
          new ModelClient(world, wishes, "c" + i, world.pick(List.of(ProtocolVersion.values()))));
    }
  }

  /// Runs, and returns a fingerprint of all that happened.
  ///
  /// @throws SimulationFailure with seed, step and the last events
  long run() {
    try {
      for (int i = 0; i < world.scenario().steps(); i++) {
        step();
      }
      if (world.scenario().shutDown()) {
        new Ending(world, wishes, clients).shutDown();
        if (world.scenario().hasStore()) {
          world.restart();
          new Ending(world, wishes, clients).comeToRest();
        }
      } else {
        new Ending(world, wishes, clients).comeToRest();
      }
      return world.trace().fingerprint();
    } catch (AssertionError | RuntimeException failure) {
      throw new SimulationFailure(
          "seed %d, step %d: %s%n%s"
              .formatted(seed, world.step(), failure.getMessage(), world.trace().tail()),
          failure);
    }
  }

  /// How much was published, for people.
  int messages() {
    return wishes.lastMessage();
  }

  private void step() {
    world.nextStep();
    int restartOneIn = world.scenario().restartOneIn();
    if (restartOneIn > 0 && world.oneIn(restartOneIn)) {
      world.restart();
    }
    int choice = world.below(100);
    if (choice < 42) {
      List<FakeLoop> busy = world.loops().stream().filter(FakeLoop::isBusy).toList();
      if (!busy.isEmpty()) {
        world.pick(busy).turn();
      }
    } else if (choice < 60) {
      world.pick(clients).receive();
    } else if (choice < 78) {
      wishes.act(world.pick(clients));
    } else if (choice < 92) {
      network();
    } else if (choice < 95) {
      world.pick(world.loops()).tick();
    } else if (choice < 98) {
      world.pass(duration());
    } else {
      world.answer();
    }
    if (world.oneIn(world.scenario().storeOneIn())) {
      world.store().work();
    }
    requireBounds();
    requireSame();
    world.store().requireKept();
  }

  private void requireBounds() {
    if (world.isRestarted() && world.faults().hasEverHitAny()) {
      return; // The log may have missed that a message was removed.
    }
    List<Limits> limits = world.scenario().limits();
    Remains.requireConsistent(
        world.broker(),
        limits.stream().mapToInt(Limits::queueMessagesMax).max().orElseThrow(),
        limits.stream().mapToLong(Limits::queueBytesMax).max().orElseThrow());
  }

  private void network() {
    world.wires().removeIf(FakeWire::isOver);
    if (world.wires().isEmpty()) {
      return;
    }
    FakeWire wire = world.pick(world.wires());
    if (wire.isMoving()) {
      wire.arrive();
    } else {
      wire.carry(1 + world.below(6));
    }
  }

  private long duration() {
    if (world.oneIn(150)) {
      return 1000L * world.below(1000);
    }
    return world.oneIn(12) ? world.below(20_000) : world.below(150);
  }

  /// The server and the oracle know of the same sessions and subscriptions.
  private void requireSame() {
    if (world.faults().hasHitAny()) {
      return;
    }
    int sessions = world.oracle().sessions().size();
    if (world.broker().sessionCount() != sessions) {
      throw new SimulationFailure(world.broker().sessionCount() + " sessions, not " + sessions);
    }
    int subscriptions = world.oracle().topics().subscriptionCount();
    if (world.broker().subscriptionCount() != subscriptions) {
      throw new SimulationFailure(
          world.broker().subscriptionCount() + " subscriptions, not " + subscriptions);
    }
  }
}
