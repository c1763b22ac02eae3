package dev.midge.acme;

import dev.midge.acme.Schedule.Window;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.RenewalInfo;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;

/// When the authority would like the certificate to be renewed, where it has an opinion (RFC 9773).
/// That it cannot be asked is no failure: without its opinion there is a rule. One thread asks, any
/// thread may know.
final class RenewalWindow {
  private static final Duration INTERVAL = Duration.ofHours(6);
  private static final Duration SHORTEST_INTERVAL = Duration.ofMinutes(1);
  private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

  private final AcmeSettings settings;
  private final AcmeFolder folder;
  private final Patience patience;
  private volatile @Nullable Window current;
  private volatile Instant nextCheck = Instant.EPOCH;

  RenewalWindow(AcmeSettings settings, AcmeFolder folder, Patience patience) {
    this.patience = patience;
    this.settings = settings;
    this.folder = folder;
  }

  /// What the authority said last, or null.
  @Nullable Window current() {
    return current;
  }

  /// When to ask again.
  Instant nextCheck() {
    return nextCheck;
  }

  /// There is another certificate.
  void forget() {
    current = null;
    nextCheck = Instant.EPOCH;
  }

  /// Asks, if it is time to.
  void refresh(X509Certificate certificate, Instant now) {
    if (now.isBefore(nextCheck)) {
      return;
    }
    nextCheck = now.plus(INTERVAL);
    try (AcmeConnector connector = new AcmeConnector(settings, patience)) {
      Session session = connector.session();
      if (session.resourceUrlOptional(Resource.RENEWAL_INFO).isEmpty()) {
        nextCheck = now.plus(LONGEST_INTERVAL);
        return;
      }
      Login login = session.login(connector.resolve(settings.directory()), folder.account());
      RenewalInfo info = login.bindRenewalInfo(certificate);
      Optional<Instant> again = info.fetch();
      current = new Window(info.getSuggestedWindowStart(), info.getSuggestedWindowEnd());
      again.ifPresent(when -> nextCheck = clamp(when, now));
    } catch (AcmeException | IOException | RuntimeException e) {
      nextCheck = clamp(AcmeFailure.retryAfter(e, nextCheck), now);
    }
  }

  private static Instant clamp(Instant when, Instant now) {
    Duration pause = Duration.between(now, when);
    if (pause.compareTo(SHORTEST_INTERVAL) < 0) {
      return now.plus(SHORTEST_INTERVAL);
    }
    return pause.compareTo(LONGEST_INTERVAL) > 0 ? now.plus(LONGEST_INTERVAL) : when;
  }
}
