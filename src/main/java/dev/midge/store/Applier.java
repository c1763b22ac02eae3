package dev.midge.store;

import dev.midge.packet.Utf8;
import dev.midge.store.Records.QueueRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Turns commands into changes of the families, gathered in one batch for a whole group. The same
/// commands on the same state make the same state. What a group writes and deletes again, as the
/// messages of clients that keep up, never gets into the batch. Writer thread only.
final class Applier {
  private static final byte[] NOTHING = {};

  private final Database database;
  private final List<Long> ended = new ArrayList<>();
  private Database.Position position;
  private long highest;

  /// The latest change of a retained message so far.
  private long latestChange;

  // What the group writes, unless it deletes it again.

  private final Map<Long, byte[]> sessions = new HashMap<>();
  private final Map<Long, byte[]> summaries = new HashMap<>();
  private final Map<Long, byte[]> handedOver = new HashMap<>();
  private final Map<Pair, byte[]> queued = new HashMap<>();
  private final Map<Pair, byte[]> sent = new HashMap<>();
  private final Set<Pair> released = new HashSet<>();
  private final Set<Pair> received = new HashSet<>();
  private final Map<Long, byte[]> messages = new HashMap<>();

  /// By how much the group changes the number of deliveries of a message.
  private final Map<Long, Integer> changes = new HashMap<>();

  /// By topic the number of the change in the group.
  private final Map<String, Long> retainedChanges = new HashMap<>();

  /// The number of a session, and a sequence number or packet identifier of it.
  private record Pair(long session, long second) {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    @Override
    public int hashCode() {
      return Long.hashCode((session * SPREAD + second) * SPREAD);
    }
  }

  Applier(Database database, Database.Position position) {
    this.database = database;
    this.position = position;
    this.highest = position.highest();
    this.latestChange = position.highest();
  }

  /// Begins a group.
  void begin() {
    sessions.clear();
    summaries.clear();
    handedOver.clear();
    queued.clear();
    sent.clear();
    released.clear();
    received.clear();
    messages.clear();
    changes.clear();
    ended.clear();
    retainedChanges.clear();
    highest = position.highest();
  }

  /// Adds what a list of commands changes to the batch of the group.
  void apply(byte[] commands, WriteBatch batch) throws RocksDBException {
    ByteReader from = new ByteReader(commands);
    while (from.hasMore()) {
      apply(Command.of(from.one()), from, batch);
    }
  }

  /// Adds to the batch what nothing in the group has made needless.
  void settle(WriteBatch batch) throws RocksDBException {
    countReferences(batch);
    putAll(Family.SESSION, sessions, batch);
    putAll(Family.SUMMARY, summaries, batch);
    putAll(Family.HANDOVER, handedOver, batch);
    for (Map.Entry<Pair, byte[]> entry : queued.entrySet()) {
      Pair key = entry.getKey();
      database.put(batch, Family.QUEUE, Keys.pair(key.session, key.second), entry.getValue());
    }
    for (Map.Entry<Pair, byte[]> entry : sent.entrySet()) {
      Pair key = entry.getKey();
      byte[] packet = Keys.packet(key.session, (int) key.second);
      database.put(batch, Family.INFLIGHT, packet, entry.getValue());
    }
    for (Pair key : released) {
      byte[] packet = Keys.released(key.session, (int) key.second);
      database.put(batch, Family.INFLIGHT, packet, NOTHING);
    }
    for (Pair key : received) {
      byte[] packet = Keys.packet(key.session, (int) key.second);
      database.put(batch, Family.RECEIVED, packet, NOTHING);
    }
  }

  private void putAll(Family family, Map<Long, byte[]> records, WriteBatch batch)
      throws RocksDBException {
    for (Map.Entry<Long, byte[]> entry : records.entrySet()) {
      database.put(batch, family, Keys.number(entry.getKey()), entry.getValue());
    }
  }

  /// Completes the batch of the group.
  Database.Position end(WriteBatch batch) throws RocksDBException {
    Database.Position next = new Database.Position(position.group() + 1, highest);
    database.position(batch, next);
    return next;
  }

  /// The group is written.
  void written(Database.Position next) {
    position = next;
  }

  /// The sessions that the group ended, of which only the record is gone.
  List<Long> ended() {
    return ended;
  }

