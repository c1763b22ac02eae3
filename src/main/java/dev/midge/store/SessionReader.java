package dev.midge.store;

import dev.midge.broker.StoredSession;
import dev.midge.broker.StoredSession.StoredSubscription;
import dev.midge.packet.Utf8;
import dev.midge.store.Database.Scan;
import dev.midge.store.Records.SessionRecord;
import dev.midge.store.Records.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.rocksdb.RocksDBException;

/// Reads all sessions, going through each family once, side by side: what it takes depends on how
/// many sessions there are, not on how much waits for them. One thread.
final class SessionReader implements AutoCloseable {
  private static final byte[] START = {};

  private final Scan sessions;
  private final Scan subscriptions;
  private final Scan summaries;
  private final Scan received;

  SessionReader(Database database) {
    this.sessions = database.scan(Family.SESSION, START, null);
    this.subscriptions = database.scan(Family.SUBSCRIPTION, START, null);
    this.summaries = database.scan(Family.SUMMARY, START, null);
    this.received = database.scan(Family.RECEIVED, START, null);
  }

  /// Hands on all sessions in the order of their numbers.
  void readAll(Consumer<StoredSession> each) throws RocksDBException {
    for (; sessions.isAtKey(); sessions.advance()) {
      each.accept(session());
    }
  }

  private StoredSession session() throws RocksDBException {
    long number = Keys.first(sessions.key());
    SessionRecord session = Records.session(new ByteReader(sessions.value()));
    Summary summary =
        isAt(summaries, number)
            ? Records.summary(new ByteReader(summaries.value()))
            : Summary.EMPTY;
    return new StoredSession(
        number,
        session.clientId(),
        session.terms(),
        session.expirySeconds(),
        session.will(),
        subscriptions(number),
        received(number),
        summary.inflightCount(),
        summary.inflightBytes(),
        summary.queuedFrom(),
        summary.queuedCount(),
        summary.queuedBytes(),
        summary.lastSequence());
  }

  private List<StoredSubscription> subscriptions(long number) throws RocksDBException {
    List<StoredSubscription> found = new ArrayList<>();
    for (; isAt(subscriptions, number); subscriptions.advance()) {
      byte[] key = subscriptions.key();
      String filter = Utf8.text(key, Long.BYTES, key.length - Long.BYTES);
      found.add(Records.subscription(filter, new ByteReader(subscriptions.value())));
    }
    return found;
  }

  private int[] received(long number) throws RocksDBException {
    IntStream.Builder found = IntStream.builder();
    for (; isAt(received, number); received.advance()) {
      found.add(Keys.packetId(received.key()));
    }
    return found.build().toArray();
  }

  /// Whether the scan, which leaves what belongs to sessions before this one behind, is at
  /// something of this one.
  private static boolean isAt(Scan scan, long number) throws RocksDBException {
    while (scan.isAtKey() && Keys.first(scan.key()) < number) {
      scan.advance();
    }
    return scan.isAtKey() && Keys.first(scan.key()) == number;
  }

  @Override
  public void close() {
    sessions.close();
    subscriptions.close();
    summaries.close();
    received.close();
  }
}
