package dev.midge.store;

/// One kind of change that a [LoopLog] writes and an [Applier] applies: its code is its ordinal,
/// followed by what is listed here. Numbers, texts and records are as [ByteWriter] and [Records]
/// write them. A change here, or of the order, is a new [Database#FORMAT].
enum Command {
  /// Session number, session record.
  SESSION,
  /// Session number.
  ENDED,
  /// Session number, filter, subscription record.
  SUBSCRIBED,
  /// Session number, filter.
  UNSUBSCRIBED,
  /// Message number, message record. Comes before the first delivery of the message.
  MESSAGE,
  /// Session number, sequence number, message number, queue record.
  QUEUED,
  /// Session number, packet identifier, sequence number, place in the order of sending.
  SENT,
  /// Session number, packet identifier.
  RELEASED,
  /// Session number, sequence number, message number, packet identifier or 0, 1 if released else 0.
  REMOVED,
  /// Session number, packet identifier.
  RECEIVED,
  /// Session number, packet identifier.
  FORGOTTEN,
  /// Topic, number of the change, message record.
  RETAINED,
  /// Topic, number of the change, when it was, in milliseconds since the epoch.
  CLEARED,
  /// Session number, queue summary.
  SUMMARY,
  /// Handover number, message number, handover record. The message may have come before.
  HANDED_OVER,
  /// Handover number, message number.
  TAKEN;

  private static final Command[] BY_CODE = values();

  /// The command with this code.
  static Command of(int code) {
    return BY_CODE[code];
  }

  /// What stands for it in a list of commands.
  int code() {
    return ordinal();
  }
}
