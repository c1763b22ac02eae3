package dev.midge.store;

import dev.midge.broker.StoredRetained;
import dev.midge.store.Database.Scan;
import dev.midge.store.Records.RetainedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Deletes, a little at a time, what nobody needs any more: all that belongs to sessions that
/// ended, and retained messages that have expired. Writer thread only.
final class Upkeep {
  private static final int STEP = 1000;

  /// How long after its expiry a retained message is deleted: no clock of the broker is later; and
  /// for how long it is known that one was cleared: no turn of a loop takes longer.
  private static final long GRACE_MILLIS = 60_000;

  private static final byte[] START = {};

  private final Database database;
  private final Deque<Long> ended = new ArrayDeque<>();

  /// Up to where the queue of the first of them is deleted, and will be when the step is written.
  private long sequence;

  private long nextSequence;

  /// Whether nothing of the first will be left when the step is written.
  private boolean isLastStep;

  /// The topic at which the next step looks for expired messages.
  private byte[] topic = START;

  Upkeep(Database database) throws RocksDBException {
    this.database = database;
    try (Scan scan = database.scan(Family.META, Keys.ended(0), Keys.ended(-1))) {
      for (; scan.isAtKey(); scan.advance()) {
        ended.add(Keys.endedSession(scan.key()));
      }
    }
  }

  /// A session ended.
  void ended(long session) {
    ended.add(session);
  }

  /// Whether a session ended of which there is something left.
  boolean isDue() {
    return !ended.isEmpty();
  }

  /// Adds the next step for the session that ended first to a batch.
  void advance(Applier applier, WriteBatch batch) throws RocksDBException {
    long session = ended.element();
    byte[] end = Keys.number(session + 1);
    int count = 0;
    try (Scan scan = database.scan(Family.QUEUE, Keys.pair(session, sequence), end)) {
      for (; count < STEP && scan.isAtKey(); scan.advance(), count++) {
        applier.removeQueued(scan.key(), scan.value(), batch);
        nextSequence = Keys.second(scan.key()) + 1;
      }
    }
    isLastStep = count < STEP;
    if (isLastStep) {
      deleteRest(session, batch);
    }
  }

  /// The step is written.
  void advanced() {
    sequence = nextSequence;
    if (isLastStep) {
      ended.remove();
      sequence = 0;
    }
  }

  private void deleteRest(long session, WriteBatch batch) throws RocksDBException {
    deleteAll(Family.INFLIGHT, session, batch);
    deleteAll(Family.RECEIVED, session, batch);
    deleteAll(Family.SUBSCRIPTION, session, batch);
    deleteAll(Family.SUMMARY, session, batch);
    database.delete(batch, Family.META, Keys.ended(session));
  }

  private void deleteAll(Family family, long session, WriteBatch batch) throws RocksDBException {
    try (Scan scan = database.scan(family, Keys.number(session), Keys.number(session + 1))) {
      for (; scan.isAtKey(); scan.advance()) {
        database.delete(batch, family, scan.key());
      }
    }
  }

  /// Adds the deletion of retained messages that have expired to a batch: of a few of them at each
  /// call.
  void sweep(long nowMillis, WriteBatch batch) throws RocksDBException {
    try (Scan scan = database.scan(Family.RETAINED, topic, null)) {
      for (int i = 0; i < STEP && scan.isAtKey(); i++, scan.advance()) {
        if (isOver(Records.retained(new ByteReader(scan.value())), nowMillis - GRACE_MILLIS)) {
          database.delete(batch, Family.RETAINED, scan.key());
        }
      }
      topic = scan.isAtKey() ? scan.key() : START;
    }
  }

  private static boolean isOver(RetainedRecord retained, long sinceMillis) {
    StoredRetained stored = retained.stored();
    return stored == null
        ? retained.clearedMillis() <= sinceMillis
        : stored.message().isExpired(sinceMillis);
  }
}
