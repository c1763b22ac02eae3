package dev.midge.acme;

import dev.midge.certs.Credential;
import dev.midge.certs.HttpChallenges;
import dev.midge.certs.KeyKind;
import dev.midge.certs.TlsChallenges;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;

/// What an authority is told that looks whether a name is ours: only as long as that is being
/// proved. Shown by one thread, for one name at a time; any thread asks.
final class Proofs {
  private final Map<String, String> authorizations = new ConcurrentHashMap<>();
  private volatile @Nullable Credential certificate;

  /// What the web site says.
  HttpChallenges overHttp() {
    return token -> Optional.ofNullable(authorizations.get(token));
  }

  /// What is shown in TLS handshakes.
  TlsChallenges overTls() {
    return () -> Optional.ofNullable(certificate);
  }

  /// Shows what the authority wants to see, until [#hide].
  ///
  /// @throws AcmeRefusal if it does not want to see that kind of proof
  Challenge show(Proof proof, Authorization authorization) throws AcmeRefusal {
    return switch (proof) {
      case HTTP_01 -> {
        Http01Challenge challenge = find(authorization, Http01Challenge.class, proof);
        authorizations.put(challenge.getToken(), challenge.getAuthorization());
        yield challenge;
      }
      case TLS_ALPN_01 -> {
        TlsAlpn01Challenge challenge = find(authorization, TlsAlpn01Challenge.class, proof);
        KeyPair keys = keys();
        certificate =
            new Credential(
                keys.getPrivate(),
                List.of(challenge.createCertificate(keys, authorization.getIdentifier())));
        yield challenge;
      }
    };
  }

  /// Shows nothing any more.
  void hide() {
    authorizations.clear();
    certificate = null;
  }

  private static <T extends Challenge> T find(
      Authorization authorization, Class<T> type, Proof proof) throws AcmeRefusal {
    return authorization
        .findChallenge(type)
        .orElseThrow(() ->
            new AcmeRefusal(
                authorization.getIdentifier().getValue() + ": " + proof + " is not offered"));
  }

  /// The library makes such a certificate for RSA only.
  private static KeyPair keys() {
    try {
      return KeyKind.RSA_2048.generate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
