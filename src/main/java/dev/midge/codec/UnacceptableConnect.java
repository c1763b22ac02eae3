package dev.midge.codec;

import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;

/// Thrown for a CONNECT that is wrong but told its version, so that the client can be answered by a
/// CONNACK in that version (3.1.4). Without a stack trace, as [ProtocolViolation].
public final class UnacceptableConnect extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProtocolVersion version;
  private final ProtocolViolation violation;

  UnacceptableConnect(ProtocolVersion version, ProtocolViolation violation) {
    super(violation.detail(), null, false, false);
    this.version = version;
    this.violation = violation;
  }

  /// The version to answer in.
  public ProtocolVersion version() {
    return version;
  }

  /// What is wrong.
  public ProtocolViolation violation() {
    return violation;
  }
}
