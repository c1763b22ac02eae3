package dev.midge;

import dev.midge.certs.Certificates;
import dev.midge.listener.Listeners;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/// Looks after the certificates while the server runs: every hour, what is due is made anew and
/// shown from then on. What fails is told, and tried again an hour later; until then the old one is
/// shown.
final class CertificateRenewal implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");
  private static final int PERIOD_MINUTES = 60;

  private final Certificates certificates;
  private final Listeners listeners;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificates").factory());

  CertificateRenewal(Certificates certificates, Listeners listeners) {
    this.certificates = certificates;
    this.listeners = listeners;
  }

  /// Begins to look, an hour from now.
  void start() {
    var _ =
        thread.scheduleWithFixedDelay(
            () -> renew(Instant.now()), PERIOD_MINUTES, PERIOD_MINUTES, TimeUnit.MINUTES);
  }

  /// Renews what is due by this time.
  void renew(Instant by) {
    try {
      Set<String> names = certificates.renew(by);
      if (!names.isEmpty()) {
        listeners.renewed(names);
        LOG.infof("certificates renewed: %s", String.join(", ", names));
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "certificates could not be renewed; the old ones stay");
    }
  }

  /// Looks no more.
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
