package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.StoredSession;
import dev.midge.kit.AtLeastOnce;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/// What has gone wrong elsewhere when queues were kept in RocksDB, or in files at all.
final class KnownTrapsTest {
  private static final int KEPT = 10;
  private static final int TAKEN = 990;

  @TempDir private Path folder;
  private final FaultyDisk disk = new FaultyDisk();

  /// Readers that begin where a queue once began walk over all that was deleted there.
  @Test
  void aQueueIsEnteredWhereItBeginsHoweverMuchOfItIsDeleted() throws Exception {
    TestServer server = TestServer.local();
    server.start();
    try {
      try (RawClient client = RawClient.open(server.port())) {
        client.send(RawClient.connect(5, 0x00, "11 ffffffff", "client"));
        client.expectType(WirePacket.CONNACK);
        client.send("82 ( 0001 ( ) \"q\" 01 )").expectType(WirePacket.SUBACK);
        client.leave();
      }
      List<String> texts = IntStream.range(0, TAKEN + KEPT).mapToObj(i -> "message " + i).toList();
      AtLeastOnce.publish(server.port(), 0, "q", texts);
      server.restart();
      try (RawClient client = RawClient.open(server.port()).speak(5)) {
        client.send(RawClient.connect(5, 0x00, "11 ffffffff 21 0001", "client"));
        client.expectType(WirePacket.CONNACK);
        assertThat(AtLeastOnce.take(client, TAKEN)).isEqualTo(texts.subList(0, TAKEN));
        client.expectType(WirePacket.PUBLISH);
      }
      server.restart(() -> expectHead(server.data().resolve("store")));
    } finally {
      server.stop();
    }
  }

