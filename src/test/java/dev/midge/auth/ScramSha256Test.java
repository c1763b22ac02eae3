package dev.midge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.AuthMethod.Accepted;
import dev.midge.broker.AuthMethod.Continue;
import dev.midge.broker.AuthMethod.Exchange;
import dev.midge.broker.AuthMethod.Refused;
import dev.midge.broker.AuthMethod.Step;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The exchange of RFC 7677, section 3, and what is wrong with others.
class ScramSha256Test {
  private static final String FIRST = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO" + SERVER_NONCE;
  private static final String SALT = "W22ZaJ0SNY7soEsUEjb6gQ==";
  private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  private static final ScramCredentials PENCIL =
      ScramCredentials.ofPassword("pencil", Base64.getDecoder().decode(SALT));

  private final ScramSha256 method =
      new ScramSha256(Map.of("user", PENCIL, "a,b=c", PENCIL)::get, () -> SERVER_NONCE);
  private Exchange exchange = method.begin();

  @BeforeEach
  void begin() {
    exchange = method.begin();
  }

  private Step next(String message) {
    return exchange.next(message.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void theExampleOfTheRfcIsAccepted() {
    assertThat(next(FIRST))
        .isInstanceOfSatisfying(
            Continue.class,
            step ->
                assertThat(text(step.data())).isEqualTo("r=" + NONCE + ",s=" + SALT + ",i=4096"));
    assertThat(next("c=biws,r=" + NONCE + ",p=" + PROOF))
        .isInstanceOfSatisfying(
            Accepted.class,
            step -> {
              assertThat(text(step.data()))
                  .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
              assertThat(step.userName()).isEqualTo("user");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n",
        "n,,",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,r=abc,n=user",
        "n,,m=x,n=user,r=abc",
        "y,,n=user,r=abc",
        "p=tls-unique,,n=user,r=abc",
        "n,a=other,n=user,r=abc",
        "N,,n=user,r=abc"
      })
  void aMalformedBeginningIsRefused(String message) {
    assertThat(next(message)).isInstanceOf(Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c=biws",
        "c=biws,r=" + NONCE,
        "c=biws,r=" + NONCE + ",p=",
        "c=biws,r=" + NONCE + ",p=AAAA",
        "c=biws,r=" + NONCE + ",p=not base64",
        "c=biws,r=" + NONCE + ",p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=eSws,r=" + NONCE + ",p=" + PROOF,
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=" + PROOF,
        "r=" + NONCE + ",c=biws,p=" + PROOF,
        "c=biws,p=" + PROOF
      })
  void anythingButTheRightProofIsRefused(String message) {
    next(FIRST);
    assertThat(next(message)).isInstanceOf(Refused.class);
  }

  @Test
  void aProofOverAnotherNonceIsRefused() {
    next(FIRST);
    String unproved = "c=biws,r=" + NONCE + "x";
    byte[] signed =
        (FIRST.substring(3) + ",r=" + NONCE + ",s=" + SALT + ",i=4096," + unproved)
            .getBytes(StandardCharsets.UTF_8);
    assertThat(next(unproved + ",p=" + Scram.proof("pencil", SALT, signed)))
        .isInstanceOf(Refused.class);
  }

  @Test
  void anUnknownUserIsAskedLikeAKnownOneAndThenRefused() {
    assertThat(next("n,,n=nobody,r=abc"))
        .isInstanceOfSatisfying(
            Continue.class,
            step ->
                assertThat(text(step.data()))
                    .startsWith("r=abc" + SERVER_NONCE + ",s=")
                    .endsWith(",i=4096"));
    assertThat(next("c=biws,r=abc" + SERVER_NONCE + ",p=" + PROOF))
        .isInstanceOfSatisfying(
            Refused.class,
            step -> assertThat(step.detail()).isEqualTo("wrong user name or password"));
  }

  @Test
  void aUserNameMayHaveCommasAndEqualsSigns() {
    next("n,,n=a=2Cb=3Dc,r=abc");
    String bare = "c=biws,r=abc" + SERVER_NONCE;
    byte[] signed =
        ("n=a=2Cb=3Dc,r=abc,r=abc" + SERVER_NONCE + ",s=" + SALT + ",i=4096," + bare)
            .getBytes(StandardCharsets.UTF_8);
    assertThat(next(bare + ",p=" + Scram.proof("pencil", SALT, signed)))
        .isInstanceOfSatisfying(
            Accepted.class, step -> assertThat(step.userName()).isEqualTo("a,b=c"));
  }
}
