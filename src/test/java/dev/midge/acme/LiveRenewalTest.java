package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.listener.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server whose certificate is renewed by itself while clients are connected.
class LiveRenewalTest {
  private static final int CLIENTS = 500;
  private static final int LIFE_SECONDS = 20;
  private static final int PATIENCE_SECONDS = 120;
  private static final ChallengePort PORT = new ChallengePort();
  private static @Nullable Pebble pebble;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final TlsClient TLS = TlsClient.blind();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().shared("loops: 4").acme(LiveRenewalTest::settings);

  private static AcmeSettings settings() {
    try {
      Path folder = Files.createTempDirectory("midge-pebble");
      Pebble started = Pebble.start(folder, PORT.port(), LIFE_SECONDS, 5);
      pebble = started;
      return new AcmeSettings(
          started.directory(), "", List.of("mqtt.example.org"), started.caFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  static void letTheAuthorityAsk() {
    PORT.answer(LiveRenewalTest::askTheWebSite);
  }

  @AfterAll
  static void stop() {
    PORT.close();
    if (pebble != null) {
      pebble.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls-public", "websocket-tls"})
  void theCertificateOfTheAuthorityIsShown(String listener) throws Exception {
    X509Certificate shown = await(listener, LiveRenewalTest::isOfPebble);
    awaitEndOfOrder();

    assertThat(shown.getSubjectAlternativeNames().toString()).contains("mqtt.example.org");
    assertThat(SERVER.server().acme().orElseThrow().failures()).isZero();
    assertThat(get("/certificates").body()).contains("Of a public authority, to be renewed at ");
    assertThat(SERVER.endpoints())
        .filteredOn(endpoint -> endpoint.name().equals(listener))
        .singleElement()
        .satisfies(endpoint -> {
          assertThat(endpoint.host()).isEqualTo("mqtt.example.org");
          assertThat(endpoint.tls()).isNotNull().extracting(Endpoint.Tls::caFile).isNull();
        });
    assertThat(get("/metrics").body())
        .contains("midge_acme_failures 0", "midge_acme_next_seconds ");
  }

  @Test
  void theListenersOfOurOwnAuthorityKeepTheirCertificates() throws Exception {
    assertThat(isOfPebble(shown("tls"))).isFalse();
  }

  @Test
  void aRenewalDropsNobodyAndIsSeenByTheNextClient() throws Exception {
    X509Certificate first = await("tls-public", LiveRenewalTest::isOfPebble);
    int port = SERVER.port("tls-public");
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(RawClient.connected(TLS.raw(port), 5, "live-" + i));
    }
    X509Certificate before = shown("tls-public");

    X509Certificate after = await("tls-public", shown -> !shown.equals(before));

    assertThat(after.getSerialNumber()).isNotEqualTo(first.getSerialNumber());
    for (RawClient client : clients) {
      client.send("c0 00").expect("d0 00");
    }
    clients.forEach(RawClient::leave);
  }

  /// The authority asks at a port that is known before the server has one.
  private static Optional<String> askTheWebSite(String token) {
    try {
      HttpResponse<String> answer = get("/.well-known/acme-challenge/" + token);
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException | InterruptedException e) {
      return Optional.empty();
    }
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI url = URI.create("http://127.0.0.1:" + SERVER.port("web") + path);
    return HTTP.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
  }

  /// Connects again and again, until what is shown is as it should be.
  private static X509Certificate await(String listener, Predicate<X509Certificate> isExpected)
      throws IOException {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    X509Certificate shown = shown(listener);
    while (!isExpected.test(shown)) {
      assertThat(Instant.now()).as("%s", SERVER.server().acme()).isBefore(deadline);
      shown = shown(listener);
    }
    return shown;
  }

  /// A certificate is shown a moment before its order has ended.
  private static void awaitEndOfOrder() {
    Instant deadline = Instant.now().plusSeconds(PATIENCE_SECONDS);
    while (SERVER.server().acme().orElseThrow().isOrdering()) {
      assertThat(Instant.now()).as("%s", SERVER.server().acme()).isBefore(deadline);
    }
  }

  private static X509Certificate shown(String listener) throws IOException {
    try (SSLSocket socket = TLS.open(SERVER.port(listener))) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static boolean isOfPebble(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().getName().contains("Pebble");
  }
}
