package dev.midge.store;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.rocksdb.RocksDBException;

/// The one thread that reads what waits for clients, beside the one that writes: it finds all that
/// was written when it was asked. While the database is closed, because it could not be opened
/// again after a failure, it waits.
final class StoreReader implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.store");

  private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Database database;
  private long loggedNanos = System.nanoTime() - LOG_NANOS;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("store-reader").factory());

  /// Held while something is read, and while the database may not be.
  private final ReentrantLock reading = new ReentrantLock();

  /// The database may be open again, or this is to close.
  private final Condition changed = reading.newCondition();

  private boolean isClosing;

  StoreReader(Database database) {
    this.database = database;
  }

  /// Something that may fail.
  interface Task {
    void run() throws RocksDBException;
  }

  /// Has something read. Writer thread only.
  void hand(StoreWriter.Work.Fetch fetch) {
    thread.execute(() -> read(fetch));
  }

  /// Does something while nothing is read.
  void whileIdle(Task task) throws RocksDBException {
    reading.lock();
    try {
      task.run();
      changed.signalAll();
    } finally {
      reading.unlock();
    }
  }

  private void read(StoreWriter.Work.Fetch fetch) {
    reading.lock();
    try {
      while (!database.isOpen() && !isClosing) {
        changed.awaitUninterruptibly();
      }
      try (Database.View view = database.view()) {
        fetch.reading().read(new QueueReader(view));
      }
    } catch (RocksDBException | RuntimeException e) {
      log(e);
      fetch.failed().run();
    } finally {
      reading.unlock();
    }
  }

  private void log(Exception failure) {
    if (System.nanoTime() - loggedNanos >= LOG_NANOS) {
      loggedNanos = System.nanoTime();
      LOG.errorf("cannot read what waits for clients: %s", failure.getMessage());
    }
  }

  /// Returns when all that was asked for is read, or has failed because the database is closed for
  /// good.
  @Override
  public void close() {
    reading.lock();
    try {
      isClosing = true;
      changed.signalAll();
    } finally {
      reading.unlock();
    }
    thread.close();
  }
}
