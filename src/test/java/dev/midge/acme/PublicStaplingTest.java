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
import dev.midge.kit.OcspAuthority;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A server with a certificate of a public authority that says by OCSP what it has revoked.
class PublicStaplingTest {
  private static final int LIFE_SECONDS = 86_400;
  private static final int PATIENCE_SECONDS = 120;

  /// Answers a question.
  private interface Answers {
    byte[] to(byte[] request) throws IOException;
  }

  private static final Answers NO_ANSWER = _ -> new byte[0];
  private static final String NOTHING = "OCSP response: no response sent";
  private static final TlsClient TLS = TlsClient.blind();
  private static @Nullable Pebble pebble;
  private static @Nullable HttpServer responder;
  private static volatile Answers answers = NO_ANSWER;

  @TempDir static Path folder;

  @RegisterExtension
  static final TestServer SERVER = TestServer.local().acme(PublicStaplingTest::settings);

  private static AcmeSettings settings() {
    try {
      Path files = Files.createTempDirectory("midge-pebble");
      HttpServer server = server();
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              byte[] answer = answers.to(exchange.getRequestBody().readAllBytes());
              exchange.sendResponseHeaders(answer.length == 0 ? 503 : 200, answer.length);
              exchange.getResponseBody().write(answer);
            }
          });
      server.start();
      responder = server;
      Pebble started = Pebble.naming(base(server), files, LIFE_SECONDS);
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
      responder.stop(0);
    }
    if (pebble != null) {
      pebble.close();
    }
  }

  @Test
  void whatTheAuthoritySaysIsShownToThoseWhoAskForItUntilTheCertificateIsRevoked()
      throws Exception {
    X509Certificate shown = awaitCertificate();
    assertThat(status("tls-public")).contains(NOTHING);

    answerFor(shown, "V\t491231235959Z\t");
    awaitStatus("OCSP Response Status: successful");
    assertThat(status("tls-public")).contains("Cert Status: good").contains("Verify return code");
    assertThat(status("tls-public", "-tls1_2")).contains("Cert Status: good");
    assertThat(status("tls")).contains(NOTHING);
    TLS.open(SERVER.port("tls-public")).close(); // Java asks for it, and looks at it.

    long failed = metric("none");
    answers = NO_ANSWER;
    awaitMetric("none", failed + 1);
    assertThat(status("tls-public")).contains("Cert Status: good");

    answerFor(shown, "R\t491231235959Z\t240101000000Z");
    awaitStatus(NOTHING);
    awaitMetric("revoked", 1);
  }

  @Test
  void anAnswerThatIsLateOrEndlessOrElsewhereIsNone(@TempDir Path own) throws Exception {
    Certificates certificates = new Certificates(own, RecipeFiles.load(Path.of("certs")), "");
    Credential localhost = certificates.credential("localhost");
    CountDownLatch never = new CountDownLatch(1);
    HttpServer server = server();
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
      URI base = base(server);
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

  private static HttpServer server() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  private static URI base(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
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

  /// Lets the authority say how it stands with this certificate.
  ///
  /// @param state whether it is valid, in the words of OpenSSL's list
  private static void answerFor(X509Certificate certificate, String state) throws Exception {
    String index = "%s\t%s\tunknown\t/CN=public\n".formatted(state, serial(certificate));
    OcspAuthority authority =
        OcspAuthority.of(folder, Objects.requireNonNull(pebble).intermediate());
    answers = request -> authority.answer(request, index, "ca", "-ndays 1");
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

  private static void awaitStatus(String words) throws IOException {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    while (!status("tls-public").contains(words)) {
      SERVER.server().renewCertificates(Instant.now());
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  private static void awaitMetric(String answer, long least) {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    while (metric(answer) < least) {
      SERVER.server().renewCertificates(Instant.now());
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  /// How often this came of asking.
  private static long metric(String answer) {
    Matcher line =
        Pattern.compile("midge_ocsp_answers_total\\{answer=\"" + answer + "\"} (\\d+)")
            .matcher(SERVER.server().metrics());
    assertThat(line.find()).isTrue();
    return Long.parseLong(line.group(1));
  }

  private static String status(String listener, String... options) throws IOException {
    return Openssl.run(
        "s_client -status -connect 127.0.0.1:%d -servername localhost %s"
            .formatted(SERVER.port(listener), String.join(" ", options))
            .strip());
  }
}
