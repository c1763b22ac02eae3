package dev.midge.acme;

import dev.midge.certs.Credential;
import dev.midge.certs.KeyKind;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Identifier;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeRateLimitedException;
import org.shredzone.acme4j.exception.AcmeServerException;

/// One attempt to get a certificate: the account, the order or what is left of it, the proof that
/// each name is ours, and the certificate. What it must not forget is written down before the step
/// that it is needed for. One thread, which waits for the authority.
final class Ordering {
  private static final Duration ORDER_TIME_MAX = Duration.ofMinutes(5);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final URI ALREADY_REPLACED =
      URI.create("urn:ietf:params:acme:error:alreadyReplaced");

  private final AcmeSettings settings;
  private final AcmeFolder folder;
  private final Proofs proofs;
  private final Session session;
  private final Patience patience;
  private final OrderNote note;

  /// Who keeps the URL of the order that is under way.
  interface OrderNote {
    void write(String url) throws IOException;
  }

  Ordering(
      AcmeSettings settings,
      AcmeFolder folder,
      Proofs proofs,
      Session session,
      Patience patience,
      OrderNote note) {
    this.patience = patience;
    this.settings = settings;
    this.folder = folder;
    this.proofs = proofs;
    this.session = session;
    this.note = note;
  }

  /// Gets a certificate.
  ///
  /// @param pending the URL of an order that is under way, or an empty string
  /// @param kind what kind of key it is for
  /// @param replaced the certificate that it takes the place of, or null
  /// @throws AcmeRefusal if the authority says no
  /// @throws AcmeException if something else is wrong
  Credential obtain(String pending, KeyKind kind, @Nullable X509Certificate replaced)
      throws AcmeException, IOException, InterruptedException {
    Login login = login();
    Order order = pending.isEmpty() ? null : resume(login, URI.create(pending).toURL());
    if (order == null) {
      order = order(login, replaced);
      var _ = folder.newOrderKeys(kind);
      note.write(order.getLocation().toString());
    }
    KeyPair keys = folder.orderKeys().orElseThrow(() -> new IOException("the key is gone"));
    if (order.getStatus() == Status.PENDING) {
      for (Authorization authorization : order.getAuthorizations()) {
        prove(authorization);
      }
      order.fetch();
    }
    await(order, EnumSet.of(Status.READY, Status.PROCESSING, Status.VALID, Status.INVALID));
    if (order.getStatus() == Status.READY) {
      order.execute(keys);
      order.fetch();
    }
    await(order, EnumSet.of(Status.VALID, Status.INVALID));
    if (order.getStatus() == Status.INVALID) {
      throw new AcmeRefusal(order.getError().map(Problem::toString).orElse("the order failed"));
    }
    List<X509Certificate> chain = order.getCertificate().getCertificateChain();
    if (!chain.getFirst().getPublicKey().equals(keys.getPublic())) {
      throw new AcmeRefusal("the certificate is not for the key that was sent");
    }
    return new Credential(keys.getPrivate(), List.copyOf(chain));
  }

  private Login login() throws AcmeException, IOException {
    AccountBuilder account =
        new AccountBuilder().agreeToTermsOfService().useKeyPair(folder.account());
    if (!settings.email().isEmpty()) {
      account.addEmail(settings.email());
    }
    return account.createLogin(session);
  }

  /// The order that an earlier attempt began, or null if it leads nowhere.
  private @Nullable Order resume(Login login, URL url) throws AcmeException {
    if (folder.orderKeys().isEmpty()) {
      return null;
    }
    Order order = login.bindOrder(url);
    try {
      order.fetch();
    } catch (AcmeRateLimitedException busy) {
      throw busy;
    } catch (AcmeException e) {
      if (e instanceof AcmeServerException || "HTTP 404".equals(e.getMessage())) {
        return null; // It is forgotten there.
      }
      throw e;
    }
    boolean isOurs = new HashSet<>(order.getIdentifiers()).equals(Set.copyOf(identifiers()));
    return isOurs && order.getStatus() != Status.INVALID ? order : null;
  }

  private Order order(Login login, @Nullable X509Certificate replaced) throws AcmeException {
    boolean tells =
        replaced != null && session.resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
    OrderBuilder order = login.newOrder().identifiers(identifiers());
    try {
      return (tells ? order.replaces(replaced) : order).create();
    } catch (AcmeServerException refused) {
      if (!tells || !refused.getType().equals(ALREADY_REPLACED)) {
        throw refused;
      }
      return login.newOrder().identifiers(identifiers()).create();
    }
  }

  private List<Identifier> identifiers() {
    return settings.domains().stream()
        .map(name -> AcmeSettings.isAddress(name) ? Identifier.ip(name) : Identifier.dns(name))
        .toList();
  }

  /// Shows that a name is ours.
  private void prove(Authorization authorization) throws AcmeException, InterruptedException {
    authorization.fetch();
    if (authorization.getStatus() == Status.VALID) {
      return;
    }
    String name = authorization.getIdentifier().getValue();
    try {
      trigger(proofs.show(settings.proof(), authorization), authorization);
      await(
          authorization,
          EnumSet.complementOf(EnumSet.of(Status.PENDING, Status.PROCESSING, Status.UNKNOWN)));
    } finally {
      proofs.hide();
    }
    if (authorization.getStatus() != Status.VALID) {
      Optional<Problem> problem =
          authorization.getChallenges().stream()
              .map(Challenge::getError)
              .flatMap(Optional::stream)
              .findFirst();
      throw new AcmeRefusal(
          name + ": " + problem.map(Problem::toString).orElse("this is not ours, they say"));
    }
  }

  /// Asks the authority to look. What an earlier attempt asked for may be done meanwhile.
  private static void trigger(Challenge challenge, Authorization authorization)
      throws AcmeException {
    if (challenge.getStatus() != Status.PENDING) {
      return;
    }
    try {
      challenge.trigger();
    } catch (AcmeServerException refused) {
      authorization.fetch();
      if (authorization.getStatus() == Status.PENDING) {
        throw refused;
      }
    }
  }

  /// Asks again and again, as often as the authority likes.
  private void await(PollableResource resource, Set<Status> ends)
      throws AcmeException, InterruptedException {
    Instant deadline = Instant.now().plus(ORDER_TIME_MAX);
    while (!ends.contains(resource.getStatus())) {
      Instant now = Instant.now();
      if (now.isAfter(deadline)) {
        throw new AcmeException("the authority does not come to an end");
      }
      Instant when = resource.fetch().orElse(now);
      if (!ends.contains(resource.getStatus())) {
        Duration pause = Duration.between(now, when);
        pause = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        patience.pause(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
      }
    }
  }
}
