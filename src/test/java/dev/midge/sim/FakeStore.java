package dev.midge.sim;

import dev.midge.broker.Loop;
import dev.midge.broker.Remains;
import dev.midge.broker.Store;
import dev.midge.broker.StoredHandover;
import dev.midge.broker.StoredRetained;
import dev.midge.broker.StoredSession;
import dev.midge.packet.Packet.Will;
import dev.midge.sim.KeptState.KeptSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// A store in memory that is slow: what was written is committed when the seed says so, and until
/// then a crash takes it away.
final class FakeStore implements Store {
  private final World world;
  private final List<FakeLog> logs = new ArrayList<>();

  /// What commits the changes of one turn of a loop, in the order in which they were handed over.
  private final ArrayDeque<Runnable> handedOver = new ArrayDeque<>();

  /// After all that was written, committed or not.
  private KeptState written = new KeptState();

  /// After all that was committed.
  private KeptState committed = new KeptState();

  /// By payload the numbers of the sessions for which the message was ever committed.
  private final IdentityHashMap<byte[], Set<Long>> everCommitted = new IdentityHashMap<>();

  private boolean isInUse;
  private long lastSessionNumber;
  private long lastMessageNumber;

  FakeStore(World world) {
    this.world = world;
  }

  /// What would be there if nothing that was written were lost.
  KeptState written() {
    return written;
  }

  /// What is there after a crash.
  KeptState committed() {
    return committed;
  }

  long nextSessionNumber() {
    return ++lastSessionNumber;
  }

  long nextMessageNumber() {
    return ++lastMessageNumber;
  }

  /// Whether a delivery of the message to the session has ever been committed.
  boolean hasCommitted(byte[] payload, long sessionNumber) {
    return everCommitted.getOrDefault(payload, Set.of()).contains(sessionNumber);
  }

  void committedDelivery(byte[] payload, long sessionNumber) {
    everCommitted.computeIfAbsent(payload, _ -> new HashSet<>()).add(sessionNumber);
  }

  /// Whether the server has ever kept anything.
  boolean isInUse() {
    return isInUse;
  }

  /// The server keeps something.
  void used() {
    isInUse = true;
  }

  /// Whether something waits to be committed or fetched.
  boolean isBusy() {
    return !handedOver.isEmpty() || logs.stream().anyMatch(FakeLog::isBusy);
  }

  /// Takes what commits the changes of one turn of a loop.
  void handOver(Runnable commit) {
    handedOver.add(commit);
  }

  /// Commits or fetches something that waits.
  void work() {
    List<FakeLog> busy = logs.stream().filter(FakeLog::isBusy).toList();
    if (!busy.isEmpty() && (handedOver.isEmpty() || world.oneIn(2))) {
      world.pick(busy).work();
    } else if (!handedOver.isEmpty()) {
      handedOver.remove().run();
    }
  }

  /// What was written is what the sessions are.
  void requireKept() {
    if (world.faults().hasEverHitAny()) {
      return;
    }
    List<Remains.Kept> sessions = Remains.kept(world.broker());
    if (written.living().size() != sessions.size()) {
      throw new SimulationFailure(
          "sessions in the log are %s, not %s"
              .formatted(
                  written.living().stream().map(kept -> kept.clientId).toList(),
                  sessions.stream().map(Remains.Kept::clientId).toList()));
    }
    for (Remains.Kept session : sessions) {
      KeptSession kept = written.session(session.number());
      if (kept == null || !session.equals(kept.asKept(session.inflight() != null))) {
        throw new SimulationFailure(
            "the log knows %s, not %s"
                .formatted(kept == null ? null : kept.asKept(session.inflight() != null), session));
      }
    }
  }

  /// Whether nothing would be lost by a crash.
  boolean isCommitted() {
    return logs.stream().noneMatch(FakeLog::hasUncommitted);
  }

  /// Loses what is not committed. Each will that is left is one of its own from now on: it may have
  /// been published already.
  void crash() {
    logs.clear();
    handedOver.clear();
    for (KeptSession session : committed.sessions()) {
      Will will = session.will;
      if (will != null) {
        session.will =
            new Will(
                will.topic(),
                will.payload().clone(),
                will.qos(),
                will.retain(),
                will.delaySeconds(),
                will.expirySeconds(),
                will.properties());
      }
    }
    committed = committed.copy();
    written = committed.copy();
  }

  @Override
  public FakeLog log(Loop loop) {
    FakeLog log = new FakeLog(world, this, (FakeLoop) loop);
    logs.add(log);
    return log;
  }

  @Override
  public void sessions(Consumer<StoredSession> each) {
    committed.sessions().forEach(session -> each.accept(session.stored()));
  }

  @Override
  public void retained(Consumer<StoredRetained> each) {
    committed.retained().values().forEach(one -> each.accept(new StoredRetained(one, "")));
  }

  @Override
  public void handovers(Consumer<StoredHandover> each) {
    committed.handovers().values().forEach(each);
  }
}
