package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Durability;
import dev.midge.broker.StateLog;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a store does when its disk fails or gets full.
final class WriteFailureTest {
  private static final Logger LOGGER = Logger.getLogger("dev.midge.store");

  @TempDir private Path folder;
  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void whatCannotBeWrittenIsNotAcknowledgedAndTriedAgain() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      disk.failWhen(step -> step == Disk.Step.WRITE, 2);
      store.queue(session, OpenStore.message("kept"));
      BooleanSupplier committed = store.commit();
      disk.awaitFailures();

      store.runTasks();
      assertThat(committed.getAsBoolean()).isFalse();
      assertThat(store.log().isBehind()).isTrue();

      disk.heal();
      store.await(committed);
      assertThat(store.log().isBehind()).isFalse();
      assertThat(store.queued(session)).containsExactly("kept");
    }
  }

  @Test
  void aDiskThatFailsIsSaidOnceAndSoIsThatItIsWellAgain() throws Exception {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    Handler tap = tap(lines);
    LOGGER.addHandler(tap);
    try (OpenStore store = new OpenStore(folder, disk)) {
      store.session("client");
      disk.failWhen(step -> step == Disk.Step.SYNCED, 3);
      BooleanSupplier committed = store.commit();
      disk.awaitFailures();
      disk.heal();
      store.await(committed);
    } finally {
      LOGGER.removeHandler(tap);
    }
    assertThat(lines)
        .containsExactly(
            "ERROR cannot write: made to fail: SYNCED; what is not written is not acknowledged",
            "INFO writing again; nothing that was acknowledged is lost");
  }

  private static Handler tap(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(new PatternFormatter("%p %s").format(line));
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void whatCannotBeReadIsAnsweredAndStillThere() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      Delivery delivery = store.queue(session, OpenStore.message("sent"));
      store.queue(session, OpenStore.message("waits"));
      session.inflight().add(delivery);
      store.log().sent(session, delivery);
      store.commitAndAwait();

      disk.failWhen(step -> step == Disk.Step.READ, 2);
      assertThat(store.queued(session)).isNull();
      assertThat(store.inflight(session, 1, 10)).isNull();

      disk.heal();
      assertThat(store.queued(session)).containsExactly("waits");
      assertThat(store.inflight(session, 1, 10)).containsExactly("sent");
    }
  }

  @Test
  void aMistakeOfOursInWritingLosesNothingOfTheOthers() throws Exception {
    List<String> told = new ArrayList<>();
    LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    try (Database database = Database.open(folder, disk);
        StoreWriter writer = new StoreWriter(database, new DiskRoom(disk, 0))) {
      AtomicInteger mistakes = new AtomicInteger(1);
      disk.failWhen(
          step -> {
            if (step == Disk.Step.WRITE && mistakes.getAndDecrement() == 1) {
              throw new IllegalStateException("made to fail");
            }
            return false;
          },
          0);
      byte[] session =
          new ByteWriter(9).one(Command.SESSION.code()).number(1).bytes(new byte[0]).toBytes();
      byte[] nonsense = {(byte) Command.SESSION.code()};
      for (byte[] commands : List.of(session, nonsense, session)) {
        writer.hand(
            new StoreWriter.Work.Commit(
                OpenStore.loop(tasks),
                commands,
                Durability.DISK,
                () -> told.add("kept"),
                () -> told.add("failed")));
      }
      while (told.size() < 3) {
        Objects.requireNonNull(tasks.poll(20, TimeUnit.SECONDS)).run();
      }
      assertThat(told).containsExactly("kept", "failed", "kept");
      assertThat(writer.backlogBytes()).isZero();
    }
  }

  @Test
  void thereIsNoRoomWhenLittleOfTheDiskIsFreeUntilThereIsMore() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      assertThat(store.log().room()).isEqualTo(StateLog.Room.PLENTY);

      disk.freeBytes(FaultyDisk.TOTAL_BYTES / 1000);
      awaitRoom(store, StateLog.Room.NONE);
      store.queue(session, OpenStore.message("draining and QoS 0 go on"));
      store.commitAndAwait();

      disk.freeBytes((1L << 30) + (1L << 26));
      awaitRoom(store, StateLog.Room.LITTLE);
      disk.freeBytes(FaultyDisk.TOTAL_BYTES);
      awaitRoom(store, StateLog.Room.PLENTY);
    }
  }

  @Test
  void whatTheStoreMayTakeIsABoundThatHealsWhenItIsDrained() throws Exception {
    String payload = "x".repeat(64 << 10);
    disk.measure(folder);
    AtomicInteger compactions = new AtomicInteger();
    disk.failWhen(step -> step == Disk.Step.COMPACT && compactions.getAndIncrement() == 0, 1);
    try (OpenStore store = new OpenStore(folder, disk, 48L << 20)) {
      Session session = store.session("client");
      List<Delivery> kept = new ArrayList<>();
      boolean wasLittle = false;
      while (store.log().room() != StateLog.Room.NONE) {
        wasLittle |= store.log().room() == StateLog.Room.LITTLE;
        for (int i = 0; i < 4; i++) {
          kept.add(store.queue(session, OpenStore.message(payload)));
        }
        store.commitAndAwait();
        assertThat(kept.size()).as("as much as it may take").isLessThan(100_000);
      }
      assertThat(wasLittle).isTrue();

      for (Delivery delivery : kept) {
        store.log().removed(session, delivery);
        store.commitAndAwait();
      }
      awaitRoom(store, StateLog.Room.PLENTY);
    }
  }

  @Test
  void aStoreThatIsClosedWhileItsDiskFailsEnds() throws Exception {
    OpenStore store = new OpenStore(folder, disk);
    store.session("client");
    store.commitAndAwait();
    disk.failWhen(step -> step != Disk.Step.OPEN, 1);
    store.session("another");
    BooleanSupplier committed = store.commit();
    disk.awaitFailures();
    store.close();

    store.runTasks();
    assertThat(committed.getAsBoolean()).isFalse();
    disk.heal();
    try (OpenStore again = new OpenStore(folder, disk)) {
      assertThat(again.sessions()).extracting(Session::clientId).containsExactly("client");
    }
  }

  private static void awaitRoom(OpenStore store, StateLog.Room room) throws Exception {
    while (store.log().room() != room) {
      store.commitAndAwait();
    }
  }
}
