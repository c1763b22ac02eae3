package dev.midge.certs;

/// Thrown when a certificate is asked for that is not to be had. The message says why, to whoever
/// asked.
public final class InvalidRequest extends Exception {

  private static final long serialVersionUID = 1;

  /// @param message why it is not to be had, as sentences
  public InvalidRequest(String message) {
    super(message);
  }

  InvalidRequest(String message, Throwable cause) {
    super(message, cause);
  }
}
