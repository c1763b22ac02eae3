package dev.midge;

import dev.midge.auth.Tokens;
import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.InvalidRequest;
import dev.midge.history.Incidents;
import dev.midge.history.Uptimes;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Listeners;
import dev.midge.listener.Transport;
import dev.midge.probe.Login;
import dev.midge.probe.ProbeResult;
import dev.midge.probe.ProbeRound;
import dev.midge.probe.Prober;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Looks at all listeners as a client does, with credentials that the server makes for itself, and
/// writes down what came of it. One look at a time; the latest may be asked for by any thread.
final class ListenerWatch {
  private static final String NAME = "midge-probe";
  private static final int AT_A_TIME = 2;
  private static final int CERTIFICATE_DAYS = 90;
  private static final Duration RENEWED_BEFORE = Duration.ofDays(30);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);

  private final Listeners listeners;
  private final Certificates certificates;
  private final String authority;
  private final Tokens tokens;
  private final Prober prober;
  private @Nullable Credential credential;
  private @Nullable Login certified;
  private volatile ProbeRound latest = ProbeRound.NONE;

  /// @param authority the name of who signs for clients
  ListenerWatch(Listeners listeners, Certificates certificates, String authority, Tokens tokens) {
    this.listeners = listeners;
    this.certificates = certificates;
    this.authority = authority;
    this.tokens = tokens;
    this.prober = new Prober(listeners.own(), new SecureRandom(), AT_A_TIME);
  }

  /// What came of the latest look.
  ProbeRound latest() {
    return latest;
  }

  /// Looks, and writes down what came of it. Blocks, for some seconds.
  synchronized void look(Uptimes uptimes, Incidents incidents) {
    List<ProbeResult> results = prober.round(listeners.targets(this::certified, this::token));
    List<Endpoint> endpoints = listeners.endpoints();
    Set<String> open = endpoints.stream().map(Endpoint::name).collect(Collectors.toSet());
    ProbeRound round =
        new ProbeRound(
            Instant.now(),
            results.stream().filter(result -> open.contains(result.name())).toList());
    latest = round;
    Map<String, Boolean> found = new HashMap<>();
    Map<String, String> problems = round.problems();
    problems.forEach((name, problem) -> found.put(name, problem.isEmpty()));
    uptimes.note(round.at().getEpochSecond(), found);
    for (Endpoint endpoint : endpoints) {
      if (endpoint.transport() == Transport.OPERATOR) {
        problems.remove(endpoint.name()); // That is nobody else's business.
      }
    }
    incidents.note(round.at().getEpochSecond(), problems);
  }

  private Login certified() {
    if (!certificates.has(authority)) {
      return Login.STRANGER;
    }
    Login known = certified;
    if (known == null
        || credential == null
        || credential
            .certificate()
            .getNotAfter()
            .toInstant()
            .isBefore(Instant.now().plus(RENEWED_BEFORE))) {
      try {
        credential = certificates.clients(authority).make(NAME, CERTIFICATE_DAYS);
      } catch (InvalidRequest e) {
        throw new IllegalStateException(e); // There is nothing wrong with the name.
      }
      known = Login.of(credential);
      certified = known;
    }
    return known;
  }

  private Login token() {
    String token =
        tokens.issue("ES256", NAME, Instant.now().plus(TOKEN_LIFE), List.of(), List.of());
    return Login.of(NAME, token);
  }
}
