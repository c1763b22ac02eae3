package dev.midge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.RecipeFiles;
import dev.midge.kit.Openssl;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A root that takes the place of another while the server runs.
class RootRotationTest {

  private static final int OVERLAP_DAYS = 30;

  private final TestServer server = TestServer.local();

  @TempDir private Path folder;
  private Path former = Path.of("");

  @BeforeEach
  void start() throws IOException {
    server.start();
    connect(server.caFile()); // So that there are certificates below the root.
    former = Files.copy(server.caFile(), folder.resolve("former.crt"));
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void clientsOfEitherRootAreServedUntilTheOverlapEnds() throws Exception {
    rotate(OVERLAP_DAYS);
    server.renewCertificates(Instant.now());

    assertThat(Files.readString(server.caFile())).isNotEqualTo(Files.readString(former));
    connect(server.caFile());
    connect(former);
    assertThat(verdict(server.caFile())).contains("Verify return code: 0 (ok)");
    assertThat(verdict(former)).contains("Verify return code: 0 (ok)");

    server.renewCertificates(Instant.now().plus(Duration.ofDays(OVERLAP_DAYS)));

    connect(server.caFile());
    assertThatThrownBy(() -> connect(former)).isInstanceOf(SSLException.class);
  }

  /// The other root has a key of its own, which stays; the new one vouches for it, too.
  @Test
  void theRsaChainIsGoodForClientsOfEveryRoot() throws Exception {
    TlsClient.trusting(former).open(server.port("tls-rsa")).close();
    rotate(OVERLAP_DAYS);
    server.renewCertificates(Instant.now());

    for (Path trusted :
        List.of(former, server.caFile(), server.caFile().resolveSibling("ca-rsa.crt"))) {
      TlsClient.trusting(trusted).open(server.port("tls-rsa")).close();
    }
  }

  @Test
  void aRestartDoesNotEndTheOverlap() throws Exception {
    rotate(OVERLAP_DAYS);
    server.restart();

    connect(server.caFile());
    connect(former);
  }

  @Test
  void withoutAnOverlapOnlyTheNewRootIsGood() throws Exception {
    rotate(0);
    server.renewCertificates(Instant.now());

    connect(server.caFile());
    assertThatThrownBy(() -> connect(former)).isInstanceOf(SSLException.class);
  }

  /// A second root is made after the first, and so on; each is told from the one before by name.
  @Test
  void rootsMayFollowEachOther() throws Exception {
    rotate(OVERLAP_DAYS);
    server.renewCertificates(Instant.now());
    Path second = Files.copy(server.caFile(), folder.resolve("second.crt"));
    rotate(OVERLAP_DAYS);
    server.renewCertificates(Instant.now());

    connect(server.caFile());
    connect(second);
    assertThat(Openssl.run("x509 -noout -subject -in " + server.caFile()))
        .contains("Midge Root CA 3");
  }

  @Test
  void clientCertificatesStayGoodAndCanStillBeRevoked() throws Exception {
    Credential own = certificates().clients("intermediate").make("board-1", 90);
    rotate(OVERLAP_DAYS);
    server.renewCertificates(Instant.now());

    TlsClient client = TlsClient.trusting(former, own.key(), own.chain());
    RawClient.connected(client.raw(server.port("tls-client-certificate")), 5, "before").leave();
    certificates().clients("intermediate").revoke(own.certificate());

    assertThatThrownBy(() ->
            RawClient.connected(client.raw(server.port("tls-client-certificate")), 5, "after"))
        .isInstanceOfAny(AssertionError.class, RuntimeException.class);
  }

  private void rotate(int overlapDays) {
    assertThat(
            certificates()
                .replaceRoot("intermediate", Optional.empty(), Duration.ofDays(overlapDays)))
        .isTrue();
  }

  /// As a command beside the server has them.
  private Certificates certificates() {
    return new Certificates(
        server.caFile().resolveSibling(""), RecipeFiles.load(Path.of("certs")), "");
  }

  private void connect(Path trusted) throws IOException {
    TlsClient.trusting(trusted).open(server.port("tls")).close();
  }

  private String verdict(Path trusted) throws IOException {
    return Openssl.run(
        "s_client -connect 127.0.0.1:"
            + server.port("tls")
            + " -x509_strict -verify_hostname localhost -CAfile "
            + trusted);
  }
}
