package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.StateLog;
import dev.midge.packet.Message;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same turns again and again, from an empty folder, over a start on what is there, to the end;
/// and each time another one of all calls of the database fails: each opening, read, write and
/// sync.
final class EachFailureTest {
  private static final String SENTENCE =
      ".*/store: cannot be (opened|read) \\(made to fail: .*\\)\\.";

  @TempDir private Path temporary;

  /// What a loop does in one turn.
  private interface Turn {
    void write(Broker broker) throws Exception;
  }

  private static final List<Turn> BEFORE_THE_RESTART =
      List.of(
          broker -> List.of("a", "b", "c").forEach(broker::begin),
          broker -> {
            broker.queue(OpenStore.message("for both"), "a", "b");
            broker.queue(OpenStore.message("to release"), "a");
          },
          broker -> {
            broker.log().retained(OpenStore.message("retained"), "", 1);
            broker.log().received(broker.session("a"), 7);
          },
          broker -> {
            broker.send("a", "for both");
            broker.send("a", "to release");
            broker.release("a", "to release");
          },
          broker -> broker.handOver("b"),
          broker -> broker.take("b"),
          broker -> {
            broker.remove("b", "for both");
            broker.log().forgotten(broker.session("a"), 7);
          });

  private static final List<Turn> AFTER_THE_RESTART =
      List.of(
          broker -> {
            broker.queue(OpenStore.message("for all"), "a", "b", "c");
            broker.queue(OpenStore.message("for c"), "c");
          },
          broker -> broker.log().ended(broker.session("c")),
          broker -> {
            broker.log().retained(OpenStore.message("retained later"), "", 2);
            broker.remove("a", "for both");
          },
          broker -> broker.remove("a", "to release"));

  private static final int TURNS = BEFORE_THE_RESTART.size() + AFTER_THE_RESTART.size();

  /// What is kept after each of them, and before the first.
  private final List<String> states = new ArrayList<>();

  private int folders;

  /// A server on a store, with one loop.
  private static final class Broker {
    private final Path folder;
    private final FaultyDisk disk;
    private final Map<String, Session> sessions = new TreeMap<>();
    private final Map<String, Delivery> deliveries = new TreeMap<>();
    private final Message passed = OpenStore.message("passed on");
    private StateLog.@Nullable Handover handover;
    private OpenStore store;

    /// How many turns were acknowledged.
    private int acknowledged;

    Broker(Path folder, FaultyDisk disk) {
      this.folder = folder;
      this.disk = disk;
      this.store = start();
    }

    /// A start that fails says so; the next one does not fail.
    private OpenStore start() {
      try {
        return startOnce();
      } catch (StoreFailure e) {
        assertThat(e.getMessage()).matches(SENTENCE);
        disk.heal();
        return startOnce();
      }
    }

    private OpenStore startOnce() {
      OpenStore started = new OpenStore(folder, disk);
      try {
        started.sessions();
        started.store().retained(_ -> {});
        started.store().handovers(_ -> {});
        return started;
      } catch (StoreFailure e) {
        started.close();
        throw e;
      }
    }

    void restart() {
      store.close();
      store = start();
    }

    /// Does turns until one is not acknowledged because of a failure that lasts.
    ///
    /// @return whether all were acknowledged
    boolean run(List<Turn> turns, @Nullable BooleanSupplier isBroken) throws Exception {
      for (Turn turn : turns) {
        turn.write(this);
        BooleanSupplier committed = store.commit();
        if (isBroken == null) {
          store.await(committed);
        }
        while (!committed.getAsBoolean()) {
          if (isBroken != null && isBroken.getAsBoolean()) {
            store.close();
            store.runTasks();
            acknowledged += committed.getAsBoolean() ? 1 : 0;
            return false;
          }
          store.runTasks();
          LockSupport.parkNanos(100_000);
        }
        acknowledged++;
      }
      return true;
    }

    StateLog log() {
      return store.log();
    }

    Session session(String id) {
      return Objects.requireNonNull(sessions.get(id));
    }

    void begin(String id) {
      sessions.put(id, store.session(id));
    }

    void queue(Message message, String... ids) {
      for (String id : ids) {
        deliveries.put(id + " " + OpenStore.text(message), store.queue(session(id), message));
      }
    }

    private Delivery delivery(String id, String text) {
      return Objects.requireNonNull(deliveries.get(id + " " + text));
    }

