package dev.midge.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Openssl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A root that somebody else has made.
class BroughtRootTest {

  private static final String CA = " -addext basicConstraints=critical,CA:TRUE";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa:2048",
        "rsa:3072",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384"
      })
  void whatIsMadeBelowItIsGoodForThoseWhoTrustIt(String key) throws Exception {
    make("own", "-newkey " + key + " -nodes");
    Certificates certificates = certificates();

    assertThat(bringIn(certificates, "own", "own")).isTrue();
    certificates.credential("localhost");

    Path leaf = folder.resolve("data/localhost.pem");
    assertThat(
            Openssl.run(
                "verify -x509_strict -purpose sslserver -CAfile "
                    + folder.resolve("own.crt")
                    + " -untrusted "
                    + leaf
                    + " "
                    + leaf))
        .endsWith(": OK\n");
    assertThat(bringIn(certificates(), "own", "own")).isFalse();
  }

  /// The same name and another key: the hardest to tell apart.
  @Test
  void oneWithTheNameOfTheFormerOneTakesItsPlaceToo() throws Exception {
    Certificates certificates = certificates();
    certificates.credential("localhost");
    Path former = Files.copy(folder.resolve("data/ca.crt"), folder.resolve("former.crt"));
    make("own", "Midge Root CA", "-newkey rsa:2048 -nodes");

    bringIn(certificates, "own", "own");
    assertThat(certificates.renew(Instant.now())).contains("localhost");

    Path leaf = folder.resolve("data/localhost.pem");
    for (Path trusted : new Path[] {folder.resolve("own.crt"), former}) {
      assertThat(
              Openssl.run(
                  "verify -x509_strict -CAfile " + trusted + " -untrusted " + leaf + " " + leaf))
          .endsWith(": OK\n");
    }
    assertThat(certificates.overlap("intermediate")).isPresent();
  }

  @Test
  void keysMayComeInTheirOlderForms() throws Exception {
    make("own", "-newkey rsa:2048 -nodes");
    Openssl.run("rsa -traditional -in " + file("own.key") + " -out " + file("older.key"));
    assertThat(bringIn(certificates(), "own", "older")).isTrue();

    Openssl.run("ecparam -name prime256v1 -genkey -out " + file("ec.key"));
    Openssl.run(
        "req -x509 -new -key " + file("ec.key") + " -subj /CN=x -out " + file("ec.crt") + CA);
    assertThat(bringIn(certificates(), "ec", "ec")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -newkey rsa:2048 -nodes                | -addext basicConstraints=critical,CA:FALSE         | may not sign authorities
          -newkey rsa:2048 -nodes                | -addext basicConstraints=critical,CA:TRUE,pathlen:0| may not sign authorities
          -newkey rsa:2048 -nodes                | -addext keyUsage=digitalSignature -addext basicConstraints=CA:TRUE | may not sign authorities
          -newkey rsa:1024 -nodes                | -addext basicConstraints=critical,CA:TRUE          | needs a key of RSA
          -newkey ed25519 -nodes                 | -addext basicConstraints=critical,CA:TRUE          | needs a key of RSA
          -newkey rsa:2048 -passout pass:secret  | -addext basicConstraints=critical,CA:TRUE          | without a password
          """)
  void whatWillNotDoIsToldWithItsFile(String key, String extensions, String words)
      throws Exception {
    Openssl.run(
        "req -x509 -new "
            + key
            + " -config "
            + config()
            + " -subj /CN=x -keyout "
            + file("x.key")
            + " -out "
            + file("x.crt")
            + " "
            + extensions);

    assertThatThrownBy(() -> bringIn(certificates(), "x", "x"))
        .isInstanceOf(CertificateFailure.class)
        .hasMessageContaining(words)
        .hasMessageMatching(".*/x\\.(crt|key): .*");
    assertThat(folder.resolve("data/ca.pem")).doesNotExist();
  }

  @Test
  void theKeyOfAnotherOneWillNotDo() throws Exception {
    make("one", "-newkey rsa:2048 -nodes");
    make("two", "-newkey rsa:2048 -nodes");

    assertThatThrownBy(() -> bringIn(certificates(), "one", "two"))
        .hasMessageContaining("does not belong to the key");
    assertThatThrownBy(() -> bringIn(certificates(), "none", "two"))
        .hasMessageContaining("cannot be read");
    Files.writeString(folder.resolve("text.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END");
    assertThatThrownBy(() -> bringIn(certificates(), "text", "two"))
        .isInstanceOf(CertificateFailure.class);
  }

  private boolean bringIn(Certificates certificates, String certificate, String key) {
    return certificates.replaceRoot(
        "intermediate",
        Optional.of(
            new BroughtRoot(folder.resolve(certificate + ".crt"), folder.resolve(key + ".key"))),
        Duration.ofDays(30));
  }

  private void make(String name, String key) throws IOException {
    make(name, name, key);
  }

  private void make(String name, String commonName, String key) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve(name + ".cnf"),
            "[req]\nprompt=no\ndistinguished_name=dn\n[dn]\nO=Midge\nCN=" + commonName + "\n");
    Openssl.run(
        "req -x509 -new "
            + key
            + " -config "
            + config
            + " -days 3650 -keyout "
            + file(name + ".key")
            + " -out "
            + file(name + ".crt")
            + CA
            + " -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash");
  }

  /// One that adds nothing by itself.
  private Path config() throws IOException {
    return Files.writeString(folder.resolve("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n");
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Certificates certificates() {
    return new Certificates(folder.resolve("data"), RecipeFiles.load(Path.of("certs")), "");
  }
}
