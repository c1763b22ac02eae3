package dev.midge.store;

import dev.midge.store.Database.Scan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The folder of a store as it was when this was opened, for reading, whether or not a server uses
/// it. One thread.
public final class StoreFolder implements AutoCloseable {
  /// Who is told how far something is that lasts.
  public interface Progress {
    /// So many are done of about so many.
    void at(long done, long about);
  }

  private static final int BATCH_BYTES = 1 << 20;
  private static final int PROGRESS_STEP = 10_000;
  private static final int LONGEST = 10;

  /// How often a server may delete what is being verified.
  private static final int FILES_GONE_MAX = 10;

  private final Path folder;
  private final Path scratch;
  private final Database database;

  private StoreFolder(Path folder, Path scratch, Database database) {
    this.folder = folder;
    this.scratch = scratch;
    this.database = database;
  }

  /// Opens a folder.
  ///
  /// @throws StoreFailure if there is no store, or another version of the program wrote it
  public static StoreFolder open(Path folder) {
    try {
      Path scratch = Files.createTempDirectory("midge-store");
      try {
        return new StoreFolder(folder, scratch, Database.openToRead(folder, scratch));
      } catch (StoreFailure e) {
        delete(scratch);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreFailure(folder + ": cannot be read (" + e + ").", e);
    }
  }

  /// What it holds.
  public StoreReport report() {
    try {
      List<StoreReport.Kind> kinds = new ArrayList<>();
      for (Family family : Family.values()) {
        kinds.add(
            new StoreReport.Kind(
                family.fileName(), database.estimate(family), database.fileBytes(family)));
      }
      Totals totals = new Totals();
      try (SessionReader reader = new SessionReader(database)) {
        reader.readAll(totals::add);
      }
      long retained = 0;
      try (Scan scan = database.scan(Family.RETAINED, new byte[0], null)) {
        for (; scan.isAtKey(); scan.advance()) {
          retained += Records.retained(new ByteReader(scan.value())).stored() == null ? 0 : 1;
        }
      }
      return new StoreReport(
          kinds,
          totals.sessions,
          totals.count,
          totals.bytes,
          totals.inflight,
          retained,
          totals.longest);
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
  }

  private static final class Totals {
    private long sessions;
    private long count;
    private long bytes;
    private long inflight;
    private final List<StoreReport.Queue> longest = new ArrayList<>();

    void add(dev.midge.broker.StoredSession session) {
      sessions++;
      count += session.queuedCount();
      bytes += session.queuedBytes();
      inflight += session.inflightCount();
      if (session.queuedCount() > 0) {
        longest.add(
            new StoreReport.Queue(
                session.clientId(), session.queuedCount(), session.queuedBytes()));
        longest.sort(Comparator.comparingInt(StoreReport.Queue::count).reversed());
        if (longest.size() > LONGEST) {
          longest.removeLast();
        }
      }
    }
  }

  /// Reads everything, and returns what does not fit together, in words; nothing when all does.
  public List<String> check(Progress progress) {
    try {
      verify();
      return new StoreCheck(database, step(progress)).run();
    } catch (RocksDBException e) {
      return List.of("a file is damaged: " + e.getMessage());
    }
  }

  /// A server that uses the folder deletes files whose records it has written to others: one that
  /// is gone is missing only if it is still wanted after that.
  private void verify() throws RocksDBException {
    for (int left = FILES_GONE_MAX; ; left--) {
      try {
        database.verify();
        return;
      } catch (RocksDBException e) {
        if (left == 0 || !String.valueOf(e.getMessage()).contains("No such file")) {
          throw e;
        }
        database.catchUp();
      }
    }
  }

  /// Copies all that is kept into a folder that is not there yet.
  ///
  /// @throws StoreFailure if it is there, or cannot be written
  public void copyTo(Path target, Progress progress) {
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      if (Files.exists(target)) {
        throw new StoreFailure(target + ": is there already.", null);
      }
      delete(part);
      Files.createDirectories(part);
      try (Database copy = Database.make(part)) {
        copyTo(copy, step(progress));
        copy.sync();
      }
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (RocksDBException | IOException e) {
      throw new StoreFailure(target + ": cannot be written (" + e.getMessage() + ").", e);
    }
  }

  private void copyTo(Database copy, Runnable step) throws RocksDBException {
    for (Family family : Family.values()) {
      try (Scan scan = database.scan(family, new byte[0], null)) {
        while (scan.isAtKey()) {
          try (WriteBatch batch = new WriteBatch()) {
            for (; scan.isAtKey() && batch.getDataSize() < BATCH_BYTES; scan.advance()) {
              copy.put(batch, family, scan.key(), scan.value());
              step.run();
            }
            copy.write(batch, false);
          }
        }
      }
    }
  }

  private Runnable step(Progress progress) {
    long about = 0;
    try {
      for (Family family : Family.values()) {
        about += database.estimate(family);
      }
    } catch (RocksDBException e) {
      throw unreadable(e);
    }
    long all = about;
    long[] done = {0};
    return () -> {
      if (++done[0] % PROGRESS_STEP == 0) {
        progress.at(done[0], Math.max(done[0], all));
      }
    };
  }

  private StoreFailure unreadable(RocksDBException e) {
    return new StoreFailure(folder + ": cannot be read (" + e.getMessage() + ").", e);
  }

  /// Deletes a folder of files, and folders of files in it, if it is there.
  public static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    database.close();
    delete(scratch);
  }
}
