package dev.midge.store;

import dev.midge.broker.Loop;
import dev.midge.broker.StateLog;
import dev.midge.broker.Store;
import dev.midge.broker.StoredHandover;
import dev.midge.broker.StoredRetained;
import dev.midge.broker.StoredSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.rocksdb.RocksDBException;

/// A store in a folder, held by one process at a time. Opened before the loops start, closed when
/// they have stopped.
public final class RocksStore implements Store, AutoCloseable {
  private final Path folder;
  private final Database database;
  private final DiskRoom room;
  private final StoreWriter writer;
  private final AtomicLong numbers;
  private final long changesBefore;

  private RocksStore(Path folder, Database database, DiskRoom room) throws RocksDBException {
    this.folder = folder;
    this.database = database;
    this.room = room;
    this.changesBefore = database.position().highest();
    this.numbers = new AtomicLong(changesBefore);
    this.writer = new StoreWriter(database, room);
  }

  /// Opens the store in a folder, which is made if need be.
  ///
  /// @param usedBytesMax how much of the disk it may take, or 0 for a share of what is there
  /// @throws StoreFailure if it cannot be opened, or another version of the program wrote it
  public static RocksStore open(Path folder, long usedBytesMax) {
    try {
      return open(folder, Disk.of(Files.createDirectories(folder)), usedBytesMax);
    } catch (IOException e) {
      throw new StoreFailure(folder + ": cannot be made (" + e.getMessage() + ").", e);
    }
  }

  /// The same on a disk that may be one of a test.
  static RocksStore open(Path folder, Disk disk, long usedBytesMax) {
    Database database = Database.open(folder, disk);
    try {
      return new RocksStore(folder, database, new DiskRoom(disk, usedBytesMax));
    } catch (RocksDBException e) {
      database.close();
      throw unreadable(folder, e);
    }
  }

  private static StoreFailure unreadable(Path folder, RocksDBException cause) {
    return new StoreFailure(folder + ": cannot be read (" + cause.getMessage() + ").", cause);
  }

  @Override
  public StateLog log(Loop loop) {
    return new LoopLog(loop, writer, room, numbers, changesBefore);
  }

  @Override
  public void sessions(Consumer<StoredSession> each) {
    try (SessionReader reader = new SessionReader(database)) {
      reader.readAll(each);
    } catch (RocksDBException e) {
      throw unreadable(folder, e);
    }
  }

  @Override
  public void retained(Consumer<StoredRetained> each) {
    try (Database.Scan scan = database.scan(Family.RETAINED, new byte[0], null)) {
      for (; scan.isAtKey(); scan.advance()) {
        StoredRetained stored = Records.retained(new ByteReader(scan.value())).stored();
        if (stored != null) {
          each.accept(stored);
        }
      }
    } catch (RocksDBException e) {
      throw unreadable(folder, e);
    }
  }

  @Override
  public void handovers(Consumer<StoredHandover> each) {
    try (Database.View view = database.view();
        Database.Scan scan = database.scan(Family.HANDOVER, new byte[0], null)) {
      QueueReader reader = new QueueReader(view);
      for (; scan.isAtKey(); scan.advance()) {
        each.accept(reader.handover(Keys.first(scan.key()), scan.value()));
      }
    } catch (RocksDBException e) {
      throw unreadable(folder, e);
    }
  }

  /// How much of the disk it took when that was last measured, in bytes. Any thread.
  public long usedBytes() {
    return room.usedBytes();
  }

  /// How much of the disk it may take, in bytes. Any thread.
  public long usedBytesMax() {
    return room.usedBytesMax();
  }

  /// How many keys a family has, found by going through it.
  long count(Family family) throws RocksDBException {
    return database.count(family);
  }

  /// Returns when all that was handed over is on disk.
  @Override
  public void close() {
    writer.close();
    database.close();
  }
}
