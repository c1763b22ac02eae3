package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/// What becomes of a fetch while the database cannot be opened again after a failure.
final class StoreReaderTest {
  private static final int TRIES = 50;

  @TempDir private Path temporary;
  private final FaultyDisk disk = new FaultyDisk();
  private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

  private Database open() throws Exception {
    return Database.open(Files.createDirectory(temporary.resolve("store")), disk);
  }

  private void fetch(StoreReader reader) {
    reader.hand(
        new StoreWriter.Work.Fetch(
            queues -> {
              assertThat(queues.queued(1, 0, Long.MAX_VALUE, null, 10, 10)).isEmpty();
              told.add("found");
            },
            () -> told.add("failed")));
  }

  private void failToReopen(Database database, StoreReader reader) {
    disk.failWhen(step -> step == Disk.Step.OPEN, 1);
    assertThatThrownBy(() -> reader.whileIdle(database::reopen))
        .isInstanceOf(RocksDBException.class);
  }

  @Test
  void itWaitsHoweverOftenOpeningFails() throws Exception {
    try (Database database = open();
        StoreReader reader = new StoreReader(database)) {
      failToReopen(database, reader);
      fetch(reader);
      for (int i = 0; i < TRIES; i++) {
        failToReopen(database, reader);
      }
      assertThat(told).isEmpty();

      disk.heal();
      reader.whileIdle(database::reopen);
      assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("found");
    }
  }

  @Test
  void itFailsWhenTheServerStopsBeforeOpeningSucceeds() throws Exception {
    try (Database database = open()) {
      try (StoreReader reader = new StoreReader(database)) {
        failToReopen(database, reader);
        fetch(reader);
      }
      assertThat(told).containsExactly("failed");
    }
  }
}
