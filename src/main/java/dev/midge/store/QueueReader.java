package dev.midge.store;

import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover;
import dev.midge.packet.Message;
import dev.midge.store.Records.HandoverRecord;
import dev.midge.store.Records.QueueRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/// Reads deliveries as they were at one moment. One thread.
final class QueueReader {
  private final Database.View database;

  QueueReader(Database.View database) {
    this.database = database;
  }

  /// The deliveries that wait, from one sequence number to another.
  ///
  /// @param to the last that there was when `sent` was true: what came later may be sent already
  /// @param sent the sequence numbers of those that do not wait any more, or null to find them out
  /// @param bytesMax ends with the one that makes this full
  List<StoredDelivery> queued(
      long session, long from, long to, @Nullable Set<Long> sent, int countMax, long bytesMax)
      throws RocksDBException {
    Set<Long> passed = sent == null ? sentSequences(session) : sent;
    List<StoredDelivery> found = new ArrayList<>();
    long bytes = 0;
    try (Database.Scan scan =
        database.scan(Family.QUEUE, Keys.pair(session, from), Keys.pair(session, to + 1))) {
      while (scan.isAtKey() && found.size() < countMax && bytes < bytesMax) {
        long sequence = Keys.second(scan.key());
        if (!passed.contains(sequence)) {
          QueueRecord queued = Records.queued(new ByteReader(scan.value()));
          Message message = message(queued.messageNumber());
          found.add(queued.with(message, sequence, 0, 0, false));
          bytes += message.sizeBytes();
        }
        scan.advance();
      }
    }
    return found;
  }

  /// The deliveries that were sent and not acknowledged to the end, from a packet identifier on.
  ///
  /// @param bytesMax ends with the one that makes this full
  List<StoredDelivery> inflight(long session, int from, int countMax, long bytesMax)
      throws RocksDBException {
    List<StoredDelivery> found = new ArrayList<>();
    long bytes = 0;
    try (Database.Scan scan =
        database.scan(Family.INFLIGHT, Keys.packet(session, from), Keys.number(session + 1))) {
      while (scan.isAtKey() && found.size() < countMax && bytes < bytesMax) {
        int packetId = Keys.packetId(scan.key());
        ByteReader value = new ByteReader(scan.value());
        long sequence = value.number();
        long order = value.number();
        scan.advance();
        boolean released = scan.isAtKey() && isReleased(scan.key(), packetId);
        if (released) {
          scan.advance();
        }
        byte[] record = database.get(Family.QUEUE, Keys.pair(session, sequence));
        if (record == null) {
          throw new StoreFailure("a delivery in flight has no record", null);
        }
        QueueRecord queued = Records.queued(new ByteReader(record));
        Message message = message(queued.messageNumber());
        found.add(queued.with(message, sequence, packetId, order, released));
        bytes += message.sizeBytes();
      }
    }
    return found;
  }

  /// A message on its way from loop to loop.
  StoredHandover handover(long number, byte[] value) throws RocksDBException {
    HandoverRecord record = Records.handover(new ByteReader(value));
    return new StoredHandover(
        new StateLog.Handover(number, record.messageNumber()),
        message(record.messageNumber()),
        record.group(),
        record.receivers());
  }

  private Set<Long> sentSequences(long session) throws RocksDBException {
    Set<Long> sequences = new HashSet<>();
    try (Database.Scan scan =
        database.scan(Family.INFLIGHT, Keys.number(session), Keys.number(session + 1))) {
      for (; scan.isAtKey(); scan.advance()) {
        if (!isReleased(scan.key(), Keys.packetId(scan.key()))) {
          sequences.add(new ByteReader(scan.value()).number());
        }
      }
    }
    return sequences;
  }

  private static boolean isReleased(byte[] key, int packetId) {
    return key.length == Keys.released(0, 0).length && Keys.packetId(key) == packetId;
  }

  private Message message(long number) throws RocksDBException {
    byte[] record = database.get(Family.MESSAGE, Keys.number(number));
    if (record == null) {
      throw new StoreFailure("a delivery has no message", null);
    }
    return Records.message(new ByteReader(record));
  }
}
