package dev.midge.store;

import dev.midge.packet.Utf8;
import dev.midge.store.Records.QueueRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/// Turns commands into changes of the families, gathered in one batch for a whole group. The same
/// commands on the same state make the same changes. Writer thread only.
final class Applier {
  private static final byte[] NOTHING = {};

  private final Database database;
  private final List<Long> ended = new ArrayList<>();
  private Database.Position position;
  private long highest;

  /// By how much the number of deliveries of a message changed, in the list that is being applied.
  private final Map<Long, Integer> changes = new LinkedHashMap<>();

  /// The messages that came with that list.
  private final Map<Long, byte[]> fresh = new HashMap<>();

  /// How many deliveries messages have when the group is written, where that differs from what is
  /// kept.
  private final Map<Long, Integer> counts = new HashMap<>();

  /// What was handed over in the group and not taken.
  private final Map<Long, byte[]> handedOver = new LinkedHashMap<>();

  /// By topic the number of the change in the group.
  private final Map<String, Long> retainedChanges = new HashMap<>();

  Applier(Database database, Database.Position position) {
    this.database = database;
    this.position = position;
    this.highest = position.highest();
  }

  /// Begins a group.
  void begin() {
    changes.clear();
    fresh.clear();
    counts.clear();
    ended.clear();
    handedOver.clear();
    retainedChanges.clear();
    highest = position.highest();
  }

  /// Adds what a list of commands changes to the batch of the group.
  void apply(byte[] commands, WriteBatch batch) throws RocksDBException {
    ByteReader from = new ByteReader(commands);
    while (from.hasMore()) {
      apply(Command.of(from.one()), from, batch);
    }
    countReferences(batch);
  }

  /// Adds what is in the batch only if nothing later in the group has made it needless.
  void settle(WriteBatch batch) throws RocksDBException {
    for (Map.Entry<Long, byte[]> handover : handedOver.entrySet()) {
      database.put(batch, Family.HANDOVER, Keys.number(handover.getKey()), handover.getValue());
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
      case SESSION -> {
        long number = given(from.number());
        database.put(batch, Family.SESSION, Keys.number(number), from.bytes());
      }
      case ENDED -> end(from.number(), batch);
      case SUBSCRIBED -> {
        byte[] key = Keys.text(from.number(), from.bytes());
        database.put(batch, Family.SUBSCRIPTION, key, from.bytes());
      }
      case UNSUBSCRIBED ->
          database.delete(batch, Family.SUBSCRIPTION, Keys.text(from.number(), from.bytes()));
      case MESSAGE -> fresh.put(given(from.number()), from.bytes());
      case QUEUED -> {
        byte[] key = Keys.pair(from.number(), from.number());
        changes.merge(from.number(), 1, Integer::sum);
        database.put(batch, Family.QUEUE, key, from.bytes());
      }
      case SENT -> {
        byte[] key = Keys.packet(from.number(), from.count());
        byte[] value =
            new ByteWriter(20).number(from.number()).number(given(from.number())).toBytes();
        database.put(batch, Family.INFLIGHT, key, value);
      }
      case RELEASED ->
          database.put(batch, Family.INFLIGHT, Keys.released(from.number(), from.count()), NOTHING);
      case REMOVED -> remove(from, batch);
      case RECEIVED ->
          database.put(batch, Family.RECEIVED, Keys.packet(from.number(), from.count()), NOTHING);
      case FORGOTTEN ->
          database.delete(batch, Family.RECEIVED, Keys.packet(from.number(), from.count()));
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
      case SUMMARY -> database.put(batch, Family.SUMMARY, Keys.number(from.number()), from.bytes());
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

  /// Loops write changes of a topic down in any order; the one that was made last stays.
  private void retain(byte[] topic, long change, byte[] value, WriteBatch batch)
      throws RocksDBException {
    String key = Utf8.text(topic, 0, topic.length);
    Long before = retainedChanges.get(key);
    if (before == null) {
      byte[] kept = database.get(Family.RETAINED, topic);
      before = kept == null ? 0 : new ByteReader(kept).number();
    }
    if (given(change) > before) {
      retainedChanges.put(key, change);
      database.put(batch, Family.RETAINED, topic, value);
    }
  }

  private void remove(ByteReader from, WriteBatch batch) throws RocksDBException {
    long session = from.number();
    database.delete(batch, Family.QUEUE, Keys.pair(session, from.number()));
    changes.merge(from.number(), -1, Integer::sum);
    int packetId = from.count();
    boolean released = from.one() == 1;
    if (packetId != 0) {
      database.delete(batch, Family.INFLIGHT, Keys.packet(session, packetId));
    }
    if (released) {
      database.delete(batch, Family.INFLIGHT, Keys.released(session, packetId));
    }
  }

  /// What belongs to a session that ended may be a million deliveries: [Upkeep] deletes it in
  /// steps.
  private void end(long session, WriteBatch batch) throws RocksDBException {
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

  /// Deletes the messages that no delivery needs any more, and counts those of the others.
  void countReferences(WriteBatch batch) throws RocksDBException {
    for (Map.Entry<Long, Integer> change : changes.entrySet()) {
      long message = change.getKey();
      byte[] key = Keys.number(message);
      byte[] record = fresh.get(message);
      int before = record == null ? count(message, key) : 0;
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
      counts.put(message, count);
    }
    changes.clear();
    fresh.clear();
  }

  private int count(long message, byte[] key) throws RocksDBException {
    Integer known = counts.get(message);
    if (known != null) {
      return known;
    }
    byte[] kept = database.get(Family.REFERENCES, key);
    return kept == null ? 1 : new ByteReader(kept).count();
  }

  private long given(long number) {
    highest = Math.max(highest, number);
    return number;
  }
}
