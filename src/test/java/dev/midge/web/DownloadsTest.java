package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Openssl;
import dev.midge.kit.TestServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The certificate to trust, in each form in which it is to be had.
class DownloadsTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"/ca.crt", "/ca.pem", "/ssl/midge.crt", "/ca.der"})
  void textAndBytesAreTheCertificateThatScriptsAreTold(String path) throws Exception {
    assertThat(certificate(visitor.get(path).body())).isEqualTo(root());
  }

  @ParameterizedTest
  @CsvSource({"/ca.p12, PKCS12", "/ca.jks, JKS"})
  void keyStoresHaveItToTrust(String path, String type) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    store.load(new ByteArrayInputStream(visitor.get(path).body()), "changeit".toCharArray());

    assertThat(Collections.list(store.aliases())).containsExactly("midge-ca");
    assertThat(store.isCertificateEntry("midge-ca")).isTrue();
    assertThat(store.getCertificate("midge-ca")).isEqualTo(root());
  }

  @Test
  void opensslReadsThePkcs12() throws Exception {
    Path file = Files.write(folder.resolve("ca.p12"), visitor.get("/ca.p12").body());

    assertThat(Openssl.run("pkcs12 -in " + file + " -nokeys -passin pass:changeit"))
        .contains("-----BEGIN CERTIFICATE-----");
  }

  /// Both as a C compiler reads them.
  @Test
  void theHeaderHasTheCertificateAsTextAndAsBytes() throws Exception {
    String header = visitor.text("/ca.h");
    String text =
        Pattern.compile("^    \"(.*)\\\\n\";?$", Pattern.MULTILINE)
            .matcher(header)
            .results()
            .map(line -> line.group(1) + "\n")
            .collect(joining());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Pattern.compile("0x([0-9a-f]{2}),")
        .matcher(header)
        .results()
        .forEach(match -> bytes.write(HexFormat.fromHexDigits(match.group(1))));

    assertThat(certificate(text.getBytes(UTF_8))).isEqualTo(root());
    assertThat(bytes.toByteArray()).isEqualTo(root().getEncoded());
  }

  @Test
  void theFingerprintIsWhatOpensslMakesOfIt() throws Exception {
    String fingerprint = visitor.text("/ca.sha256").strip();

    assertThat(Openssl.run("x509 -noout -fingerprint -sha256 -in " + SERVER.caFile()).strip())
        .endsWith("=" + fingerprint);
    assertThat(visitor.text("/certificates")).contains(fingerprint);
  }

  @Test
  void theListOfRevokedCertificatesIsThereBeforeAnyIsRevoked() throws Exception {
    X509CRL pem = crl(visitor.get("/crl.pem").body());
    X509CRL der = crl(visitor.get("/crl.der").body());

    assertThat(pem).isEqualTo(der);
    assertThat(pem.getRevokedCertificates()).isNull();
  }

  @Test
  void whoHasAFileAlreadyIsToldSo() {
    HttpResponse<byte[]> first = visitor.get("/ca.p12");
    String tag = first.headers().firstValue("etag").orElseThrow();

    HttpResponse<byte[]> second = visitor.get("/ca.p12", "If-None-Match", "\"x\", W/" + tag);
    assertThat(second.statusCode()).isEqualTo(304);
    assertThat(second.body()).isEmpty();
    assertThat(visitor.get("/ca.p12", "If-None-Match", "\"x\"").statusCode()).isEqualTo(200);
  }

  private static X509Certificate root() throws Exception {
    return certificate(Files.readAllBytes(SERVER.caFile()));
  }

  private static X509Certificate certificate(byte[] bytes) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
  }

  private static X509CRL crl(byte[] bytes) throws Exception {
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
  }
}