  private void apply(Command command, ByteReader from, WriteBatch batch) throws RocksDBException {
    switch (command) {
      case SESSION -> sessions.put(given(from.number()), from.bytes());
      case ENDED -> end(from.number(), batch);
      case SUBSCRIBED -> {
        byte[] key = Keys.text(from.number(), from.bytes());
        database.put(batch, Family.SUBSCRIPTION, key, from.bytes());
      }
      case UNSUBSCRIBED ->
          database.delete(batch, Family.SUBSCRIPTION, Keys.text(from.number(), from.bytes()));
      case MESSAGE -> messages.put(given(from.number()), from.bytes());
      case QUEUED -> {
        Pair key = pair(from);
        changes.merge(from.number(), 1, Integer::sum);
        queued.put(key, from.bytes());
      }
      case SENT -> {
        Pair key = pair(from);
        sent.put(
            key, new ByteWriter(20).number(from.number()).number(given(from.number())).toBytes());
      }
      case RELEASED -> released.add(pair(from));
      case REMOVED -> remove(from, batch);
      case RECEIVED -> received.add(pair(from));
      case FORGOTTEN -> {
        Pair key = pair(from);
        if (!received.remove(key)) {
          byte[] packet = Keys.packet(key.session, (int) key.second);
          database.delete(batch, Family.RECEIVED, packet);
        }
      }
      case RETAINED -> {
        byte[] topic = from.bytes();
        long change = from.number();
        retain(topic, change, Records.retained(change, from.bytes()), batch);
      }
      case CLEARED -> {
        byte[] topic = from.bytes();
        long change = from.number();
        retain(topic, change, Records.cleared(change, from.number()), batch);
      }
      case SUMMARY -> summaries.put(from.number(), from.bytes());
      case HANDED_OVER -> handOver(given(from.number()), from.number(), from.bytes());
      case TAKEN -> {
        long handover = from.number();
        changes.merge(from.number(), -1, Integer::sum);
        if (handedOver.remove(handover) == null) {
          database.delete(batch, Family.HANDOVER, Keys.number(handover));
        }
      }
    }
  }

  /// Notes that a message is on its way.
  void handOver(long handover, long message, byte[] record) {
    changes.merge(message, 1, Integer::sum);
    handedOver.put(handover, record);
  }

  /// Loops write changes of a topic down in any order; the one that was made last stays. Whether
  /// what is kept is later is looked up only where that can be: never with one loop.
  private void retain(byte[] topic, long change, byte[] value, WriteBatch batch)
      throws RocksDBException {
    String key = Utf8.text(topic, 0, topic.length);
    Long before = retainedChanges.get(key);
    if (before == null) {
      byte[] kept = change > latestChange ? null : database.get(Family.RETAINED, topic);
      before = kept == null ? 0 : new ByteReader(kept).number();
    }
    latestChange = Math.max(latestChange, change);
    if (given(change) > before) {
      retainedChanges.put(key, change);
      database.put(batch, Family.RETAINED, topic, value);
    }
  }

  private static Pair pair(ByteReader from) {
    return new Pair(from.number(), from.number());
  }

  private void remove(ByteReader from, WriteBatch batch) throws RocksDBException {
    Pair key = pair(from);
    if (queued.remove(key) == null) {
      database.delete(batch, Family.QUEUE, Keys.pair(key.session, key.second));
    }
    changes.merge(from.number(), -1, Integer::sum);
    int packetId = from.count();
    Pair packet = new Pair(key.session, packetId);
    boolean isReleased = from.one() == 1;
    if (packetId != 0 && sent.remove(packet) == null) {
      database.delete(batch, Family.INFLIGHT, Keys.packet(key.session, packetId));
    }
    if (isReleased && !released.remove(packet)) {
      database.delete(batch, Family.INFLIGHT, Keys.released(key.session, packetId));
    }
  }

  /// What belongs to a session that ended may be a million deliveries: [Upkeep] deletes it in
  /// steps.
  private void end(long session, WriteBatch batch) throws RocksDBException {
    sessions.remove(session);
    database.delete(batch, Family.SESSION, Keys.number(session));
    database.put(batch, Family.META, Keys.ended(session), NOTHING);
    ended.add(session);
  }

  /// Deletes a delivery of a session that ended.
  void removeQueued(byte[] key, byte[] value, WriteBatch batch) throws RocksDBException {
    database.delete(batch, Family.QUEUE, key);
    QueueRecord queued = Records.queued(new ByteReader(value));
    changes.merge(queued.messageNumber(), -1, Integer::sum);
  }

  /// Writes the messages that came and are needed, deletes those that no delivery needs any more,
  /// and counts the deliveries of the others.
  private void countReferences(WriteBatch batch) throws RocksDBException {
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      byte[] key = Keys.number(change.getKey());
      byte[] record = messages.get(change.getKey());
      int before = record == null ? count(key) : 0;
      int count = before + change.getValue();
      if (record != null && count > 0) {
        database.put(batch, Family.MESSAGE, key, record);
      } else if (record == null && count <= 0) {
        database.delete(batch, Family.MESSAGE, key);
      }
      if (count > 1 && count != before) {
        database.put(batch, Family.REFERENCES, key, new ByteWriter(5).number(count).toBytes());
      } else if (count <= 1 && before > 1) {
        database.delete(batch, Family.REFERENCES, key);
      }
    }
  }

  private int count(byte[] messageKey) throws RocksDBException {
    byte[] kept = database.get(Family.REFERENCES, messageKey);
    return kept == null ? 1 : new ByteReader(kept).count();
  }

  private long given(long number) {
    highest = Math.max(highest, number);
    return number;
  }
}
