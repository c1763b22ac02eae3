package dev.midge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.midge.broker.Identity;
import dev.midge.broker.Permission;
import dev.midge.broker.Verdict;
import dev.midge.packet.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// JSON Web Tokens (RFC 7519) as passwords: makes some to test with, and checks those and the ones
/// of others whose keys are known. `sub` is the user name, `exp` ends the connection, and the lists
/// `publish` and `subscribe` narrow what the client may do. Any thread; not for an event loop.
public final class Tokens {
  /// Named in `aud` nowhere, so that any issuer's tokens will do; these are what they are signed
  /// by.
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.HS256);

  private static final int BYTES_MAX = 8 << 10;
  private static final List<String> ALL = List.of("#", "$SYS/#");

  private final TokenKeys keys;

  /// Tokens by keys that are kept in this folder, which is made when they are first needed.
  public Tokens(Path folder) {
    this.keys = new TokenKeys(folder);
  }

  /// Makes a token.
  ///
  /// @param algorithm `RS256`, `ES256` or `HS256`
  /// @param publish the filters of topics to publish to, or none for no such list
  /// @param subscribe the filters to subscribe to, or none for no such list
  public String issue(
      String algorithm, String subject, Instant end, List<String> publish, List<String> subscribe) {
    JWK key = keys.own(JWSAlgorithm.parse(algorithm));
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder().subject(subject).expirationTime(Date.from(end));
    if (!publish.isEmpty()) {
      claims.claim("publish", publish);
    }
    if (!subscribe.isEmpty()) {
      claims.claim("subscribe", subscribe);
    }
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.parse(algorithm)).keyID(key.getKeyID()).build();
    SignedJWT token = new SignedJWT(header, claims.build());
    try {
      JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key);
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  /// The public keys of the tokens that are made here, as a JWK Set in JSON.
  public String publicKeys() {
    return keys.own().toPublicJWKSet().toString();
  }

  /// Whether a password is a token that holds.
  ///
  /// @param trusted keys of others whose tokens count
  Verdict check(byte @Nullable [] password, String clientId, JWKSet trusted) {
    if (password == null || password.length > BYTES_MAX) {
      return refused("a token as the password is needed, of at most 8 KiB");
    }
    try {
      String text = new String(password, StandardCharsets.US_ASCII);
      return admitted(processor(trusted).process(SignedJWT.parse(text), null), clientId);
    } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException e) {
      return refused("token refused: " + e.getMessage());
    }
  }

  private DefaultJWTProcessor<SecurityContext> processor(JWKSet trusted) {
    List<JWK> all = new ArrayList<>(keys.own().getKeys());
    all.addAll(trusted.getKeys());
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(new JWKSet(all))));
    DefaultJWTClaimsVerifier<SecurityContext> claims =
        new DefaultJWTClaimsVerifier<>(null, Set.of("sub", "exp"));
    claims.setMaxClockSkew(0);
    processor.setJWTClaimsSetVerifier(claims);
    return processor;
  }

  private static Verdict admitted(JWTClaimsSet claims, String clientId) throws ParseException {
    String subject = claims.getSubject();
    List<String> publish = claims.getStringListClaim("publish");
    List<String> subscribe = claims.getStringListClaim("subscribe");
    Permission bound = null;
    if (publish != null || subscribe != null) {
      List<TopicPattern> read = patterns(subscribe);
      bound =
          new Policy("token", read, patterns(publish), read, List.of(), Map.of())
              .bind(clientId, subject, subject);
    }
    return new Verdict.Admitted(
        new Identity(subject, true, bound, claims.getExpirationTime().toInstant().toEpochMilli()));
  }

  private static List<TopicPattern> patterns(@Nullable List<String> filters) {
    return (filters == null ? ALL : filters).stream().map(TopicPattern::of).toList();
  }

  private static Verdict refused(String detail) {
    return new Verdict.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, detail);
  }
}
