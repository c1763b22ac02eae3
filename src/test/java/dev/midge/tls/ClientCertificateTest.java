package dev.midge.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientCertificates;
import dev.midge.certs.Credential;
import dev.midge.certs.InvalidRequest;
import dev.midge.certs.RecipeFiles;
import dev.midge.kit.Openssl;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.packet.ReasonCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The listener that asks for a client's certificate, and where clients get one.
class ClientCertificateTest {

  private static final String P384 = "ec -pkeyopt ec_paramgen_curve:P-384";
  private static final String LISTENER = "tls-client-certificate";
  private static final BlockingQueue<String> USER_NAMES = new LinkedBlockingQueue<>();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .shared("loops: 4")
          .authenticating(connect -> {
            USER_NAMES.add(String.valueOf(connect.userName()));
            return CompletableFuture.completedFuture(ReasonCode.SUCCESS);
          });

  /// What the log says of those that were refused.
  private static final BlockingQueue<String> LOG = new LinkedBlockingQueue<>();

  private static final Logger LOGGER = Logger.getLogger("dev.midge.certificates");
  private static final Handler TAP =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          String text = new PatternFormatter("%s").format(line);
          if (text.contains("refused") && line.getLevel().intValue() == Level.INFO.intValue()) {
            LOG.add(text);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @TempDir private Path folder;
  private final ClientCertificates authority = authority(SERVER.caFile().resolveSibling(""));

  @BeforeAll
  static void listen() {
    LOGGER.addHandler(TAP);
  }

  @AfterAll
  static void stopListening() {
    LOGGER.removeHandler(TAP);
  }

  @BeforeEach
  void forget() {
    LOG.clear();
    USER_NAMES.clear();
  }

  private static ClientCertificates authority(Path folder) {
    return new Certificates(folder, RecipeFiles.load(Path.of("certs")), "").clients("intermediate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theNameInTheCertificateIsTheUserName(String version) throws Exception {
    Credential own = authority.make("board-7 Zürich", 1);
    TlsClient tls = TlsClient.trusting(SERVER.caFile(), own.key(), own.chain());

    RawClient client = tls.raw(SERVER.port(LISTENER), version).speak(4);
    client.send("10 ( \"MQTT\" 04 c2 003c \"certified\" \"somebody else\" \"secret\" )");
    client.expect("20 02 00 00").leave();

    assertThat(USER_NAMES.poll(10, TimeUnit.SECONDS)).isEqualTo("board-7 Zürich");
  }

  @Test
  void theIntermediateNeedNotBeSent() throws Exception {
    Credential own = authority.make("short", 1);
    TlsClient tls = TlsClient.trusting(SERVER.caFile(), own.key(), own.chain().subList(0, 1));

    RawClient.connected(tls.raw(SERVER.port(LISTENER)), 5, "short").leave();
  }

  @Test
  void aClientWithoutACertificateIsRefused() throws Exception {
    assertRefused(TlsClient.trusting(SERVER.caFile()), "(none): there is no client certificate");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    Credential foreign = authority(folder).make("foreign", 1);
    assertRefused(
        TlsClient.trusting(SERVER.caFile(), foreign.key(), foreign.chain()),
        "(foreign): the client certificate is not signed by the authority of this server");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, '(unsuitable): the certificate is not for clients'",
    "expired, '(expired): the client certificate expired at '",
    "not-yet-valid, '(not-yet-valid): the client certificate is not valid before '"
  })
  void aServersCertificateIsRefusedForTheFirstThingThatIsWrong(String name, String reason)
      throws Exception {
    Credential server =
        new Certificates(
                SERVER.caFile().resolveSibling(""), RecipeFiles.load(Path.of("certs")), "127.0.0.1")
            .credential(name);
    assertRefused(TlsClient.trusting(SERVER.caFile(), server.key(), server.chain()), reason);
  }

  /// Not even by resuming what was begun while it was good.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aRevokedCertificateIsRefusedAtOnce(String version) throws Exception {
    Credential own = authority.make("revoked", 1);
    TlsClient tls = TlsClient.trusting(SERVER.caFile(), own.key(), own.chain());
    RawClient.connected(tls.raw(SERVER.port(LISTENER), version), 5, "revoked").leave();

    authority.revoke(own.certificate());

    assertRefused(tls, "(revoked): the client certificate is revoked", version);
    Credential other = authority.make("other", 1);
    RawClient.connected(
            TlsClient.trusting(SERVER.caFile(), other.key(), other.chain())
                .raw(SERVER.port(LISTENER), version),
            5,
            "other")
        .leave();
  }

