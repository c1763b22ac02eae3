package dev.midge.store;

import dev.midge.store.Database.Scan;
import dev.midge.store.Records.HandoverRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksDBException;

/// Looks whether what a database holds fits together: that everything can be read, and that what
/// refers to something finds it. What it takes of memory is eight bytes for each delivery. One
/// thread.
final class StoreCheck {
  private static final int PROBLEMS_MAX = 100;
  private static final byte[] START = {};

  private final Database database;
  private final Runnable step;
  private final List<String> problems = new ArrayList<>();

  /// The numbers of the messages that deliveries and handovers are of, one for each.
  private long[] referred = new long[1024];

  private int referredCount;

  /// Reads a key and its value; what it throws says that it cannot.
  private interface Reading {
    void read(byte[] key, ByteReader value) throws RocksDBException;
  }

  StoreCheck(Database database, Runnable step) {
    this.database = database;
    this.step = step;
  }

  /// Returns what does not fit, in words, up to a hundred.
  List<String> run() throws RocksDBException {
    each(Family.SESSION, (_, value) -> Records.session(value));
    each(
        Family.SUBSCRIPTION,
        (key, value) -> {
          Records.subscription("#", value);
          requireSession(key, "a subscription");
        });
    each(
        Family.SUMMARY,
        (key, value) -> {
          Records.summary(value);
          requireSession(key, "a summary");
        });
    each(Family.RETAINED, (_, value) -> Records.retained(value));
    each(Family.RECEIVED, (key, _) -> requireSession(key, "an identifier received"));
    each(
        Family.QUEUE,
        (key, value) -> {
          refer(Records.queued(value).messageNumber());
          requireSession(key, "a delivery");
        });
    each(
        Family.HANDOVER,
        (_, value) -> {
          HandoverRecord handover = Records.handover(value);
          refer(handover.messageNumber());
        });
    each(Family.INFLIGHT, this::inflight);
    messages();
    return problems;
  }

  private void each(Family family, Reading reading) throws RocksDBException {
    try (Scan scan = database.scan(family, START, null)) {
      for (; scan.isAtKey(); scan.advance()) {
        step.run();
        try {
          reading.read(scan.key(), new ByteReader(scan.value()));
        } catch (RuntimeException e) {
          problem("a record of '" + family.fileName() + "' cannot be understood: " + e);
        }
      }
    }
  }

  private void problem(String words) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(words);
    }
  }

  private void requireSession(byte[] key, String what) throws RocksDBException {
    long session = Keys.first(key);
    if (database.get(Family.SESSION, Keys.number(session)) == null
        && database.get(Family.META, Keys.ended(session)) == null) {
      problem(what + " is of session " + session + ", which is not there");
    }
  }

  private void inflight(byte[] key, ByteReader value) throws RocksDBException {
    boolean isRelease = key.length == Keys.released(0, 0).length;
    long session = Keys.first(key);
    byte[] found =
        isRelease
            ? database.get(Family.INFLIGHT, Keys.packet(session, Keys.packetId(key)))
            : database.get(Family.QUEUE, Keys.pair(session, value.number()));
    if (found == null && database.get(Family.META, Keys.ended(session)) == null) {
      problem("what is in flight of session " + session + " has no delivery");
    }
  }

  private void refer(long message) {
    if (referredCount == referred.length) {
      referred = Arrays.copyOf(referred, 2 * referredCount);
    }
    referred[referredCount++] = message;
  }

  /// Compares the messages with those that are referred to, both in the order of their numbers.
  private void messages() throws RocksDBException {
    Arrays.sort(referred, 0, referredCount);
    int[] at = {0};
    each(
        Family.MESSAGE,
        (key, value) -> {
          Records.message(value);
          long message = Keys.first(key);
          for (; at[0] < referredCount && referred[at[0]] < message; at[0]++) {
            problem("message " + referred[at[0]] + " is not there");
          }
          int count = 0;
          for (; at[0] < referredCount && referred[at[0]] == message; at[0]++) {
            count++;
          }
          requireCount(message, count);
        });
    for (; at[0] < referredCount; at[0]++) {
      problem("message " + referred[at[0]] + " is not there");
    }
  }

  private void requireCount(long message, int count) throws RocksDBException {
    byte[] record = database.get(Family.REFERENCES, Keys.number(message));
    int kept = record == null ? 1 : new ByteReader(record).count();
    if (kept != count) {
      problem("message " + message + " has " + count + " deliveries, and should have " + kept);
    }
  }
}
