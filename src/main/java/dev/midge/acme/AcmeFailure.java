package dev.midge.acme;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;

/// What is to be made of what was thrown.
final class AcmeFailure {
  private static final int LENGTH_MAX = 500;

  private AcmeFailure() {}

  /// What is wrong, in words for people: one line of it, of decent length.
  static String words(Throwable failure) {
    String words = raw(failure).replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    return words.length() > LENGTH_MAX ? words.substring(0, LENGTH_MAX) + "..." : words;
  }

  private static String raw(Throwable failure) {
    AcmeServerException server = find(failure, AcmeServerException.class);
    if (server != null) {
      return server.getProblem().toString();
    }
    AcmeRefusal refusal = find(failure, AcmeRefusal.class);
    if (refusal != null) {
      return String.valueOf(refusal.getMessage());
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /// When the authority wants to be asked again.
  ///
  /// @param heard what it said in any answer
  static Instant retryAfter(Throwable failure, Instant heard) {
    AcmeRateLimitedException limited = find(failure, AcmeRateLimitedException.class);
    Optional<Instant> said = limited == null ? Optional.empty() : limited.getRetryAfter();
    return said.filter(when -> when.isAfter(heard)).orElse(heard);
  }

  private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
    for (Throwable next = failure; next != null; next = next.getCause()) {
      if (type.isInstance(next)) {
        return type.cast(next);
      }
    }
    return null;
  }
}
