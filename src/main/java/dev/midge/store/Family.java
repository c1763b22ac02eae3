package dev.midge.store;

import java.util.Locale;

/// A column family: what is kept under what. Numbers in keys are eight bytes, packet identifiers
/// two, the highest byte first, so that keys stand in the order of their numbers.
///
/// Those that are written once and deleted once before they are written again are deleted by
/// RocksDB's single delete, which leaves nothing behind.
enum Family {
  /// `format`; `group`: the numbers of the last group written; `e` and a session number: a session
  /// that ended and of which not all is deleted.
  META(false, 1),
  /// Session number: session record.
  SESSION(false, 4),
  /// Session number, filter: subscription record.
  SUBSCRIPTION(false, 4),
  /// Session number: queue summary.
  SUMMARY(false, 4),
  /// Message number: message record. Written once.
  MESSAGE(true, 24),
  /// Message number: how many deliveries it has, if more than one.
  REFERENCES(false, 4),
  /// Session number, sequence number: queue record. Written once.
  QUEUE(true, 8),
  /// Session number, packet identifier: sequence number, place in the order of sending. With a byte
  /// behind: PUBREC came. Written once until it is deleted.
  INFLIGHT(true, 4),
  /// Session number, packet identifier: a QoS 2 message came. Written once until it is deleted.
  RECEIVED(true, 2),
  /// Topic: number of the change, message record; or the number, nothing and when that was, for as
  /// long as an earlier change may still come.
  RETAINED(false, 8),
  /// Handover number: message number, handover record. Written once.
  HANDOVER(true, 2);

  private static final int BLOCK_BYTES = 16 << 10;

  /// Of messages one is read here and one there.
  private static final int MESSAGE_BLOCK_BYTES = 4 << 10;

  private final boolean writtenOnce;
  private final int memtableMebibytes;

  Family(boolean writtenOnce, int memtableMebibytes) {
    this.writtenOnce = writtenOnce;
    this.memtableMebibytes = memtableMebibytes;
  }

  /// Its name on disk.
  String fileName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether a key is written once only before it is deleted.
  boolean isWrittenOnce() {
    return writtenOnce;
  }

  /// How much of a file is read at a time, in bytes.
  int blockBytes() {
    return equals(MESSAGE) ? MESSAGE_BLOCK_BYTES : BLOCK_BYTES;
  }

  /// How much of it is gathered in memory, in bytes.
  long memtableBytes() {
    return (long) memtableMebibytes << 20;
  }
}