  @ParameterizedTest
  @CsvSource({"tls-client-certificate, -tls1_2", "tls-client-optional, -tls1_3"})
  void clientsMayHaveAnyOfTheKeysThatAreSigned(String listener, String version) throws Exception {
    for (String key : List.of("rsa:2048", P384, "ed25519")) {
      String pem = authority.sign(request("-newkey " + key + " -subj /CN=" + listener), 1);
      Path shown = Files.writeString(folder.resolve("shown.crt"), pem);

      String said =
          Openssl.run(
              "\u0010\u000c\0\u0004MQTT\u0004\u0002\0<\0\0",
              "s_client -connect 127.0.0.1:%d -cert %s -key %s %s"
                  .formatted(SERVER.port(listener), shown, folder.resolve("key"), version));

      assertThat(USER_NAMES.poll(10, TimeUnit.SECONDS)).as(said).isEqualTo(listener);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rsa:2048", "rsa:4096", "ec -pkeyopt ec_paramgen_curve:P-256", P384, "ed25519"})
  void aRequestOfOpensslIsSignedForItsNameAndNothingElse(String key) throws Exception {
    String request =
        request("-newkey " + key + " -subj /O=x/CN=device -addext basicConstraints=CA:TRUE");

    String pem = authority.sign(request, 30);

    assertThat(openssl(pem, "x509 -noout -subject").strip()).isEqualTo("subject=CN = device");
    assertThat(openssl(pem, "x509 -noout -ext basicConstraints,extendedKeyUsage"))
        .contains("CA:FALSE", "TLS Web Client Authentication")
        .doesNotContain("CA:TRUE");
    Path chain = Files.writeString(folder.resolve("signed.crt"), pem);
    assertThat(
            openssl(
                "",
                "verify -x509_strict -purpose sslclient -CAfile "
                    + SERVER.caFile()
                    + " -untrusted "
                    + chain
                    + " "
                    + chain))
        .endsWith(": OK\n");
  }

  @Test
  void eachSignatureHasASerialNumberOfItsOwn() throws Exception {
    String request = request("-newkey ed25519 -subj /CN=device");

    assertThat(certificate(authority.sign(request, 1)).getSerialNumber())
        .isNotEqualTo(certificate(authority.sign(request, 1)).getSerialNumber());
  }

  @Test
  void aRequestThatIsNotToBeSignedIsAnsweredWithWhatIsWrong() throws Exception {
    String good = request("-newkey ed25519 -subj /CN=device");
    assertAnswer("", "no certificate request in PEM");
    assertAnswer("x".repeat(20_000), "16 KiB");
    assertAnswer(request("-newkey rsa:1024 -subj /CN=weak"), "2048 to 4096 bits");
    assertAnswer(request("-newkey ed25519 -subj /O=nameless"), "common name");
    assertAnswer(good.substring(0, 80) + good.substring(100), "cannot be read");
    assertAnswer(
        "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----",
        "cannot be read");
    assertThatThrownBy(() -> authority.sign(good, 91))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("1 to 90 days");
  }

  /// Flips each byte of a request in turn: whatever comes of it, it is an answer.
  @Test
  void aRequestThatWasDamagedIsRefused() throws Exception {
    String good = request("-newkey ed25519 -subj /CN=device");
    String label = "-----BEGIN CERTIFICATE REQUEST-----\n";
    byte[] der =
        Base64.getMimeDecoder().decode(good.substring(label.length(), good.indexOf("-----END")));
    for (int i = 0; i < der.length; i++) {
      byte[] damaged = der.clone();
      damaged[i] ^= 0x41;
      String pem =
          label
              + Base64.getEncoder().encodeToString(damaged)
              + "\n-----END CERTIFICATE REQUEST-----\n";
      assertThatThrownBy(() -> authority.sign(pem, 1))
          .as("byte %d", i)
          .isInstanceOf(InvalidRequest.class);
    }
  }

  private void assertAnswer(String request, String answer) {
    assertThatThrownBy(() -> authority.sign(request, 1))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining(answer);
  }

  private static void assertRefused(TlsClient tls, String reason, String... versions)
      throws Exception {
    // A client of TLS 1.3 learns of it only when it reads.
    assertThatThrownBy(
            () -> {
              try (SSLSocket socket = tls.open(SERVER.port(LISTENER), versions)) {
                socket.getOutputStream().write(new byte[] {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T'});
                if (socket.getInputStream().read() == -1) {
                  throw new IOException("closed");
                }
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(LOG.poll(10, TimeUnit.SECONDS)).contains(" refused for its certificate " + reason);
  }

  private static X509Certificate certificate(String pem) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(UTF_8)));
  }

  private String request(String options) throws Exception {
    return openssl("", "req -new -nodes -keyout " + folder.resolve("key") + " " + options);
  }

  private static String openssl(String input, String options) throws Exception {
    List<String> command =
        Stream.concat(Stream.of("openssl"), Stream.of(options.split(" "))).toList();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var to = process.outputWriter(UTF_8)) {
      to.write(input);
    }
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
