package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover;
import dev.midge.packet.Message;
import dev.midge.packet.Utf8;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;

/// What is on disk, and what is not any more.
final class RocksStoreTest {
  @TempDir private Path folder;
  private final FaultyDisk disk = new FaultyDisk();

  @Test
  void aMessageForManyIsKeptOnceUntilTheLastHasIt() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Message message = OpenStore.message("for all");
      List<Session> sessions = new ArrayList<>();
      List<Delivery> deliveries = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        sessions.add(store.session("client-" + i));
        deliveries.add(store.queue(sessions.get(i), message));
      }
      store.commitAndAwait();
      assertThat(store.store().count(Family.MESSAGE)).isEqualTo(1);
      assertThat(store.store().count(Family.QUEUE)).isEqualTo(10);

      for (int i = 0; i < 10; i++) {
        assertThat(store.queued(sessions.get(i))).containsExactly("for all");
        store.log().removed(sessions.get(i), deliveries.get(i));
        store.commitAndAwait();
      }
      assertThat(store.store().count(Family.MESSAGE)).isZero();
      assertThat(store.store().count(Family.REFERENCES)).isZero();
      assertThat(store.store().count(Family.QUEUE)).isZero();
    }
  }

  @Test
  void aMessageThatIsDoneWithInItsTurnIsNotKept() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      Message message = OpenStore.message("at once");
      store.log().removed(session, store.queue(session, message));
      store.log().removed(session, store.queue(session, message));
      store.commitAndAwait();

      assertThat(store.store().count(Family.MESSAGE)).isZero();
      assertThat(store.queued(session)).isEmpty();
    }
  }

  @Test
  void ofASessionThatEndedNothingIsLeft() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session ended = store.session("ended");
      Session other = store.session("other");
      for (int i = 0; i < 2_500; i++) {
        Message message = OpenStore.message("message " + i);
        Delivery delivery = store.queue(ended, message);
        if (i % 1_000 == 0) {
          store.queue(other, message);
          ended.inflight().add(delivery);
          store.log().sent(ended, delivery);
        }
      }
      store.log().received(ended, 7);
      store.commitAndAwait();
      store.log().ended(ended);
      store.commitAndAwait();
    }
    // Whatever was left when the first process ended, the next one deletes.
    try (OpenStore store = new OpenStore(folder, disk)) {
      List<Session> sessions = store.sessions();
      assertThat(sessions).extracting(Session::clientId).containsExactly("other");
      while (store.store().count(Family.QUEUE) > 3) {
        store.commitAndAwait();
      }
      store.commitAndAwait();
      assertThat(store.queued(sessions.getFirst())).hasSize(3);
      assertThat(store.store().count(Family.MESSAGE)).isEqualTo(3);
      assertThat(store.store().count(Family.INFLIGHT)).isZero();
      assertThat(store.store().count(Family.RECEIVED)).isZero();
      assertThat(store.store().count(Family.SUMMARY)).isEqualTo(1);
    }
  }

  /// What is retained is sent past the queue: it may come while a page of the queue is fetched, and
  /// must not be taken for a part of that.
  @Test
  void aPageHasNothingThatCameAfterItWasAskedFor() throws Exception {
    CountDownLatch isWritten = new CountDownLatch(1);
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.queue(session, OpenStore.message("waits"));
      store.commitAndAwait();
      disk.failWhen(step -> isHeldUp(step, isWritten), 1);
      List<String> page = new ArrayList<>();
      store.log().fetchQueued(session, 0, 64, Long.MAX_VALUE, into(new ArrayList<>())); // Held up.
      store.log().fetchQueued(session, 0, 64, Long.MAX_VALUE, into(page));

      store.log().sent(session, sent(session, store.queue(session, OpenStore.message("retained"))));
      store.commitAndAwait();
      isWritten.countDown();

      store.await(() -> !page.isEmpty());
      assertThat(page).containsExactly("waits");
    }
  }

  private static boolean isHeldUp(Disk.Step step, CountDownLatch until) {
    if (step == Disk.Step.READ && Thread.currentThread().getName().equals("store-reader")) {
      try {
        until.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return false;
  }

  private static StateLog.Fetched into(List<String> payloads) {
    return new StateLog.Fetched() {
      @Override
      public void found(List<StoredDelivery> deliveries) {
        deliveries.forEach(each -> payloads.add(OpenStore.text(each.message())));
      }

      @Override
      public void failed() {
        payloads.add("failed");
      }
    };
  }

  /// A turn is handed over as a whole: what was written for a commit that never came is not there.
  @Test
  void aTurnIsKeptAsAWholeOrNotAtAll() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.queue(session, OpenStore.message("whole"));
      store.commitAndAwait();
      store.log().sent(session, sent(session, store.queue(session, OpenStore.message("half"))));
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.sessions().getFirst();
      assertThat(session.queue().count()).isEqualTo(1);
      assertThat(session.inflight().count()).isZero();
      assertThat(store.queued(session)).containsExactly("whole");
    }
  }

  private static Delivery sent(Session session, Delivery delivery) {
    session.inflight().add(delivery);
    return delivery;
  }

  @Test
  void numbersGoOnWhereAnEarlierProcessLeftOff() throws Exception {
    long session;
    long message;
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session gone = store.session("gone");
      Delivery delivery = store.queue(gone, OpenStore.message("gone"));
      session = gone.number();
      message = delivery.messageNumber();
      store.commitAndAwait();
      store.log().ended(gone);
      store.commitAndAwait();
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session next = store.session("next");
      assertThat(next.number()).isGreaterThan(Math.max(session, message));
      assertThat(store.queue(next, OpenStore.message("next")).messageNumber())
          .isGreaterThan(Math.max(session, message));
    }
  }

  @Test
  void whatIsOnItsWayToAnotherLoopIsThereUntilItIsTaken() throws Exception {
    Message message = OpenStore.message("on its way");
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      assertThat(store.handOver(message, session)).isNotNull();
      store.commitAndAwait();
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.sessions().getFirst();
      List<StoredHandover> handovers = new ArrayList<>();
      store.store().handovers(handovers::add);
      assertThat(handovers).hasSize(1);
      StoredHandover found = handovers.getFirst();
      assertThat(found.message().payload()).isEqualTo(message.payload());
      assertThat(found.receivers())
          .extracting(StoredHandover.Receiver::session)
          .containsExactly(session.number());
      store.log().taken(found.handover(), message);
      Delivery delivery = store.queue(session, message);
      store.commitAndAwait();
      assertThat(store.store().count(Family.HANDOVER)).isZero();
      assertThat(store.store().count(Family.MESSAGE)).as("one for both").isEqualTo(1);
      assertThat(store.queued(session)).containsExactly("on its way");

      store.log().removed(session, delivery);
      store.commitAndAwait();
      assertThat(store.store().count(Family.MESSAGE)).isZero();
    }
  }

  @Test
  void ofTwoChangesOfARetainedMessageTheLaterOneStaysWhicheverComesFirst() throws Exception {
    Message older = OpenStore.message("older");
    Message newer = OpenStore.message("newer");
    try (OpenStore store = new OpenStore(folder, disk)) {
      store.log().retained(newer, "", 2);
      store.commitAndAwait();
      store.log().retained(older, "", 1);
      store.commitAndAwait();
      assertThat(retained(store)).containsExactly("newer");
      store.log().cleared(older.topic(), 4);
      store.log().retained(newer, "", 3);
      store.commitAndAwait();
      assertThat(retained(store)).isEmpty();
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      store.log().retained(older, "", 1);
      store.commitAndAwait();
      assertThat(retained(store)).as("of a later process").containsExactly("older");
    }
  }

  private static List<String> retained(OpenStore store) {
    List<String> found = new ArrayList<>();
    store.store().retained(one -> found.add(OpenStore.text(one.message())));
    return found;
  }

  @Test
  void aPageBeginsWhereItIsAskedFor() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      for (int i = 0; i < 10; i++) {
        store.queue(session, OpenStore.message("message " + i));
      }
      store.commitAndAwait();

      assertThat(store.queued(session, 4, 3))
          .containsExactly("message 3", "message 4", "message 5");
    }
  }

  @Test
  void whatIsInFlightIsFetchedInPages() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      for (int i = 1; i <= 5; i++) {
        Delivery delivery = store.queue(session, OpenStore.message("sent " + i));
        session.inflight().add(delivery);
        store.log().sent(session, delivery);
        if (i == 2) {
          session.inflight().release(delivery);
          store.log().released(session, delivery);
        }
      }
      store.commitAndAwait();

      assertThat(store.inflight(session, 1, 2)).containsExactly("sent 1", "sent 2");
      assertThat(store.inflight(session, 3, 2)).containsExactly("sent 3", "sent 4");
      assertThat(store.inflight(session, 5, 2)).containsExactly("sent 5");
    }
  }

  @Test
  void aNewerFormatIsRefusedInOneSentence() throws Exception {
    new OpenStore(folder, disk).close();
    try (Database database = Database.open(folder, disk);
        WriteBatch batch = new WriteBatch()) {
      byte[] newer = new ByteWriter(2).number(Database.FORMAT + 1).toBytes();
      database.put(batch, Family.META, Utf8.bytes("format"), newer);
      database.write(batch, true);
    }

    assertThatThrownBy(() -> new OpenStore(folder, disk))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("another version of Midge, in format 4; this one knows format 3");
  }

  @Test
  void aStoreWithFamiliesThatNobodyKnowsIsRefusedAndLeftAsItIs() throws Exception {
    new OpenStore(folder, disk).close();
    try (Options options = new Options();
        RocksDB future = addFamily(options)) {
      assertThat(future.getName()).isEqualTo(folder.toString());
    }

    assertThatThrownBy(() -> new OpenStore(folder, disk))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("another version of Midge, in format 3");
    assertThatThrownBy(() -> StoreFolder.open(folder))
        .isInstanceOf(StoreFailure.class)
        .hasMessageContaining("another version of Midge");
  }

  private RocksDB addFamily(Options options) throws Exception {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    for (byte[] name : RocksDB.listColumnFamilies(options, folder.toString())) {
      families.add(new ColumnFamilyDescriptor(name));
    }
    families.add(new ColumnFamilyDescriptor(Utf8.bytes("future")));
    try (DBOptions create = new DBOptions().setCreateMissingColumnFamilies(true)) {
      return RocksDB.open(create, folder.toString(), families, new ArrayList<>());
    }
  }

  @Test
  void whatDoesNotFitTogetherIsFound() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.queue(session, OpenStore.message("lost"));
      store.queue(session, OpenStore.message("kept"));
      store.commitAndAwait();
    }
    assertThat(problems()).isEmpty();
    try (Database database = Database.open(folder, disk);
        WriteBatch batch = new WriteBatch();
        Database.Scan scan = database.scan(Family.MESSAGE, new byte[0], null)) {
      assertThat(scan.isAtKey()).isTrue();
      database.delete(batch, Family.MESSAGE, scan.key());
      database.put(batch, Family.MESSAGE, Keys.number(999), scan.value());
      database.write(batch, true);
    }

    assertThat(problems())
        .anyMatch(problem -> problem.matches("message [0-9]+ is not there"))
        .contains("message 999 has 0 deliveries, and should have 1");
  }

  private List<String> problems() {
    try (StoreFolder checked = StoreFolder.open(folder)) {
      return checked.check((_, _) -> {});
    }
  }

  /// Files of the log of RocksDB, and copies of its library, must not pile up.
  @Test
  void aFolderDoesNotGrowWithEachStart() throws Exception {
    for (int i = 0; i < 12; i++) {
      new OpenStore(folder, disk).close();
    }
    try (var files = Files.list(folder)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("LOG"))).hasSize(2);
    }
  }

  @Test
  void whatIsDoneWithBeforeItIsWrittenIsNotWritten() throws Exception {
    String payload = "x".repeat(1 << 20);
    CountDownLatch isWriting = new CountDownLatch(1);
    CountDownLatch mayWrite = new CountDownLatch(1);
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      disk.failWhen(
          step -> {
            if (step == Disk.Step.WRITE) {
              isWriting.countDown();
              await(mayWrite);
            }
            return false;
          },
          0);
      store.queue(session, OpenStore.message("another"));
      store.commit();
      await(isWriting);
      long before = Disk.size(folder);
      Delivery delivery = store.queue(session, OpenStore.message(payload));
      store.commit();
      store.log().removed(session, delivery);
      BooleanSupplier committed = store.commit();
      mayWrite.countDown();
      store.await(committed);

      assertThat(Disk.size(folder)).isLessThan(before + payload.length());
      assertThat(store.queued(session)).containsExactly("another");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Neither files of deletions nor logs of writes stay, even if moving them to files fails once.
  @Test
  void whatIsDrainedGivesItsRoomBack() throws Exception {
    AtomicInteger flushes = new AtomicInteger();
    disk.failWhen(step -> step == Disk.Step.FLUSH && flushes.getAndIncrement() == 0, 1);
    Random random = new Random(1);
    byte[] noise = new byte[64 << 10];
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      List<Delivery> kept = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        random.nextBytes(noise);
        String text = new String(noise, StandardCharsets.ISO_8859_1);
        kept.add(store.queue(session, OpenStore.message(text)));
        store.commitAndAwait();
      }
      long fullBytes = Disk.size(folder);
      for (Delivery delivery : kept) {
        store.log().removed(session, delivery);
        store.commitAndAwait();
      }
      long endMillis = System.currentTimeMillis() + 60_000;
      while (Disk.size(folder) > fullBytes / 5) {
        assertThat(System.currentTimeMillis()).as("a minute").isLessThan(endMillis);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
      assertThat(store.queued(session)).isEmpty();
    }
  }
}
