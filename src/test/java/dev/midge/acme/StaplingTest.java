package dev.midge.acme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.RecipeFiles;
import dev.midge.certs.StatusQuery;
import dev.midge.kit.Openssl;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A server with a certificate of a public authority that says by OCSP what it has revoked.
class StaplingTest {
  private static final int LIFE_SECONDS = 86_400;
  private static final int PATIENCE_SECONDS = 120;
  private static final int PORT = Pebble.freePort();
  private static final TlsClient TLS = TlsClient.blind();
  private static @Nullable Pebble pebble;
  private static @Nullable Process responder;

  @TempDir static Path folder;

  @RegisterExtension
  static final TestServer SERVER = TestServer.local().acme(StaplingTest::settings);

  private static AcmeSettings settings() {
    try {
      Path files = Files.createTempDirectory("midge-pebble");
      Pebble started = Pebble.naming(URI.create("http://127.0.0.1:" + PORT), files, LIFE_SECONDS);
      pebble = started;
      return new AcmeSettings(
          started.directory(), "", List.of("mqtt.example.org"), started.caFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  static void stop() {
    if (responder != null) {
      responder.destroyForcibly();
    }
    if (pebble != null) {
      pebble.close();
    }
  }

  @Test
  void whatTheAuthoritySaysIsShownToThoseWhoAskForIt() throws Exception {
    X509Certificate shown = awaitCertificate();
    assertThat(status("tls-public")).contains("OCSP response: no response sent");

    answerFor(shown);

    awaitStaple();
    assertThat(status("tls-public")).contains("Cert Status: good").contains("Verify return code");
    assertThat(status("tls-public", "-tls1_2")).contains("Cert Status: good");
    assertThat(status("tls")).contains("OCSP response: no response sent");
    TLS.open(SERVER.port("tls-public")).close(); // Java asks for it, and looks at it.
  }

  @Test
  void anAnswerThatIsLateOrEndlessOrElsewhereIsNone(@TempDir Path own) throws Exception {
    Certificates certificates = new Certificates(own, RecipeFiles.load(Path.of("certs")), "");
    Credential localhost = certificates.credential("localhost");
    CountDownLatch never = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/long", answer(200, new byte[1 << 20]));
    server.createContext("/error", answer(500, new byte[1]));
    server.createContext("/garbage", answer(200, "no answer".getBytes(UTF_8)));
    server.createContext(
        "/elsewhere",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/error");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/late",
        exchange -> {
          try {
            exchange.sendResponseHeaders(200, 10);
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    try {
      URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
      assertRefused(base.resolve("/error"), localhost, "it answers with status 500");
      assertRefused(base.resolve("/elsewhere"), localhost, "it answers with status 302");
      assertRefused(base.resolve("/garbage"), localhost, "it cannot be read");
      assertRefused(base.resolve("/long"), localhost, "exceeds");
      assertRefused(base.resolve("/late"), localhost, "no answer in time");
    } finally {
      never.countDown();
      server.stop(0);
    }
  }

  private static void assertRefused(URI responder, Credential credential, String words) {
    StatusQuery query =
        new StatusQuery(responder, credential.chain().getFirst(), credential.chain().get(1));

    assertThatThrownBy(() -> Responder.ask(query, Duration.ofSeconds(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(words);
  }

  private static HttpHandler answer(int status, byte[] body) {
    return exchange -> {
      try (exchange) {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
      }
    };
  }

  /// Lets OpenSSL say that this certificate is good, in the name of its authority.
  private static void answerFor(X509Certificate certificate) throws Exception {
    Pebble authority = Objects.requireNonNull(pebble);
    Path index = folder.resolve("index.txt");
    Path signer = folder.resolve("signer.pem");
    Files.writeString(signer, authority.intermediate());
    Files.writeString(
        index, "V\t491231235959Z\t\t%s\tunknown\t/CN=public\n".formatted(serial(certificate)));
    responder =
        new ProcessBuilder(
                "openssl",
                "ocsp",
                "-port",
                "" + PORT,
                "-index",
                "" + index,
                "-CA",
                "" + signer,
                "-rsigner",
                "" + signer,
                "-rkey",
                "" + signer,
                "-ndays",
                "1",
                "-ignore_err")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("ocsp.log").toFile())
            .start();
  }

  /// As OpenSSL writes it: whole bytes.
  private static String serial(X509Certificate certificate) {
    String hex = certificate.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }

  private static X509Certificate awaitCertificate() throws IOException {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    while (true) {
      try (SSLSocket socket = TLS.open(SERVER.port("tls-public"))) {
        var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        if (shown.getIssuerX500Principal().getName().contains("Pebble")) {
          return shown;
        }
      }
      assertThat(Instant.now()).as("%s", SERVER.server().acme()).isBefore(deadline);
    }
  }

  private static void awaitStaple() throws IOException {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    while (!status("tls-public").contains("OCSP Response Status: successful")) {
      SERVER.server().renewCertificates(Instant.now());
      assertThat(Instant.now()).as(Files.readString(folder.resolve("ocsp.log"))).isBefore(deadline);
    }
  }

  private static String status(String listener, String... options) throws IOException {
    return Openssl.run(
        "s_client -status -connect 127.0.0.1:%d -servername localhost %s"
            .formatted(SERVER.port(listener), String.join(" ", options))
            .strip());
  }
}
