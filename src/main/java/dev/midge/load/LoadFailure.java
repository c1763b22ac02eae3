package dev.midge.load;

/// Thrown when a load cannot be run: a wrong file or target, or a broker that does not answer. The
/// message is one for the user.
final class LoadFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  LoadFailure(String message) {
    super(message);
  }

  LoadFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
