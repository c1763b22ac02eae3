package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.packet.Message;
import dev.midge.packet.Utf8;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  /// What was read and deleted before must cost nothing: a queue is entered where it begins.
  @Test
  void aPageBeginsWhereItIsAskedFor() throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      for (int i = 0; i < 10; i++) {
        store.queue(session, OpenStore.message("message " + i));
      }
      List<Long> sequences = new ArrayList<>();
      store
          .log()
          .fetchQueued(
              session,
              4,
              3,
              Long.MAX_VALUE,
              page -> page.forEach(stored -> sequences.add(stored.sequence())));
      store.commitAndAwait();
      store.await(() -> !sequences.isEmpty());

      assertThat(sequences).containsExactly(4L, 5L, 6L);
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
        .hasMessageContaining("another version of Midge, in format 3; this one knows format 2");
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
}
