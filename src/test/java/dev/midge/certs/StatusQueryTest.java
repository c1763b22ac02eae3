package dev.midge.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Openssl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
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
  private static final String GOOD = "V\t491231235959Z\t\t0A\tunknown\t/CN=leaf\n";
  private static final String REVOKED = "R\t491231235959Z\t240101000000Z\t0A\tunknown\t/CN=leaf\n";

  @TempDir static Path folder;

  @BeforeAll
  static void makeCertificates() throws IOException {
    root("ca");
    root("stranger");
    Files.writeString(
        folder.resolve("extensions"),
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
    for (String name : List.of("http", "https", "nowhere", "issuers", "none", "delegate")) {
      leaf(name, "ca", name);
    }
    leaf("pretender", "stranger", "delegate");
    leaf("idle", "ca", "none");
  }

  private static void root(String name) throws IOException {
    Openssl.run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=%s -keyout %s -out %s"
            .formatted(name, file(name + ".key"), file(name + ".pem")));
  }

  private static void leaf(String name, String authority, String extensions) throws IOException {
    Openssl.run(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=%s -keyout %s -out %s"
            .formatted(name, file(name + ".key"), file(name + ".csr")));
    Openssl.run(
        "x509 -req -in %s -CA %s -CAkey %s -set_serial 10 -days 30 -extfile %s -extensions %s -out %s"
            .formatted(
                file(name + ".csr"),
                file(authority + ".pem"),
                file(authority + ".key"),
                file("extensions"),
                extensions,
                file(name + ".pem")));
  }

  @Test
  void theCertificateSaysWhereToAsk() throws Exception {
    assertThat(query().responder()).hasToString("http://ocsp.example/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "nowhere", "issuers", "none"})
  void whoNamesNobodyToAskByHttpIsNotAskedAbout(String name) throws Exception {
    assertThat(StatusQuery.about(credential(name, "ca"))).isEmpty();
  }

  @Test
  void withoutTheCertificateOfItsAuthorityNobodyIsAsked() throws Exception {
    assertThat(StatusQuery.about(credential("http"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca", "delegate"})
  void whatTheAuthorityOrItsDelegateSignedIsShown(String signer) throws Exception {
    byte[] answer = answer(GOOD, signer, "-ndays 1");

    Staple staple = query().read(answer, Instant.now());

    assertThat(staple.response()).isEqualTo(answer);
    assertThat(Duration.between(staple.since(), staple.until())).isEqualTo(Duration.ofDays(1));
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

  @Test
  void onlyThatItIsGoodIsShown() throws Exception {
    assertRefused(answer(REVOKED, "ca", "-ndays 1"), Instant.now(), "the certificate is revoked");
    assertRefused(answer("", "ca", "-ndays 1"), Instant.now(), "unknown to its authority");
  }

  @Test
  void onlyForAsLongAsItHolds() throws Exception {
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
        new StatusQuery(query().responder(), certificate("stranger"), certificate("ca"));

    assertThatThrownBy(() -> ofAnother.read(answer, Instant.now()))
        .hasMessage("about another certificate");
  }

  /// Cuts an answer after each of its bytes, and flips each: what is shown in the end is signed.
  @Test
  void whatWasDamagedIsRefusedOrWasNotSigned() throws Exception {
    byte[] answer = answer(GOOD, "ca", "-ndays 1");
    Instant now = Instant.now();
    Staple whole = query().read(answer, now);
    for (int i = 0; i < answer.length; i++) {
      assertRefused(Arrays.copyOf(answer, i), now, "");
      byte[] flipped = answer.clone();
      flipped[i] ^= 0x10;
      try {
        Staple other = query().read(flipped, now);
        assertThat(other.until()).isEqualTo(whole.until());
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

  /// What OpenSSL answers to our question.
  ///
  /// @param index what it knows, in its words
  private static byte[] answer(String index, String signer, String options) throws Exception {
    Files.writeString(folder.resolve("index"), index);
    Files.write(folder.resolve("request"), query().request());
    String said =
        Openssl.run(
            ("ocsp -index %s -CA %s -rsigner %s -rkey %s -reqin %s -respout %s " + options)
                .formatted(
                    file("index"),
                    file("ca.pem"),
                    file(signer + ".pem"),
                    file(signer + ".key"),
                    file("request"),
                    file("response"))
                .strip());
    assertThat(folder.resolve("response")).as(said).exists();
    return Files.readAllBytes(folder.resolve("response"));
  }

  private static StatusQuery query() throws Exception {
    return StatusQuery.about(credential("http", "ca")).orElseThrow();
  }

  private static Credential credential(String... chain) throws Exception {
    PrivateKey any = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    X509Certificate[] certificates = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      certificates[i] = certificate(chain[i]);
    }
    return new Credential(any, List.of(certificates));
  }

  private static X509Certificate certificate(String name) throws Exception {
    try (var in = Files.newInputStream(folder.resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }
}
