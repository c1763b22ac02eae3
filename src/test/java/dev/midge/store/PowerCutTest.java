package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Durability;
import dev.midge.session.Session;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is left when the power fails: of the files that RocksDB appends to, its logs of writes,
/// only what was there when a sync last ended. Its other files it syncs before it names them
/// anywhere.
final class PowerCutTest {
  private static final int TURNS = 300;

  @TempDir private Path folder;

  /// A disk that remembers how much of each log was on it at the last sync.
  private static final class SyncedDisk implements Disk {
    private final Path folder;
    private Map<String, Long> lengths = new TreeMap<>();
    private int syncs;
    private boolean isOver;

    SyncedDisk(Path folder) {
      this.folder = folder;
    }

    @Override
    public synchronized void begin(Step step) {
      if (step == Step.SYNCED && !isOver) {
        syncs++;
        try (Stream<Path> files = Files.list(folder)) {
          Map<String, Long> now = new TreeMap<>();
          files
              .filter(file -> file.toString().endsWith(".log"))
              .forEach(file -> now.put(file.getFileName().toString(), file.toFile().length()));
          lengths = now;
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }

    /// No sync ends any more.
    synchronized void stop() {
      isOver = true;
    }

    synchronized int syncs() {
      return syncs;
    }

    /// Copies what the disk would have, were the power to fail now.
    synchronized void cutTo(Path target) throws IOException {
      Files.createDirectories(target);
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          Path copy = target.resolve(name);
          Files.copy(file, copy);
          if (name.endsWith(".log")) {
            try (RandomAccessFile cut = new RandomAccessFile(copy.toFile(), "rw")) {
              cut.setLength(Math.min(cut.length(), lengths.getOrDefault(name, 0L)));
            }
          }
        }
      }
    }

    @Override
    public long totalBytes() {
      return FaultyDisk.TOTAL_BYTES;
    }

    @Override
    public long freeBytes() {
      return FaultyDisk.TOTAL_BYTES;
    }

    @Override
    public long usedBytes() {
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatWasAcknowledgedAtDiskIsThere(long seed) throws Exception {
    Random random = new Random(seed);
    SyncedDisk disk = new SyncedDisk(folder.resolve("store"));
    List<String> promised = new ArrayList<>();
    int cutAfter = TURNS / 2 + random.nextInt(TURNS / 2);
    try (OpenStore store = new OpenStore(folder.resolve("store"), disk)) {
      Session session = store.session("client");
      store.commitAndAwait();
      List<String> written = new ArrayList<>();
      for (int i = 0; i < cutAfter; i++) {
        String text = "message " + i + " " + "x".repeat(random.nextInt(4000));
        store.queue(session, OpenStore.message(text));
        written.add(text);
        boolean isSynced = random.nextInt(3) == 0;
        store.await(store.commit(isSynced ? Durability.DISK : Durability.OS));
        if (isSynced) {
          promised = List.copyOf(written);
        }
      }
      disk.cutTo(folder.resolve("cut"));
    }

    try (OpenStore store = new OpenStore(folder.resolve("cut"), new FaultyDisk())) {
      assertThat(store.queued(store.sessions().getFirst()))
          .startsWith(promised.toArray(new String[0]));
    }
    try (StoreFolder checked = StoreFolder.open(folder.resolve("cut"))) {
      assertThat(checked.check((_, _) -> {})).isEmpty();
    }
  }

  @Test
  void whatIsNotSyncedIsLostWithThePowerOnly() throws Exception {
    SyncedDisk disk = new SyncedDisk(folder.resolve("store"));
    try (OpenStore store = new OpenStore(folder.resolve("store"), disk)) {
      Session session = store.session("client");
      store.queue(session, OpenStore.message("synced"));
      store.commitAndAwait();
      disk.stop();
      store.queue(session, OpenStore.message("written"));
      store.await(store.commit(Durability.OS));
      disk.cutTo(folder.resolve("cut"));
      assertThat(store.queued(session)).containsExactly("synced", "written");
    }

    try (OpenStore store = new OpenStore(folder.resolve("cut"), new FaultyDisk())) {
      assertThat(store.queued(store.sessions().getFirst())).containsExactly("synced");
    }
  }

  @Test
  void aSyncEndsBeforeAnythingIsAcknowledgedAtDisk() throws Exception {
    SyncedDisk disk = new SyncedDisk(folder.resolve("store"));
    try (OpenStore store = new OpenStore(folder.resolve("store"), disk)) {
      Session session = store.session("client");
      for (int i = 0; i < 50; i++) {
        int before = disk.syncs();
        store.queue(session, OpenStore.message("message " + i));
        BooleanSupplier committed = store.commit();
        store.await(committed);
        assertThat(disk.syncs()).isGreaterThan(before);
      }
    }
  }
}
