package dev.midge.certs;

import static dev.midge.kit.OcspAuthority.EC;
import static dev.midge.kit.OcspAuthority.GOOD;
import static dev.midge.kit.OcspAuthority.REVOKED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.OcspAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is made of the answers of an authority, all of them by OpenSSL.
class StatusQueryTest {
  @TempDir static Path folder;
  private static OcspAuthority authority;

  @BeforeAll
  static void makeCertificates() throws IOException {
    authority =
        OcspAuthority.in(
            folder,
            """
            [http]
            authorityInfoAccess = OCSP;URI:ldap://one.example/, OCSP;URI:http://ocsp.example/x
            [https]
            authorityInfoAccess = OCSP;URI:https://ocsp.example/
            [nowhere]
            authorityInfoAccess = OCSP;URI:http:/x
            [issuers]
            authorityInfoAccess = caIssuers;URI:http://ca.example/
            [none]
            basicConstraints = CA:FALSE
            [delegate]
            extendedKeyUsage = OCSPSigning
            """);
    authority.root("stranger", EC);
    for (String name : List.of("http", "https", "nowhere", "issuers", "none", "delegate")) {
      authority.leaf(name, "ca", name, EC);
    }
    authority.leaf("other-key", "ca", "delegate", "rsa:2048");
    authority.leaf("pretender", "stranger", "delegate", EC);
    authority.leaf("idle", "ca", "none", EC);
  }

  @Test
  void theCertificateSaysWhereToAsk() throws Exception {
    assertThat(query().responder()).hasToString("http://ocsp.example/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "nowhere", "issuers", "none"})
  void whoNamesNobodyToAskByHttpIsNotAskedAbout(String name) throws Exception {
    assertThat(StatusQuery.about(authority.credential(name, "ca"))).isEmpty();
  }

  @Test
  void withoutTheCertificateOfItsAuthorityNobodyIsAsked() throws Exception {
    assertThat(StatusQuery.about(authority.credential("http"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca", "delegate", "other-key"})
  void whatTheAuthorityOrItsDelegateSignedIsShown(String signer) throws Exception {
    byte[] answer = answer(GOOD, signer, "-ndays 1");

    StatusAnswer said = query().read(answer, Instant.now());

    assertThat(said.isRevoked()).isFalse();
    assertThat(said.response()).isEqualTo(answer);
    assertThat(Duration.between(said.since(), said.until())).isEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @CsvSource({
    "stranger, not signed by the authority",
    "pretender, not signed by the authority",
    "idle, not signed by the authority"
  })
  void whatOthersSignedIsNot(String signer, String words) throws Exception {
    assertRefused(answer(GOOD, signer, "-ndays 1"), Instant.now(), words);
  }

  /// That is so for ever, however long the answer holds.
  @ParameterizedTest
  @ValueSource(strings = {"-ndays 1", ""})
  void thatItIsRevokedIsBelieved(String options) throws Exception {
    byte[] answer = answer(REVOKED, "ca", options);
    Instant now = Instant.now();

    assertThat(query().read(answer, now).isRevoked()).isTrue();
    assertThat(query().read(answer, now.plus(Duration.ofDays(9))).isRevoked()).isTrue();
    assertRefused(answer(REVOKED, "stranger", options), now, "not signed by the authority");
    assertRefused(answer, now.minus(Duration.ofDays(1)), "not an answer for today");
  }

  @Test
  void whatItsAuthorityDoesNotKnowIsNotGood() throws Exception {
    assertRefused(answer("", "ca", "-ndays 1"), Instant.now(), "unknown to its authority");
  }

  @Test
  void thatItIsGoodIsBelievedForAsLongAsItHolds() throws Exception {
    byte[] answer = answer(GOOD, "ca", "-ndays 1");
    Instant now = Instant.now();

    assertRefused(answer, now.plus(Duration.ofDays(1)), "not an answer for today");
    assertRefused(answer, now.minus(Duration.ofDays(1)), "not an answer for today");
    assertRefused(answer(GOOD, "ca", ""), now, "not an answer for today");
  }

  @Test
  void whatIsAboutAnotherCertificateIsNot() throws Exception {
    byte[] answer = answer(GOOD, "ca", "-ndays 1");
    StatusQuery ofAnother =
        new StatusQuery(
            query().responder(), authority.certificate("stranger"), authority.certificate("ca"));

    assertThatThrownBy(() -> ofAnother.read(answer, Instant.now()))
        .hasMessage("about another certificate");
  }

  /// Cuts an answer after each of its bytes, and flips each: what is shown in the end is signed.
  @Test
  void whatWasDamagedIsRefusedOrWasNotSigned() throws Exception {
    byte[] answer = answer(GOOD, "ca", "-ndays 1");
    Instant now = Instant.now();
    StatusAnswer whole = query().read(answer, now);
    for (int i = 0; i < answer.length; i++) {
      assertRefused(Arrays.copyOf(answer, i), now, "");
      byte[] flipped = answer.clone();
      flipped[i] ^= 0x10;
      try {
        StatusAnswer other = query().read(flipped, now);
        assertThat(other.until()).isEqualTo(whole.until());
        assertThat(other.isRevoked()).isFalse();
      } catch (CertificateException refused) {
        assertThat(refused).hasMessageMatching("(?s).+");
      }
    }
  }

  private static void assertRefused(byte[] answer, Instant now, String words) throws Exception {
    StatusQuery query = query();
    assertThatThrownBy(() -> query.read(answer, now))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining(words);
  }

  private static byte[] answer(String index, String signer, String options) throws Exception {
    return authority.answer(query().request(), index, signer, options);
  }

  private static StatusQuery query() throws Exception {
    return StatusQuery.about(authority.credential("http", "ca")).orElseThrow();
  }
}
