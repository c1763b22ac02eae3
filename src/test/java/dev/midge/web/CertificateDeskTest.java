package dev.midge.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Credential;
import dev.midge.kit.Openssl;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Client certificates over HTTP, and what port 8884 makes of them.
class CertificateDeskTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "web-strict",
              """
              transport: http
              http:
                certificates_per_address_max: 2
                limits_local: true
              """);

  private static final String API = "/api/v1/certificates";
  private static final Path CORPUS = Path.of("src/test/resources/csr/refused");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @TempDir private Path folder;
  private String request = "";

  @BeforeEach
  void makeRequest() throws IOException {
    request = request("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /O=x/CN=board-7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rsa:2048",
        "rsa:3072",
        "rsa:4096",
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "ed25519"
      })
  void aRequestIsSignedForItsNameAndKeyAndNothingElse(String key) throws Exception {
    HttpResponse<byte[]> answer =
        post(
            "?days=30",
            request(
                "-newkey "
                    + key
                    + " -subj /O=x/CN=board-7 -addext basicConstraints=critical,CA:TRUE -addext"
                    + " subjectAltName=DNS:midge.example"));

    assertThat(answer.statusCode()).isEqualTo(200);
    Path file = Files.write(folder.resolve("client.crt"), answer.body());
    assertThat(Openssl.run("x509 -noout -subject -ext basicConstraints -in " + file))
        .contains("subject=CN = board-7\n", "CA:FALSE");
    X509Certificate certificate = certificate(answer.body());
    assertThat(certificate.getSubjectAlternativeNames()).isNull();
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getNotAfter().toInstant())
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(30)));
    assertThat(
            Openssl.run(
                "verify -x509_strict -purpose sslclient -CAfile "
                    + SERVER.caFile()
                    + " -untrusted "
                    + file
                    + " "
                    + file))
        .endsWith(": OK\n");
  }

  /// What curl, a form in a browser, and a form made by curl send.
  @Test
  void aRequestComesAsItIsOrAsAFieldOfAForm() throws Exception {
    String form = "application/x-www-form-urlencoded";
    String field = "csr=" + URLEncoder.encode(request, UTF_8);

    assertThat(post("?minutes=5", request, "Content-Type", form).statusCode()).isEqualTo(200);
    assertThat(post("", request.replace("\n", ""), "Content-Type", form).statusCode())
        .isEqualTo(200);
    HttpResponse<byte[]> answer =
        post("", field + "&days=2&variant=good", "Content-Type", form, "Accept", "text/html");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-disposition"))
        .hasValue("attachment; filename=\"client.crt\"");
    assertThat(certificate(answer.body()).getNotAfter().toInstant())
        .isBefore(Instant.now().plus(Duration.ofDays(2)));
  }

  @Test
  void theRestOfTheFormIsLookedAtStrictly() {
    assertAnswer(400, "1 to 90 days", post("?days=91", request));
    assertAnswer(400, "1 to 90 days", post("?days=0", request));
    assertAnswer(400, "1 to 90 days", post("?minutes=129601", request));
    assertAnswer(400, "days must be a whole number", post("?days=-1", request));
    assertAnswer(400, "days must be a whole number", post("?days=9999999", request));
    assertAnswer(400, "not both", post("?days=1&minutes=1", request));
    assertAnswer(400, "expired, not-yet-valid, revoked, foreign", post("?variant=odd", request));
    assertAnswer(400, "Known are: csr, days, minutes, variant", post("?day=1", request));
    assertAnswer(400, "twice", post("?days=1&days=2", request));
    assertAnswer(400, "hexadecimal", post("", "days=%zz&csr=" + request));
    assertAnswer(415, "--data-binary", post("", request, "Content-Type", "multipart/form-data"));
    assertAnswer(405, "DELETE, POST", visitor.get(API));
  }

  /// A browser gets a page that says it.
  @Test
  void whatIsWrongIsSaidOnAPageToBrowsers() {
    HttpResponse<byte[]> answer =
        post("", "csr=%3Cscript%3E&days=%3Cb%3E", "Accept", "text/html,*/*;q=0.8");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(text(answer)).contains("days must be a whole number").doesNotContain("<b>");
  }

  static List<Path> corpus() throws IOException {
    try (Stream<Path> files = Files.list(CORPUS)) {
      return files.sorted().toList();
    }
  }

  /// The first line of each says what the answer must say.
  @ParameterizedTest
  @MethodSource("corpus")
  void whatIsNoGoodRequestIsAnsweredWithWhatIsWrong(Path file) throws Exception {
    String text = Files.readString(file, ISO_8859_1);
    int end = text.indexOf('\n');

    HttpResponse<byte[]> answer = post("", text.substring(end + 1));

    assertThat(answer.statusCode()).isIn(400, 413);
    assertThat(text(answer)).contains(text.substring("# ".length(), end));
    assertThat(post("?minutes=1", request).statusCode()).isEqualTo(200);
  }

  /// Cuts a good request after each of its bytes, and flips each.
  @Test
  void aDamagedRequestIsAnsweredWhateverItBecame() {
    byte[] der = Base64.getMimeDecoder().decode(request.replaceAll("-----[A-Z ]+-----", ""));
    for (int i = 0; i < der.length; i += 3) {
      byte[] flipped = der.clone();
      flipped[i] ^= 0x41;
      assertThat(post("", pem(flipped)).statusCode()).as("byte %d", i).isEqualTo(400);
      assertThat(post("", pem(Arrays.copyOf(der, i))).statusCode()).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "good, true",
    "expired, false",
    "not-yet-valid, false",
    "revoked, false",
    "foreign, false"
  })
  void eachVariantIsWhatItSays(String variant, boolean isLetIn) throws Exception {
    HttpResponse<byte[]> answer = post("?minutes=10&variant=" + variant, request);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(isLetIn(answer.body())).isEqualTo(isLetIn);
  }

  @Test
  void aCertificateIsGivenBackAndNoLongerLetInWithoutARestart() throws Exception {
    byte[] chain = post("?days=1", request).body();
    assertThat(isLetIn(chain)).isTrue();

    HttpResponse<byte[]> answer = visitor.send("DELETE", API, chain);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(isLetIn(chain)).isFalse();
    assertThat(visitor.send("DELETE", API, chain).statusCode()).isEqualTo(200);
    X509CRL list =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(visitor.get("/crl.der").body()));
    assertThat(list.isRevoked(certificate(chain))).isTrue();
    assertThat(isLetIn(post("?days=1", request).body())).isTrue();
  }

  @Test
  void onlyCertificatesForClientsAreGivenBack() throws Exception {
    byte[] ofServer = shown("tls");
    byte[] foreign = post("?variant=foreign", request).body();

    assertAnswer(400, "not one for a client", visitor.send("DELETE", API, ofServer));
    assertAnswer(400, "not one of this authority", visitor.send("DELETE", API, foreign));
    assertAnswer(
        400,
        "not one of this authority",
        visitor.send("DELETE", API, visitor.get("/ca.der").body()));
    assertAnswer(400, "no certificate", visitor.send("DELETE", API, request.getBytes(UTF_8)));
    assertAnswer(400, "no certificate", visitor.send("DELETE", API, new byte[0]));
    assertAnswer(413, "16 KiB", visitor.send("DELETE", API, new byte[20_000]));
  }

  @Test
  void everySerialNumberIsDifferentAndWrittenDown() throws Exception {
    Set<String> serials = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      serials.add(certificate(post("?days=1", request).body()).getSerialNumber().toString(16));
    }

    assertThat(serials).hasSize(20);
    assertThat(Files.readAllLines(SERVER.caFile().resolveSibling("intermediate.issued")))
        .extracting(line -> line.substring(0, line.indexOf(' ')))
        .containsAll(serials);
  }

  @Test
  void anAddressGetsSoManyInAnHourAndIsToldWhenToComeAgain() {
    Visitor stranger = new Visitor(() -> SERVER.port("web-strict"));
    byte[] good = request.getBytes(UTF_8);
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      statuses.add(stranger.send("POST", API, "nonsense".getBytes(UTF_8)).statusCode());
    }
    for (int i = 0; i < 3; i++) {
      statuses.add(stranger.send("POST", API, good).statusCode());
    }
    assertThat(statuses).containsExactly(400, 400, 200, 200, 429);
  }

  private HttpResponse<byte[]> post(String query, String body, String... headers) {
    return visitor.send("POST", API + query, body.getBytes(ISO_8859_1), headers);
  }

  private static void assertAnswer(int status, String words, HttpResponse<byte[]> answer) {
    assertThat(text(answer)).contains(words);
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  private static String pem(byte[] der) {
    return "-----BEGIN CERTIFICATE REQUEST-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END CERTIFICATE REQUEST-----\n";
  }

  private static X509Certificate certificate(byte[] bytes) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
  }

  /// What a listener shows.
  private static byte[] shown(String listener) throws Exception {
    try (var socket = TlsClient.trusting(SERVER.caFile()).open(SERVER.port(listener))) {
      return socket.getSession().getPeerCertificates()[0].getEncoded();
    }
  }

  /// Whether 8884 lets in who has this certificate and the key of the request.
  private boolean isLetIn(byte[] chain) throws Exception {
    List<X509Certificate> certificates = new ArrayList<>();
    for (var each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(chain))) {
      certificates.add((X509Certificate) each);
    }
    String key = Files.readString(folder.resolve("key"));
    byte[] der = Base64.getMimeDecoder().decode(key.replaceAll("-----[A-Z ]+-----", ""));
    Credential own =
        new Credential(
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)),
            certificates);
    try (RawClient client =
        RawClient.connected(
            TlsClient.trusting(SERVER.caFile(), own.key(), own.chain())
                .raw(SERVER.port("tls-client-certificate")),
            5,
            "client")) {
      client.leave();
      return true;
    } catch (UncheckedIOException | AssertionError refused) {
      return false;
    }
  }

  private String request(String options) throws IOException {
    Openssl.run(
        "req -new -nodes -keyout "
            + folder.resolve("key")
            + " -out "
            + folder.resolve("csr")
            + " "
            + options);
    return Files.readString(folder.resolve("csr"));
  }
}