  private void expectHead(Path store) {
    List<StoredSession> found = new ArrayList<>();
    try (Database database = Database.open(store, disk);
        SessionReader sessions = new SessionReader(database)) {
      sessions.readAll(found::add);
    } catch (RocksDBException e) {
      throw new AssertionError(e);
    }
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().queuedFrom()).isGreaterThan(TAKEN);
    assertThat(found.getFirst().queuedCount()).isBetween(KEPT - 1, KEPT);
  }

  /// Counts of queues that have to be found by reading queues make starts slow.
  @Test
  void aStartReadsAsMuchHoweverMuchIsQueued() throws Exception {
    List<Integer> reads = new ArrayList<>();
    for (int count : new int[] {1, 2_000}) {
      Path store = Files.createDirectories(folder.resolve(count + "/store"));
      try (OpenStore filled = new OpenStore(store, disk)) {
        Session session = filled.session("client");
        IntStream.range(0, count).forEach(i -> filled.queue(session, OpenStore.message("m" + i)));
        filled.commitAndAwait();
      }
      AtomicInteger read = new AtomicInteger();
      disk.failWhen(step -> step == Disk.Step.READ && read.incrementAndGet() < 0, 0);
      try (OpenStore started = new OpenStore(store, disk)) {
        started.store().retained(_ -> {});
        started.store().handovers(_ -> {});
        assertThat(started.sessions().getFirst().queue().count()).isEqualTo(count);
        reads.add(read.get());
      }
      disk.heal();
    }
    assertThat(reads.getLast()).isEqualTo(reads.getFirst());
  }

  /// A key that is written twice before a single delete comes back when files are compacted.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsUsedAgainAndAgainDoesNotComeBack(long seed) throws Exception {
    Random random = new Random(seed);
    Deque<Delivery> inflight = new ArrayDeque<>();
    Session session;
    try (OpenStore store = new OpenStore(folder, disk)) {
      session = store.session("client");
      store.commitAndAwait();
    }
    for (int start = 0; start < 12; start++) {
      try (OpenStore store = new OpenStore(folder, disk)) {
        for (int turn = 0; turn < 40; turn++) {
          useIdentifiers(store, session, inflight, random);
          store.commitAndAwait();
        }
        if (start == 11) {
          while (!inflight.isEmpty()) {
            finish(store, session, inflight.remove());
          }
          store.commitAndAwait();
        }
      }
      if (random.nextBoolean() || start == 11) {
        compactAll();
      }
      try (StoreFolder checked = StoreFolder.open(folder)) {
        assertThat(checked.check((_, _) -> {})).isEmpty();
      }
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      for (Family family : Family.values()) {
        if (family.isWrittenOnce()) {
          assertThat(store.store().count(family)).as("left of %s", family).isZero();
        }
      }
    }
  }

  private static void useIdentifiers(
      OpenStore store, Session session, Deque<Delivery> inflight, Random random) {
    int packetId = 1 + random.nextInt(3);
    store.log().received(session, packetId);
    Delivery delivery = store.queue(session, OpenStore.message("m".repeat(random.nextInt(2_000))));
    session.inflight().add(delivery);
    store.log().sent(session, delivery);
    inflight.add(delivery);
    if (random.nextInt(3) == 0) {
      session.inflight().release(inflight.element());
      store.log().released(session, inflight.element());
      finish(store, session, inflight.remove());
    }
    while (inflight.size() > 2 + random.nextInt(3)) {
      finish(store, session, inflight.remove());
    }
    store.log().forgotten(session, packetId);
  }

  private static void finish(OpenStore store, Session session, Delivery delivery) {
    store.log().removed(session, delivery);
    session.inflight().remove(delivery);
  }

  private void compactAll() throws Exception {
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    try (Options options = new Options();
        DBOptions all = new DBOptions()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, folder.toString())) {
        families.add(new ColumnFamilyDescriptor(name));
      }
      try (RocksDB rocks = RocksDB.open(all, folder.toString(), families, handles)) {
        for (ColumnFamilyHandle handle : handles) {
          rocks.compactRange(handle);
          handle.close();
        }
      }
    }
  }

  /// One family that hardly changes keeps all logs of writes, which a start has to read.
  @Test
  void logsOfWritesStayBelowTheirBoundWhateverIsNotMovedToFiles() throws Exception {
    Random random = new Random(1);
    byte[] noise = new byte[256 << 10];
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      for (int i = 0; i < 1_000; i++) {
        random.nextBytes(noise);
        store.queue(
            session,
            OpenStore.message(new String(noise, StandardCharsets.ISO_8859_1).substring(1)));
        if (i % 8 == 0) {
          store.commitAndAwait();
          assertThat(logBytes()).isLessThan(160L << 20);
        }
      }
    }
    assertThat(Disk.size(folder)).as("that it was more than the bound").isGreaterThan(200L << 20);
  }

  private long logBytes() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  /// Client identifiers that were parts of keys have broken queues.
  @Test
  void clientIdentifiersMayLookLikeAnything() throws Exception {
    List<String> ids = List.of("format", "group", "e", "queue", "1", "1/2", "client\u0001", "*");
    try (OpenStore store = new OpenStore(folder, disk)) {
      for (String id : ids) {
        store.queue(store.session(id), OpenStore.message("for " + id));
      }
      store.commitAndAwait();
    }
    try (OpenStore store = new OpenStore(folder, disk)) {
      assertThat(store.sessions()).extracting(Session::clientId).isEqualTo(ids);
      for (Session session : store.sessions()) {
        assertThat(store.queued(session)).containsExactly("for " + session.clientId());
      }
    }
  }

  /// After a power cut a file may end in zeros, or in half a write: a start goes by what is whole.
  @ParameterizedTest
  @ValueSource(ints = {-7, 1, 4096, 1 << 20})
  void aLogThatEndsInZerosOrInHalfAWriteIsRead(int more) throws Exception {
    try (OpenStore store = new OpenStore(folder, disk)) {
      Session session = store.session("client");
      store.queue(session, OpenStore.message("whole"));
      store.commitAndAwait();
      store.queue(session, OpenStore.message("last"));
      store.commitAndAwait();
      copyTo(folder.resolve("cut"), more);
    }
    try (OpenStore store = new OpenStore(folder.resolve("cut"), disk)) {
      assertThat(store.queued(store.sessions().getFirst()))
          .isEqualTo(more < 0 ? List.of("whole") : List.of("whole", "last"));
    }
  }

  /// Copies what a crash would leave, with so many zeros more in logs of writes, or so many bytes
  /// less.
  private void copyTo(Path target, int more) throws IOException {
    Files.createDirectory(target);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        boolean isLog = file.toString().endsWith(".log") && bytes.length > 0;
        Files.write(
            target.resolve(file.getFileName().toString()),
            isLog ? Arrays.copyOf(bytes, bytes.length + more) : bytes);
      }
    }
  }
}
