package dev.midge;

import dev.midge.acme.Responder;
import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.Staple;
import dev.midge.certs.StatusQuery;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Asks the authority of a public certificate whether that is revoked, so that clients need not
/// (OCSP stapling): when it comes, and again when half of the time is over for which the answer
/// holds. Without an answer the last one is shown for as long as it holds. A certificate that names
/// nobody to ask is shown as it is.
final class Stapling {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMinutes(15);
  private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private final Certificates certificates;
  private final ScheduledExecutorService thread;
  private @Nullable StatusQuery query;
  private @Nullable ScheduledFuture<?> next;

  /// @param thread what asks, and waits for the answers
  Stapling(Certificates certificates, ScheduledExecutorService thread) {
    this.certificates = certificates;
    this.thread = thread;
  }

  /// Asks about this certificate from now on, and about no other.
  synchronized void about(Credential credential) {
    query = StatusQuery.about(credential).orElse(null);
    again();
  }

  /// Asks at once, whatever is known.
  synchronized void again() {
    StatusQuery now = query;
    if (now != null) {
      schedule(now, Duration.ZERO);
    }
  }

  private synchronized void schedule(StatusQuery asked, Duration pause) {
    if (!asked.equals(query) || thread.isShutdown()) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    next =
        thread.schedule(
            () -> schedule(asked, refresh(asked)), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Duration refresh(StatusQuery query) {
    try {
      Staple staple = Responder.ask(query, PATIENCE);
      certificates.staple(staple);
      LOG.infof(
          "the authority says that the public certificate is good, until %s",
          staple.until().truncatedTo(ChronoUnit.SECONDS));
      Duration half = Duration.between(Instant.now(), staple.until()).dividedBy(2);
      return half.compareTo(SHORTEST_PAUSE) < 0
          ? SHORTEST_PAUSE
          : half.compareTo(LONGEST_PAUSE) < 0 ? half : LONGEST_PAUSE;
    } catch (IOException | RuntimeException e) { // What fails here must not end the asking.
      LOG.warnf(
          "%s does not say that the public certificate is good: %s",
          query.responder(), e.getMessage());
      return RETRY;
    }
  }
}
