package dev.midge.client;

/// Thrown when an option says what cannot be done. The message is one for the user.
final class InvalidOption extends RuntimeException {

  private static final long serialVersionUID = 1;

  InvalidOption(String message) {
    super(message);
  }

  InvalidOption(String message, Throwable cause) {
    super(message, cause);
  }
}
