package dev.midge.acme;

import dev.midge.certs.Credential;
import dev.midge.certs.HostNames;
import dev.midge.certs.HttpChallenges;
import dev.midge.certs.KeyKind;
import dev.midge.certs.TlsChallenges;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The certificate that a public authority gives this server: ordered when there is none, renewed
/// in time, and kept while a renewal fails. One virtual thread does it all. An attempt is written
/// down before it begins, and as a failure until it is over: however often a process dies and is
/// started again, it orders no more often than one that fails all the time.
public final class PublicCertificate implements AutoCloseable {
  private static final Duration LONGEST_SLEEP = Duration.ofHours(1);
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);
  private static final Duration LONGEST_RETRY = Duration.ofDays(7);

  private final AcmeSettings settings;
  private final KeyKind kind;
  private final AcmeJournal journal;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AcmeFolder folder;
  private final Proofs proofs = new Proofs();
  private final RenewalWindow window;
  private final Thread thread = Thread.ofVirtual().name("acme").unstarted(this::run);
  private volatile AcmeState state = AcmeState.NEW;
  private volatile @Nullable Credential current;
  private final Patience patience = new Patience();

  /// Reads what an earlier start left; nothing is ordered yet.
  ///
  /// @param folder where directories are kept, each in a folder of its own
  /// @param kind what kind of key the certificate is for
  /// @throws IOException if what stands there cannot be read
  public PublicCertificate(
      AcmeSettings settings,
      Path folder,
      KeyKind kind,
      AcmeJournal journal,
      InstantSource clock,
      RandomGenerator random)
      throws IOException {
    this.settings = settings;
    this.kind = kind;
    this.journal = journal;
    this.clock = clock;
    this.random = random;
    this.folder = new AcmeFolder(folder.resolve(settings.folderName()));
    this.window = new RenewalWindow(settings, this.folder, patience);
    this.state = this.folder.state();
    this.current = this.folder.certificate().orElse(null);
  }

  /// The certificate there is at the moment.
  public Optional<Credential> current() {
    return Optional.ofNullable(current);
  }

  /// What the web site is to tell authorities.
  public HttpChallenges challenges() {
    return proofs.overHttp();
  }

  /// What is to be shown to authorities in TLS handshakes.
  public TlsChallenges proofs() {
    return proofs.overTls();
  }

  /// Begins to order and to renew.
  public void start() {
    thread.start();
  }

  /// How things stand.
  public AcmeStatus status() {
    Credential credential = current;
    AcmeState now = state;
    return new AcmeStatus(
        settings.directory(),
        settings.domains(),
        credential == null ? null : credential.certificate().getNotAfter().toInstant(),
        due(now, credential),
        now.failures(),
        now.lastFailure());
  }

  /// Does what is due by this time: one order at most. Blocks until that is over.
  ///
  /// @return when to look again
  public synchronized Instant renew(Instant by) {
    Credential credential = current;
    if (credential != null) {
      window.refresh(credential.certificate(), by);
    }
    Instant due = due(state, credential);
    if (!by.isBefore(due)) {
      attempt(credential);
      return clock.instant();
    }
    return credential != null && window.nextCheck().isBefore(due) ? window.nextCheck() : due;
  }

  /// Orders no more. An order that is under way is left to the next start.
  @Override
  public void close() {
    patience.end();
    try {
      if (thread.getState() != Thread.State.NEW) {
        var _ = thread.join(CLOSE_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!patience.hasEnded()) {
        Instant again = renew(clock.instant());
        Duration pause = Duration.between(clock.instant(), again);
        if (pause.isPositive()) {
          // A clock that is set, or a machine that slept, is noticed after a while.
          patience.pause(pause.compareTo(LONGEST_SLEEP) < 0 ? pause : LONGEST_SLEEP);
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private Instant due(AcmeState now, @Nullable Credential credential) {
    if (credential == null || !fits(credential.certificate())) {
      return now.notBefore();
    }
    Instant due = Schedule.due(credential.certificate(), window.current());
    return due.isBefore(now.notBefore()) ? now.notBefore() : due;
  }

  /// Whether a certificate is the one that the settings ask for.
  private boolean fits(X509Certificate certificate) {
    return kind.is(certificate.getPublicKey())
        && new HashSet<>(HostNames.of(certificate)).equals(Set.copyOf(settings.domains()));
  }

  private void attempt(@Nullable Credential before) {
    AcmeState old = state;
    Instant again = clock.instant().plus(pause(old.failures() + 1));
    try (AcmeConnector connector = new AcmeConnector(settings, patience)) {
      write(old.failed(again, "the server ended in the middle of it"));
      try {
        Ordering ordering =
            new Ordering(
                settings,
                folder,
                proofs,
                connector.session(),
                patience,
                url -> write(state.withOrder(url)));
        Credential credential =
            ordering.obtain(old.order(), kind, before == null ? null : before.certificate());
        folder.write(credential);
        current = credential;
        window.forget();
        write(
            AcmeState.done(clock.instant().plus(Schedule.orderInterval(credential.certificate()))));
        journal.obtained(credential);
      } catch (Exception e) { // A library that talks to strangers throws all kinds.
        failed(e, old, connector.retryAfter());
      }
    } catch (IOException e) {
      // Without a note of it there is no attempt: the next start would not know.
      state = old.failed(again, AcmeFailure.words(e));
      journal.failed(AcmeFailure.words(e), again);
    }
  }

  private void failed(Exception failure, AcmeState old, Instant retryAfter) throws IOException {
    AcmeState now = state;
    if (patience.hasEnded()) {
      // Nothing has failed. What is under way costs no new order, so that it goes on at once.
      boolean goesOn = !now.order().isEmpty();
      write(
          new AcmeState(
              now.order(),
              goesOn ? old.failures() : now.failures(),
              goesOn ? old.notBefore() : now.notBefore(),
              now.lastFailure()));
      return;
    }
    Instant again = clock.instant().plus(pause(now.failures()));
    Instant asked = AcmeFailure.retryAfter(failure, retryAfter);
    Instant latest = clock.instant().plus(LONGEST_RETRY);
    if (asked.isAfter(again)) {
      again = asked.isBefore(latest) ? asked : latest;
    }
    String words = AcmeFailure.words(failure);
    String order = failure instanceof AcmeRefusal ? "" : now.order();
    write(new AcmeState(order, now.failures(), again, words));
    journal.failed(words, again);
  }

  private Duration pause(int failures) {
    return Schedule.pause(failures, random.nextDouble());
  }

  private void write(AcmeState now) throws IOException {
    folder.write(now);
    state = now;
  }
}