    void send(String id, String text) {
      session(id).inflight().add(delivery(id, text));
      log().sent(session(id), delivery(id, text));
    }

    void release(String id, String text) {
      session(id).inflight().release(delivery(id, text));
      log().released(session(id), delivery(id, text));
    }

    void remove(String id, String text) {
      log().removed(session(id), delivery(id, text));
      if (delivery(id, text).packetId() != 0) {
        session(id).inflight().remove(delivery(id, text));
      }
    }

    void handOver(String id) {
      handover = store.handOver(passed, session(id));
    }

    void take(String id) {
      log().taken(Objects.requireNonNull(handover), passed);
      queue(passed, id);
    }
  }

  /// What a server finds when it starts.
  private static String state(Path folder) throws Exception {
    try (OpenStore store = new OpenStore(folder, new FaultyDisk())) {
      StringBuilder found = new StringBuilder();
      store.store().sessions(stored -> found.append(Arrays.toString(stored.received())));
      for (Session session : store.sessions()) {
        found
            .append(session.clientId())
            .append(store.queued(session))
            .append(store.inflight(session, 1, Integer.MAX_VALUE));
      }
      store
          .store()
          .retained(one -> found.append(" retained ").append(OpenStore.text(one.message())));
      store
          .store()
          .handovers(each -> found.append(" under way ").append(OpenStore.text(each.message())));
      return found.toString();
    } finally {
      try (StoreFolder checked = StoreFolder.open(folder)) {
        assertThat(checked.check((_, _) -> {})).isEmpty();
      }
    }
  }

  private Path newFolder() throws Exception {
    return Files.createDirectories(temporary.resolve(folders++ + "/store"));
  }

  /// Does all turns while nothing fails, stopping after each of them once.
  ///
  /// @return how many calls of the database that were, all in all
  private int learn() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    for (int i = 0; i <= TURNS; i++) {
      FaultyDisk disk = new FaultyDisk();
      calls.set(0);
      disk.failWhen(_ -> calls.incrementAndGet() < 0, 0);
      Broker broker = new Broker(newFolder(), disk);
      int before = Math.min(i, BEFORE_THE_RESTART.size());
      assertThat(broker.run(BEFORE_THE_RESTART.subList(0, before), null)).isTrue();
      broker.restart();
      assertThat(broker.run(AFTER_THE_RESTART.subList(0, i - before), null)).isTrue();
      broker.store.close();
      states.add(state(broker.folder));
    }
    assertThat(states).doesNotHaveDuplicates();
    return calls.get();
  }

  @Test
  void whatFailsOnceIsDoneAllTheSame() throws Exception {
    int calls = learn();
    for (int failing = 0; failing < calls; failing++) {
      AtomicInteger left = new AtomicInteger(failing);
      FaultyDisk disk = new FaultyDisk();
      disk.failWhen(_ -> left.getAndDecrement() == 0, 1);
      Broker broker = new Broker(newFolder(), disk);
      assertThat(broker.run(BEFORE_THE_RESTART, null)).isTrue();
      broker.restart();
      assertThat(broker.run(AFTER_THE_RESTART, null)).isTrue();
      broker.store.close();
      assertThat(state(broker.folder))
          .as("call %d of %d", failing, calls)
          .isEqualTo(states.getLast());
    }
  }

  @Test
  void whatWasAcknowledgedBeforeADiskFailsForGoodIsThere() throws Exception {
    int calls = learn();
    for (int failing = 0; failing < calls; failing++) {
      AtomicInteger left = new AtomicInteger(failing);
      FaultyDisk disk = new FaultyDisk();
      disk.failWhen(_ -> left.getAndDecrement() <= 0, 1);
      BooleanSupplier isBroken = () -> left.get() < 0 && disk.isFailing();
      Broker broker = new Broker(newFolder(), disk);
      if (broker.run(BEFORE_THE_RESTART, isBroken)) {
        broker.restart();
        if (broker.run(AFTER_THE_RESTART, isBroken)) {
          broker.store.close();
        }
      }
      int acknowledged = broker.acknowledged;
      assertThat(state(broker.folder))
          .as("call %d of %d", failing, calls)
          .isIn(states.get(acknowledged), states.get(Math.min(acknowledged + 1, TURNS)));
    }
  }
}
