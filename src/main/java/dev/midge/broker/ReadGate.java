package dev.midge.broker;

import java.util.EnumSet;
import java.util.Set;

/// Decides whether a connection is read: as long as there is any reason against it, it is not.
/// Reasons come and go independently of each other.
final class ReadGate {
  /// Why a connection is not read.
  enum Reason {
    /// Its CONNECT is being dealt with; what follows must wait for the answer.
    CONNECTING,
    /// It does not read what is sent to it.
    OUTBOUND,
    /// A loop that it publishes to is behind.
    INBOX,
    /// What it publishes is written down more slowly than it comes.
    STORE,
    /// What an earlier connection left unacknowledged is being fetched.
    RESUMING,
    /// It publishes, and memory is short.
    MEMORY,
    /// It sends faster than it may.
    RATE
  }

  private final Wire wire;
  private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);

  ReadGate(Wire wire) {
    this.wire = wire;
  }

  /// Adds a reason against reading, or takes it away.
  void set(Reason reason, boolean isThere) {
    if (isThere) {
      close(reason);
    } else {
      open(reason);
    }
  }

  /// Adds a reason against reading.
  void close(Reason reason) {
    if (reasons.isEmpty()) {
      wire.reading(false);
    }
    reasons.add(reason);
  }

  /// Whether the client is not read for a reason that silence does not tell.
  boolean waitsForServer() {
    return reasons.contains(Reason.INBOX)
        || reasons.contains(Reason.STORE)
        || reasons.contains(Reason.RESUMING)
        || reasons.contains(Reason.MEMORY)
        || reasons.contains(Reason.RATE);
  }

  /// Takes a reason away.
  void open(Reason reason) {
    if (reasons.remove(reason) && reasons.isEmpty()) {
      wire.reading(true);
    }
  }
}
