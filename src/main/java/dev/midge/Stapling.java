package dev.midge;

import dev.midge.acme.Responder;
import dev.midge.acme.StatusResult;
import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.StatusAnswer;
import dev.midge.certs.StatusQuery;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Asks the authority of a public certificate whether that is revoked, so that clients need not
/// (OCSP stapling): when it comes, and again when half of the time is over for which the answer
/// holds. Without an answer the last one is shown for as long as it holds, and the next attempt
/// comes after 5 minutes, then 10, up to an hour, and up to half of that more by chance. Once it is
/// revoked, nothing is shown. A certificate that names nobody to ask is shown as it is. A thread of
/// its own asks and waits; any other may call.
final class Stapling implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);
  private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_RETRY = Duration.ofHours(1);
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1);

  private final Certificates certificates;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLongArray counts = new AtomicLongArray(StatusResult.values().length);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("stapling").factory());

  private volatile boolean isRevoked;
  private @Nullable StatusQuery query;
  private @Nullable ScheduledFuture<?> next;

  /// How many attempts have failed in a row. Of the thread that asks.
  private int failures;

  Stapling(Certificates certificates) {
    this.certificates = certificates;
  }

  /// Asks about this certificate from now on, and about no other.
  synchronized void about(Credential credential) {
    query = StatusQuery.about(credential).orElse(null);
    isRevoked = false;
    again();
  }

  /// Asks at once, whatever is known.
  synchronized void again() {
    StatusQuery now = query;
    if (now != null) {
      schedule(now, Duration.ZERO);
    }
  }

  /// Whether the authority says that the certificate is revoked.
  boolean isRevoked() {
    return isRevoked;
  }

  /// How often this came of it.
  long count(StatusResult result) {
    return counts.get(result.ordinal());
  }

  /// Asks no more.
  @Override
  public void close() {
    thread.shutdownNow();
  }

  private synchronized void schedule(StatusQuery asked, Duration pause) {
    if (!asked.equals(query) || thread.isShutdown()) {
      return;
    }
    if (next != null) {
      next.cancel(false);
    }
    next =
        thread.schedule(() -> schedule(asked, ask(asked)), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Asks once. Blocks until there is an answer, or too late for one.
  ///
  /// @return when to ask again
  Duration ask(StatusQuery query) {
    try {
      StatusAnswer said = Responder.ask(query, PATIENCE);
      if (!certificates.hear(said)) {
        throw new IOException("older than the last answer");
      }
      failures = 0;
      isRevoked = said.isRevoked();
      counts.incrementAndGet((isRevoked ? StatusResult.REVOKED : StatusResult.GOOD).ordinal());
      if (isRevoked) {
        LOG.errorf("the authority says that the public certificate is revoked");
      } else {
        LOG.infof(
            "the authority says that the public certificate is good, until %s",
            said.until().truncatedTo(ChronoUnit.SECONDS));
      }
      Duration half = Duration.between(Instant.now(), said.until()).dividedBy(2);
      return between(SHORTEST_PAUSE, half, LONGEST_PAUSE);
    } catch (IOException | RuntimeException e) { // What fails here must not end the asking.
      counts.incrementAndGet(StatusResult.NONE.ordinal());
      Duration pause = retry();
      LOG.warnf(
          "%s does not say whether the public certificate is good: %s; next attempt at %s",
          query.responder(),
          e.getMessage(),
          Instant.now().plus(pause).truncatedTo(ChronoUnit.SECONDS));
      return pause;
    }
  }

  private Duration retry() {
    Duration pause =
        between(
            FIRST_RETRY, FIRST_RETRY.multipliedBy(1L << Math.min(failures++, 10)), LONGEST_RETRY);
    return pause.plusMillis(random.nextLong(pause.toMillis() / 2));
  }

  private static Duration between(Duration least, Duration pause, Duration most) {
    return pause.compareTo(least) < 0 ? least : pause.compareTo(most) > 0 ? most : pause;
  }
}
