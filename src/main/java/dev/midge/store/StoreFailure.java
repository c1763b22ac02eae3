package dev.midge.store;

import org.jspecify.annotations.Nullable;

/// Thrown when a store cannot be opened or read. The message is one for the user.
public final class StoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  StoreFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
