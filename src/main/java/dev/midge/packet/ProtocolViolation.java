package dev.midge.packet;

/// Thrown when the peer breaks a rule of the specification; it ends the peer's connection and
/// nothing else. Carries no stack trace: it tells of the peer's mistake, not of ours, and strangers
/// can cause it at any rate.
public final class ProtocolViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ReasonCode reason;
  private final String statement;

  /// A violation answered with `reason`, of the numbered statement of MQTT 5.0 (empty when the rule
  /// has no number), explained in one clause for the reason string.
  public ProtocolViolation(ReasonCode reason, String statement, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
    this.statement = statement;
  }

  /// A packet that cannot be parsed by the rules of the specification (4.13, 0x81).
  public static ProtocolViolation malformed(String statement, String detail) {
    return new ProtocolViolation(ReasonCode.MALFORMED_PACKET, statement, detail);
  }

  /// A well-formed packet that is not allowed at this point (4.13, 0x82).
  public static ProtocolViolation protocolError(String statement, String detail) {
    return new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, statement, detail);
  }

  /// The code for CONNACK or DISCONNECT.
  public ReasonCode reason() {
    return reason;
  }

  /// The statement that was broken, such as `MQTT-3.3.1-4`, or empty.
  public String statement() {
    return statement;
  }

  /// What was wrong, for the reason string and the log.
  public String detail() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
