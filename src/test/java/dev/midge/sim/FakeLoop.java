package dev.midge.sim;

import dev.midge.broker.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// An event loop without a thread: it has its turn when the seed says so. A turn deals with some
/// events of wires and then with the tasks that wait, in their order.
final class FakeLoop implements Loop {
  private final World world;
  private final int index;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<FakeWire> wires = new ArrayList<>();

  /// As the loop last read it: as on a real loop, that may be a while ago.
  private long nowMillis;

  FakeLoop(World world, int index, long nowMillis) {
    this.world = world;
    this.index = index;
    this.nowMillis = nowMillis;
  }

  int index() {
    return index;
  }

  @Override
  public void execute(Runnable task) {
    if (world.running() == this) {
      tasks.add(task);
    } else {
      tasks.add(() -> {
        readClock();
        task.run();
      });
    }
  }

  @Override
  public void executeLater(Runnable task) {
    tasks.add(task);
  }

  @Override
  public long nowMillis() {
    return nowMillis;
  }

  @Override
  public long outboundBytes() {
    return wires.stream().mapToLong(FakeWire::pendingBytesNow).sum();
  }

  void readClock() {
    nowMillis = world.nowMillis();
  }

  void add(FakeWire wire) {
    wires.add(wire);
  }

  void remove(FakeWire wire) {
    wires.remove(wire);
  }

  /// The wires that belong to this loop, as they are now.
  List<FakeWire> wires() {
    return List.copyOf(wires);
  }

  /// Whether it has something to do.
  boolean isBusy() {
    return !tasks.isEmpty() || wires.stream().anyMatch(FakeWire::hasEvent);
  }

  /// Has a turn.
  void turn() {
    for (int events = world.below(3); events >= 0; events--) {
      List<FakeWire> ready = wires.stream().filter(FakeWire::hasEvent).toList();
      if (ready.isEmpty()) {
        break;
      }
      FakeWire wire = world.pick(ready);
      world.enter(
          this,
          () -> {
            if (world.oneIn(2)) {
              readClock();
            }
            wire.event();
          });
    }
    int count = world.oneIn(5) ? Math.min(1, tasks.size()) : tasks.size();
    for (int i = 0; i < count; i++) {
      Runnable task = tasks.remove();
      world.enter(this, task);
    }
  }

  /// Lets the broker know that time has passed.
  void tick() {
    world.enter(
        this,
        () -> {
          readClock();
          world.trace("loop " + index + " ticks at " + nowMillis);
          world.oracle().clocks().beforeTick(this);
          world.broker().loop(index).tick();
          world.oracle().clocks().afterTick(this);
        });
  }
}
