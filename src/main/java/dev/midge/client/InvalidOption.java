package dev.midge.client;

/// Thrown when an option says what cannot be done. The message is one for the user.
final class InvalidOption extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// A problem with a message for the user.
  InvalidOption(String message) {
    super(message);
  }

  /// The same, with what it came of.
  InvalidOption(String message, Throwable cause) {
    super(message, cause);
  }
}
