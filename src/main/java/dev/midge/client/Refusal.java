package dev.midge.client;

/// Thrown when the server says no: to a CONNECT, or by DISCONNECT while connected.
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Reason reason;

  /// A no of the server.
  ///
  /// @param message one for the user
  Refusal(String message, Reason reason) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /// What the server answered.
  Reason reason() {
    return reason;
  }
}
