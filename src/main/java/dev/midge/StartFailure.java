package dev.midge;

import org.jspecify.annotations.Nullable;

/// Thrown when the server cannot start although its configuration is valid. The message is one for
/// the user.
final class StartFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  StartFailure(@Nullable String message, Throwable cause) {
    super(message, cause);
  }

  StartFailure(String message) {
    super(message);
  }
}
