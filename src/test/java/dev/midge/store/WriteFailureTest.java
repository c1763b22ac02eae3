package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Durability;
import dev.midge.broker.StateLog;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What a store does when its disk fails or gets full.
final class WriteFailureTest {
  private static final int CHANGES = 20;

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

  /// Each step in turn, and each at many moments.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "READ")
  void nothingIsLostAndNothingDoneTwiceWhicheverStepFails(Disk.Step step) throws Exception {
    for (int moment = 0; moment < CHANGES; moment += 3) {
      Path data = folder.resolve(step + "-" + moment);
      Files.createDirectories(data);
      List<String> expected = new ArrayList<>();
      try (OpenStore store = new OpenStore(data, disk)) {
        Session session = store.session("client");
        failOnce(step, moment);
        for (int i = 0; i < CHANGES; i++) {
          Delivery delivery = store.queue(session, OpenStore.message("message " + i));
          store.commitAndAwait();
          if (i % 3 == 0) {
            store.log().removed(session, delivery);
          } else {
            expected.add("message " + i);
          }
        }
        store.commitAndAwait();
        disk.heal();
      }
      try (OpenStore store = new OpenStore(data, disk)) {
        Session session = store.sessions().getFirst();
        assertThat(store.queued(session)).as("moment %d", moment).isEqualTo(expected);
        assertThat(store.store().count(Family.MESSAGE)).isEqualTo(expected.size());
      }
    }
  }

  /// Lets a step fail once: that which comes after so many others. Opening again fails only after a
  /// write did.
  private void failOnce(Disk.Step step, int moment) {
    AtomicInteger writes = new AtomicInteger(moment);
    AtomicInteger others = new AtomicInteger(step == Disk.Step.OPEN ? 0 : moment);
    disk.failWhen(
        began ->
            (step == Disk.Step.OPEN && began == Disk.Step.WRITE && writes.getAndDecrement() == 0)
                || (began == step && others.getAndDecrement() == 0),
        1);
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
