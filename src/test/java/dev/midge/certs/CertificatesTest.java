package dev.midge.certs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The certificates that our own recipes make, as OpenSSL judges them, and how they are kept.
class CertificatesTest {

  private static final Path RECIPES = Path.of("certs");

  @TempDir private Path folder;
  private Certificates certificates = new Certificates(Path.of(""), RecipeFiles.load(RECIPES), "");

  @BeforeEach
  void start() {
    certificates = new Certificates(folder, RecipeFiles.load(RECIPES), "");
  }

  /// What `openssl verify` says of each; the words are OpenSSL's.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          localhost           | OK
          p384                | OK
          rsa                 | OK
          rsa-4096            | OK
          ed25519             | OK
          revoked             | OK
          huge-chain          | OK
          expired             | error 10 at 0 depth lookup: certificate has expired
          not-yet-valid       | error 9 at 0 depth lookup: certificate is not yet valid
          wrong-host          | error 62 at 0 depth lookup: hostname mismatch
          self-signed         | error 18 at 0 depth lookup: self-signed certificate
          unknown-ca          | error 19 at 1 depth lookup: self-signed certificate in certificate chain
          missing-intermediate| error 20 at 0 depth lookup: unable to get local issuer certificate
          """)
  void eachHasItsOneFault(String name, String verdict) throws Exception {
    String said = verify(name, "-verify_hostname", "localhost");

    assertThat(said.lines().filter(line -> line.startsWith("error ") && line.contains(" depth ")))
        .containsExactlyElementsOf(verdict.equals("OK") ? List.of() : List.of(verdict));
    assertThat(said.contains(": OK\n")).isEqualTo(verdict.equals("OK"));
  }

  @ParameterizedTest
  @CsvSource({"-verify_hostname,localhost", "-verify_ip,127.0.0.1", "-verify_ip,::1"})
  void theGoodOneIsForThisMachineByAllItsNames(String option, String name) throws Exception {
    assertThat(verify("localhost", option, name)).endsWith(": OK\n");
  }

  @Test
  void theOneWithoutNamesHasAllElse() throws Exception {
    X509Certificate certificate = certificates.credential("no-names").certificate();

    assertThat(certificate.getSubjectAlternativeNames()).isNull();
    assertThat(certificate.getSubjectX500Principal().getName()).startsWith("CN=localhost");
    assertThat(verify("no-names")).endsWith(": OK\n");
  }

  @Test
  void theRootIsMadeForDecadesAndLeavesForNinetyDays() {
    assertThat(lifeDays("ca")).isGreaterThan(3650);
    assertThat(lifeDays("localhost")).isBetween(90L, 92L);
  }

  @Test
  void aLaterStartFindsWhatThereWas() throws Exception {
    X509Certificate leaf = certificates.credential("localhost").certificate();
    String root = Files.readString(certificates.root("localhost").file());

    start();

    assertThat(certificates.credential("localhost").certificate()).isEqualTo(leaf);
    assertThat(Files.readString(certificates.root("localhost").file())).isEqualTo(root);
  }

  @Test
  void keysAreForTheirOwnerOnlyAndNothingUnfinishedIsLeft() throws Exception {
    certificates.credential("localhost");

    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        boolean isSecret = Files.readString(file).contains("PRIVATE KEY");
        assertThat(file.toString()).endsWith(isSecret ? ".pem" : ".crt");
        if (isSecret) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void aLeafIsRenewedWhenAThirdOfItsLifeIsLeftAndTheRootIsNot() {
    X509Certificate leaf = certificates.credential("localhost").certificate();
    Credential root = certificates.credential("ca");
    Instant now = Instant.now();

    assertThat(certificates.renew(now.plus(Duration.ofDays(58)))).isEmpty();
    assertThat(certificates.renew(now.plus(Duration.ofDays(61)))).containsExactly("localhost");

    X509Certificate renewed = certificates.credential("localhost").certificate();
    assertThat(renewed.getSerialNumber()).isNotEqualTo(leaf.getSerialNumber());
    assertThat(certificates.credential("ca")).isEqualTo(root);
  }

  @Test
  void aFaultIsMadeAnewBeforeItHeals() {
    certificates.credential("not-yet-valid");
    certificates.credential("expired");

    assertThat(certificates.renew(Instant.now().plus(Duration.ofDays(200))))
        .containsExactly("not-yet-valid");
  }

  @Test
  void leavesFollowTheirAuthority() throws Exception {
    X509Certificate leaf = certificates.credential("localhost").certificate();
    Files.delete(folder.resolve("ca.pem"));

    start();

    assertThat(certificates.credential("localhost").certificate()).isNotEqualTo(leaf);
    assertThat(verify("localhost")).endsWith(": OK\n");
  }

  @Test
  void aBrokenLeafIsMadeAnewAndABrokenRootIsNot() throws Exception {
    certificates.credential("localhost");
    Files.writeString(folder.resolve("localhost.pem"), "torn");
    start();
    assertThat(verify("localhost")).endsWith(": OK\n");

    Files.writeString(folder.resolve("ca.pem"), "torn");
    start();
    assertThatThrownBy(() -> certificates.credential("localhost"))
        .isInstanceOf(CertificateFailure.class)
        .hasMessage(
            folder.resolve("ca.pem")
                + ": cannot be read: it has no key. Put it back, or delete it for a new one, which"
                + " clients must then be given.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa", "rsa-4096", "ed25519", "huge-chain", "revoked"})
  void whatIsReadBackIsWhatWasMade(String name) {
    Credential made = certificates.credential(name);

    start();

    assertThat(certificates.credential(name).chain()).isEqualTo(made.chain());
    assertThat(certificates.credential(name).keyPem()).isEqualTo(made.keyPem());
  }

  @Test
  void theRevokedOneIsRevokedAlsoWhenItIsMadeAnewOrTheListIsLost() throws Exception {
    certificates.credential("revoked");
    certificates.renew(Instant.now().plus(Duration.ofDays(61)));
    assertThat(isRevoked()).isTrue();

    Files.delete(folder.resolve("intermediate.crl"));
    start();
    assertThat(isRevoked()).isTrue();
  }

  private boolean isRevoked() throws Exception {
    return certificates.isRevoked("revoked", certificates.credential("revoked").certificate());
  }

  /// Longer than a record of TLS, and shorter than what Java takes.
  @Test
  void theHugeChainIsHuge() throws Exception {
    int bytes = 0;
    for (X509Certificate certificate : certificates.credential("huge-chain").chain()) {
      bytes += certificate.getEncoded().length;
    }
    assertThat(bytes).isBetween(17 << 10, 31 << 10);
  }

  @Test
  void aRootForWhichAnotherVouchesStaysWhenTheOtherChanges() throws Exception {
    certificates.credential("rsa");
    X509Certificate root = certificates.credential("ca-rsa").certificate();
    Files.delete(folder.resolve("ca.pem"));

    start();

    assertThat(verify("rsa")).endsWith(": OK\n");
    assertThat(certificates.credential("ca-rsa").certificate()).isEqualTo(root);
  }

  private long lifeDays(String name) {
    X509Certificate certificate = certificates.credential(name).certificate();
    return Duration.between(
            certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant())
        .toDays();
  }

  /// What OpenSSL, as strict as it can be, says of a certificate and what comes with it.
  private String verify(String name, String... options) throws Exception {
    certificates.credential(name);
    String pem = folder.resolve(name + ".pem").toString();
    String root = certificates.root(name).file().toString();
    List<String> command =
        Stream.of(
                List.of("openssl", "verify", "-x509_strict", "-purpose", "sslserver"),
                List.of("-CAfile", root, "-untrusted", pem),
                Arrays.asList(options),
                List.of(pem))
            .flatMap(List::stream)
            .toList();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
