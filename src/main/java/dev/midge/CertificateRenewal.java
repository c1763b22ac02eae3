package dev.midge;

import dev.midge.acme.AcmeJournal;
import dev.midge.acme.AcmeSettings;
import dev.midge.acme.AcmeStatus;
import dev.midge.acme.PublicCertificate;
import dev.midge.acme.StatusResult;
import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.HttpChallenges;
import dev.midge.certs.Recipe;
import dev.midge.certs.RenewalNews;
import dev.midge.listener.Listeners;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Looks after the certificates while the server runs: every hour, what is due is made anew and
/// shown from then on. What fails is told, and tried again an hour later; until then the old one is
/// shown.
final class CertificateRenewal implements AcmeJournal, HttpChallenges, RenewalNews, AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");
  private static final int PERIOD_MINUTES = 60;

  private final Certificates certificates;
  private final Listeners listeners;
  private final Runnable changed;
  private volatile String publicName = "";
  private volatile @Nullable PublicCertificate acme;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("certificates").factory());

  private final Stapling stapling;

  /// @param changed what to do when there is another authority to trust behind a listener
  CertificateRenewal(Certificates certificates, Listeners listeners, Runnable changed) {
    this.changed = changed;
    this.certificates = certificates;
    this.listeners = listeners;
    this.stapling = new Stapling(certificates);
  }

  /// Has a public authority asked for a certificate in the place of a recipe's, and shows what an
  /// earlier start got of it.
  ///
  /// @param folder where all about it is kept
  /// @throws StartFailure if that cannot be read
  void ask(AcmeSettings settings, Recipe recipe, Path folder) {
    publicName = recipe.name();
    try {
      PublicCertificate certificate =
          new PublicCertificate(
              settings, folder, recipe.key(), this, InstantSource.system(), new SecureRandom());
      certificate.current().ifPresent(kept -> certificates.give(publicName, kept));
      certificates.prove(certificate.proofs());
      acme = certificate;
    } catch (IOException e) {
      throw new StartFailure(e.getMessage(), e);
    }
  }

  /// How things stand with the public authority, if one is asked.
  Optional<AcmeStatus> acme() {
    return Optional.ofNullable(acme).map(PublicCertificate::status);
  }

  /// How often this came of asking the public authority whether its certificate is revoked.
  long count(StatusResult result) {
    return stapling.count(result);
  }

  private void staple(Credential credential) {
    if (Listeners.isStapling()) {
      stapling.about(credential);
    }
  }

  /// Begins to look: for what the public authority gives now, for the rest an hour from now.
  void start() {
    PublicCertificate certificate = acme;
    if (certificate != null) {
      certificate.current().ifPresent(this::staple);
      certificate.start();
    }
    var _ =
        thread.scheduleWithFixedDelay(
            () -> renew(Instant.now()), PERIOD_MINUTES, PERIOD_MINUTES, TimeUnit.MINUTES);
  }

  /// Renews what is due by this time, that of the public authority included.
  void renewAll(Instant by) {
    renew(by);
    PublicCertificate certificate = acme;
    if (certificate != null) {
      var _ = certificate.renew(by);
      stapling.again();
    }
  }

  private void renew(Instant by) {
    try { // What fails here must not end the schedule.
      listeners.rotateTicketKeys();
      Set<String> names = certificates.renew(by);
      if (!names.isEmpty()) {
        listeners.renewed(names);
        LOG.infof("certificates renewed: %s", String.join(", ", names));
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "certificates could not be renewed; the old ones stay");
    }
  }

  @Override
  public Optional<String> answer(String token) {
    PublicCertificate certificate = acme;
    return certificate == null ? Optional.empty() : certificate.challenges().answer(token);
  }

  @Override
  public Optional<String> about(String name) {
    if (acme == null && certificates.recipe(name).isPublic()) {
      return Optional.of("Our own: no public authority is asked for one. It renews itself.");
    }
    return name.equals(publicName) ? acme().map(this::news) : Optional.empty();
  }

  private String news(AcmeStatus status) {
    return (stapling.isRevoked() ? "Its authority says that it is revoked. " : "") + order(status);
  }

  private static String order(AcmeStatus status) {
    String next = status.next().truncatedTo(ChronoUnit.SECONDS).toString();
    if (status.isOrdering()) {
      return "One of the public authority is being ordered.";
    }
    if (status.failures() > 0) {
      return "The last attempt to get one of the public authority failed: %s. Next attempt at %s."
          .formatted(status.lastFailure(), next);
    }
    return status.notAfter() == null
        ? "Our own, until the public authority gives one."
        : "Of a public authority, to be renewed at " + next + ".";
  }

  @Override
  public void obtained(Credential credential) {
    certificates.give(publicName, credential);
    staple(credential);
    listeners.renewed(Set.of(publicName));
    changed.run();
    LOG.infof(
        "the public authority gave a certificate: serial number %x, until %s",
        credential.certificate().getSerialNumber(),
        credential.certificate().getNotAfter().toInstant());
  }

  @Override
  public void failed(String reason, Instant again) {
    LOG.warnf(
        "the public authority gave no certificate: %s; the old one stays, next attempt at %s",
        reason, again.truncatedTo(ChronoUnit.SECONDS));
  }

  /// Looks no more.
  @Override
  public void close() {
    PublicCertificate certificate = acme;
    if (certificate != null) {
      certificate.close();
    }
    stapling.close();
    thread.shutdownNow();
  }
}
