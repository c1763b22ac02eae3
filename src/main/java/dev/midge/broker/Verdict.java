package dev.midge.broker;

import dev.midge.packet.ReasonCode;

/// Whether a client is who it says.
public sealed interface Verdict {
  /// It is, or need not be.
  record Admitted(Identity identity) implements Verdict {}

  /// It is not let in.
  ///
  /// @param reason what CONNACK says
  /// @param detail why, for people
  record Refused(ReasonCode reason, String detail) implements Verdict {
    /// One whose reason says all.
    public Refused(ReasonCode reason) {
      this(reason, reason.words());
    }
  }
}
