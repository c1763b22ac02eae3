package dev.midge.store;

import dev.midge.broker.Durability;
import dev.midge.broker.Loop;
import dev.midge.broker.StateLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// The one thread that writes. It takes all that loops have handed over, writes it as one group
/// with one sync, and then tells the loops. What cannot be written is kept and tried again: nothing
/// of it is acknowledged until then.
final class StoreWriter implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.store");

  /// Loops should slow down when more than this was handed over and is not written.
  private static final long BEHIND_BYTES_HIGH =
      Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32);

  private static final long BEHIND_BYTES_LOW = BEHIND_BYTES_HIGH / 2;
  private static final long GROUP_BYTES_MAX = 8L << 20;

  /// What was written without a sync is synced within this time, and a second with what a sync
  /// takes.
  private static final long SYNC_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /// What fails is tried again after this time, then after twice that, up to a second.
  private static final long RETRY_MILLIS_MIN = 8;

  private static final long RETRY_MILLIS_MAX = 1000;
  private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  /// How often what was written is moved from the logs of writes to files, if it is as much as
  /// this, so that the logs do not stay when all has been drained.
  private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final long FLUSH_BYTES_MIN = 4L << 20;

  /// How often a write that fails is tried again when the server stops.
  private static final int LAST_RETRIES = 3;

  /// Something for the thread to do.
  sealed interface Work {
    /// What a loop wrote in one turn.
    record Commit(
        Loop loop, byte[] commands, Durability durability, Runnable committed, Runnable failed)
        implements Work {}

    /// Reading that sees all that was handed over before.
    record Fetch(Reading reading, Runnable failed) implements Work {}

    /// There will be no more.
    record Stop() implements Work {}
  }

  /// What reads for a fetch, and hands on what it found.
  interface Reading {
    void read(QueueReader reader) throws RocksDBException;
  }

  private final Database database;
  private final Applier applier;
  private final Upkeep upkeep;
  private final StoreReader reader;
  private final DiskRoom room;
  private final LinkedBlockingQueue<Work> works = new LinkedBlockingQueue<>();
  private final AtomicLong backlogBytes = new AtomicLong();

  /// What of the group that is being written cannot be.
  private final Set<Work.Commit> unusable = Collections.newSetFromMap(new IdentityHashMap<>());

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "store-writer");
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile boolean behind;
  private volatile boolean failing;

  /// When the first write since the last sync was, or null when there was none.
  private @Nullable Long unsyncedSinceNanos;

  /// How much was written since the room was measured, in bytes.
  private long unmeasuredBytes;

  /// How much was written since the last flush, in bytes.
  private long unflushedBytes;

  private long flushedNanos = System.nanoTime();
  private long loggedNanos = System.nanoTime() - LOG_NANOS;
  private long sweptNanos = System.nanoTime();
  private long retryMillis = RETRY_MILLIS_MIN;
  private int lastRetries = LAST_RETRIES;

  StoreWriter(Database database, DiskRoom room) throws RocksDBException {
    this.database = database;
    this.room = room;
    this.applier = new Applier(database, database.position());
    this.upkeep = new Upkeep(database);
    this.reader = new StoreReader(database);
  }

  /// Hands over what a loop wrote. Any thread; never blocks.
  void hand(Work.Commit commit) {
    if (backlogBytes.addAndGet(commit.commands.length) > BEHIND_BYTES_HIGH) {
      behind = true;
    }
    add(commit);
  }

  /// Has something read after all that was handed over before. Any thread; never blocks.
  void hand(Work.Fetch fetch) {
    add(fetch);
  }

  /// The thread starts with the first work: until then others may read.
  private void add(Work work) {
    works.add(work);
    if (!started.get() && started.compareAndSet(false, true)) {
      thread.start();
    }
  }

  /// How much was handed over and is not written, in bytes. Any thread.
  long backlogBytes() {
    return backlogBytes.get();
  }

  /// Whether loops should slow down. Any thread.
  boolean isBehind() {
    return behind || failing;
  }

  /// Returns when all that was handed over is on disk and all that was asked for is read, or that
  /// has failed for good.
  @Override
  public void close() {
    stopping.countDown();
    add(new Work.Stop());
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    reader.close();
  }

  private void run() {
    List<Work> group = new ArrayList<>();
    boolean more = true;
    while (more) {
      try {
        gather(group);
        more = group.isEmpty() || !(group.getLast() instanceof Work.Stop);
        process(group);
        keepUp(!more);
      } catch (InterruptedException | GaveUp e) {
        LOG.errorf("stopped without writing the last %d bytes of changes", backlogBytes.get());
        return;
      } catch (RuntimeException e) {
        LOG.error("internal error in the store", e);
      }
    }
  }

  /// Waits for something to do, and takes all that is there, up to a size.
  private void gather(List<Work> group) throws InterruptedException {
    group.clear();
    long waitNanos = upkeep.isDue() ? 0 : SYNC_NANOS / 2;
    Work next = works.poll(waitNanos, TimeUnit.NANOSECONDS);
    long bytes = 0;
    while (next != null) {
      group.add(next);
      bytes += next instanceof Work.Commit commit ? commit.commands.length : 0;
      next = bytes < GROUP_BYTES_MAX && !(next instanceof Work.Stop) ? works.poll() : null;
    }
  }

  private void process(List<Work> group) throws GaveUp {
    List<Work.Commit> commits = new ArrayList<>();
    List<Work.Commit> unwritten = new ArrayList<>();
    boolean sync = false;
    for (Work work : group) {
      switch (work) {
        case Work.Commit commit -> {
          commits.add(commit);
          unwritten.add(commit);
          sync |= commit.durability == Durability.DISK;
        }
        case Work.Fetch fetch -> {
          write(unwritten, false);
          unwritten.clear();
          reader.hand(fetch);
        }
        case Work.Stop _ -> {}
      }
    }
    write(unwritten, sync);
    if (sync && unwritten.isEmpty()) {
      sync();
    }
    for (Work.Commit commit : commits) {
      done(commit, unusable.remove(commit) ? commit.failed : commit.committed);
    }
  }

  private void write(List<Work.Commit> commits, boolean sync) throws GaveUp {
    List<Work.Commit> usable = new ArrayList<>(commits);
    while (!usable.isEmpty()) {
      try {
        write(batch -> apply(usable, batch), sync);
        applier.ended().forEach(upkeep::ended);
        return;
      } catch (Unusable e) {
        LOG.error("internal error in the store: changes that nobody understands are lost", e);
        usable.remove(e.commit);
        unusable.add(e.commit);
      }
    }
  }

  private void apply(List<Work.Commit> commits, WriteBatch batch) throws RocksDBException {
    for (Work.Commit commit : commits) {
      try {
        applier.apply(commit.commands, batch);
      } catch (RuntimeException e) {
        throw new Unusable(commit, e);
      }
    }
  }

  private void done(Work.Commit commit, Runnable answer) {
    int length = commit.commands.length;
    unmeasuredBytes += length;
    if (backlogBytes.addAndGet(-length) < BEHIND_BYTES_LOW) {
      behind = false;
    }
    execute(commit.loop, answer);
  }

  /// Does a task on a loop, if the loop is still there.
  static void execute(Loop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopped) {
      LOG.debug("a loop stopped before it was told what is kept", stopped);
    }
  }

  /// Syncs when it is time, and does what can be done at any time.
  private void keepUp(boolean last) throws GaveUp {
    long nowNanos = System.nanoTime();
    if (upkeep.isDue() && !last) {
      write(batch -> upkeep.advance(applier, batch), false);
      upkeep.advanced();
    }
    if (unmeasuredBytes > room.stepBytes()) {
      measureRoom();
    }
    if (nowNanos - sweptNanos > SWEEP_NANOS && !last) {
      sweptNanos = nowNanos;
      measureRoom();
      write(batch -> upkeep.sweep(System.currentTimeMillis(), batch), false);
    }
    if (unflushedBytes > FLUSH_BYTES_MIN && nowNanos - flushedNanos > FLUSH_NANOS && !last) {
      flushedNanos = nowNanos;
      flush();
    }
    if (unsyncedSinceNanos != null && (last || nowNanos - unsyncedSinceNanos > SYNC_NANOS)) {
      sync();
    }
  }

  private void flush() {
    try {
      database.flush();
      unflushedBytes = 0;
    } catch (RocksDBException e) {
      LOG.debug("what is not flushed now is so later", e);
    }
  }

  private void measureRoom() {
    unmeasuredBytes = 0;
    if (room.measure()) {
      String sizes =
          "%d of %d MiB are used".formatted(room.usedBytes() >> 20, room.usedBytesMax() >> 20);
      switch (room.now()) {
        case PLENTY -> LOG.infof("there is room on disk again: %s", sizes);
        case LITTLE -> LOG.warnf("little room on disk: %s; nothing new is retained", sizes);
        case NONE ->
            LOG.errorf(
                "no room on disk: %s, and %d MiB of it are kept free; messages that would have to"
                    + " be kept are refused",
                sizes, room.keptFreeBytes() >> 20);
      }
    }
    if (room.now() != StateLog.Room.PLENTY) {
      database.compact(); // What was deleted takes room until then.
    }
  }

  /// Fills a batch.
  private interface Filling {
    void fill(WriteBatch batch) throws RocksDBException;
  }

  /// Writes one group, however often that has to be tried.
  private void write(Filling filling, boolean sync) throws GaveUp {
    Database.@Nullable Position tried = null;
    while (true) {
      try (WriteBatch batch = new WriteBatch()) {
        if (failing) {
          reader.whileIdle(database::reopen);
          if (tried != null && database.position().equals(tried)) {
            applier.written(tried); // The write failed, and took effect all the same.
            sync();
            return;
          }
        }
        applier.begin();
        filling.fill(batch);
        applier.settle(batch);
        if (batch.count() > 0) {
          tried = applier.end(batch);
          database.write(batch, sync);
          applier.written(tried);
          unflushedBytes += batch.getDataSize();
          noteSync(sync);
        }
        recovered();
        if (sync && unsyncedSinceNanos != null) {
          sync(); // What was written before must not be less durable than what needs no writing.
        }
        return;
      } catch (Unusable e) {
        throw e;
      } catch (RocksDBException | RuntimeException e) {
        failed("cannot write", e);
      }
    }
  }

  private void sync() throws GaveUp {
    while (true) {
      try {
        if (failing) {
          reader.whileIdle(database::reopen);
        }
        database.sync();
        noteSync(true);
        recovered();
        return;
      } catch (RocksDBException | RuntimeException e) {
        failed("cannot sync", e);
      }
    }
  }

  private void noteSync(boolean synced) {
    if (synced) {
      unsyncedSinceNanos = null;
    } else if (unsyncedSinceNanos == null) {
      unsyncedSinceNanos = System.nanoTime();
    }
  }

  /// Waits a while before something is tried again.
  private void failed(String what, Exception failure) throws GaveUp {
    failing = true;
    log(what, failure);
    try {
      boolean isStopping = stopping.await(retryMillis, TimeUnit.MILLISECONDS);
      retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
      if (isStopping && lastRetries-- == 0) {
        throw new GaveUp(failure);
      }
    } catch (InterruptedException e) {
      throw new GaveUp(e);
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      retryMillis = RETRY_MILLIS_MIN;
      LOG.info("writing again; nothing that was acknowledged is lost");
    }
  }

  private void log(String what, Exception failure) {
    if (System.nanoTime() - loggedNanos >= LOG_NANOS) {
      loggedNanos = System.nanoTime();
      LOG.errorf("%s: %s; what is not written is not acknowledged", what, failure.getMessage());
    }
  }

  /// Changes that a loop wrote in a way that cannot be understood.
  private static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Work.Commit commit;

    Unusable(Work.Commit commit, RuntimeException cause) {
      super(cause);
      this.commit = commit;
    }
  }

  /// The server stops, and what is left cannot be written.
  private static final class GaveUp extends Exception {
    private static final long serialVersionUID = 1;

    GaveUp(Exception cause) {
      super(cause);
    }
  }
}
