package dev.midge.web;

import static dev.midge.web.RawHttp2.CONTINUATION;
import static dev.midge.web.RawHttp2.DATA;
import static dev.midge.web.RawHttp2.END_STREAM;
import static dev.midge.web.RawHttp2.ENHANCE_YOUR_CALM;
import static dev.midge.web.RawHttp2.GOAWAY;
import static dev.midge.web.RawHttp2.HEADERS;
import static dev.midge.web.RawHttp2.NO_ERROR;
import static dev.midge.web.RawHttp2.PING;
import static dev.midge.web.RawHttp2.PRIORITY;
import static dev.midge.web.RawHttp2.REFUSED_STREAM;
import static dev.midge.web.RawHttp2.RST_STREAM;
import static dev.midge.web.RawHttp2.SETTINGS;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Openssl;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.web.RawHttp2.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The site over HTTP/2, and what strangers try there.
class Http2Test {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "web-tls",
              """
              transport: http
              tls:
                certificate: localhost
              """,
              "fault: none")
          .listener(
              "web-hasty",
              """
              transport: http
              http:
                request_seconds_max: 1
              tls:
                certificate: localhost
              """,
              "fault: none")
          .listener(
              "web-few",
              """
              transport: http
              http:
                connections_per_address_max: 1
                requests_per_second_max: 1
                limits_local: true
              tls:
                certificate: localhost
              """,
              "fault: none");

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_2)
        .sslContext(TlsClient.trusting(SERVER.caFile()).context())
        .build();
  }

  private static HttpRequest request(
      String listener, String method, String path, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + SERVER.port(listener) + path))
        .method(method, body)
        .build();
  }

  private static RawHttp2 open(String listener) throws IOException {
    return RawHttp2.open(TlsClient.trusting(SERVER.caFile()), SERVER.port(listener));
  }

  @ParameterizedTest
  @ValueSource(strings = {"everything", "web-tls"})
  void theSiteIsTheSameAsOverHttp1(String listener) throws Exception {
    try (HttpClient client = client()) {
      for (String path : List.of("/", "/ca.crt", "/listeners.json", "/none")) {
        HttpResponse<String> answer =
            client.send(
                request(listener, "GET", path, BodyPublishers.noBody()), BodyHandlers.ofString());
        HttpResponse<String> before =
            client.send(
                HttpRequest.newBuilder(answer.uri()).version(HttpClient.Version.HTTP_1_1).build(),
                BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(path.equals("/none") ? 404 : 200);
        assertThat(answer.headers().firstValue("content-type"))
            .isEqualTo(before.headers().firstValue("content-type"));
        assertThat(answer.body()).isEqualTo(before.body());
      }
    }
  }

  @Test
  void aHeadHasNoBodyAndARequestIsSigned(@TempDir Path folder) throws Exception {
    Path csr = folder.resolve("c.csr");
    Openssl.run(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=h2 -keyout "
            + folder.resolve("c.key")
            + " -out "
            + csr);
    try (HttpClient client = client()) {
      HttpResponse<String> head =
          client.send(
              request("everything", "HEAD", "/", BodyPublishers.noBody()), BodyHandlers.ofString());
      HttpResponse<String> signed =
          client.send(
              request("everything", "POST", "/api/v1/certificates", BodyPublishers.ofFile(csr)),
              BodyHandlers.ofString());

      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(signed.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(signed.body()).contains("BEGIN CERTIFICATE");
    }
  }

  @Test
  void manyRequestsOfOneConnectionAreAllAnswered() throws Exception {
    try (HttpClient client = client()) {
      HttpRequest page = request("everything", "GET", "/", BodyPublishers.noBody());
      client.send(page, BodyHandlers.ofString()); // From then on it knows how many may be open.
      for (int round = 0; round < 50; round++) {
        List<CompletableFuture<HttpResponse<String>>> answers =
            IntStream.range(0, 16)
                .mapToObj(_ -> client.sendAsync(page, BodyHandlers.ofString()))
                .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
          assertThat(answer.get().body()).endsWith("</html>\n");
        }
      }
    }
  }

  /// More than a client may send at first: it has to be told to go on.
  @Test
  void aBodyThatIsTooLongIsRefusedInWords() throws Exception {
    try (RawHttp2 http = open("everything")) {
      http.post(1, "/api/v1/certificates");
      for (int i = 0; i < 3; i++) {
        http.frame(DATA, 0, 1, new byte[16_000]);
      }
      http.flush().next(RawHttp2.WINDOW_UPDATE, 1);
      for (int i = 0; i < 3; i++) {
        http.frame(DATA, 0, 1, new byte[16_000]);
      }
      http.flush();
      Frame head = http.next(HEADERS, 1);
      String body = new String(http.next(DATA, 1).payload(), US_ASCII);

      assertThat(head.payload()).isNotEmpty();
      assertThat(body).isEqualTo("A body has at most 64 KiB.\n");
      assertThat(http.next(RST_STREAM, 1).error()).isEqualTo(NO_ERROR);
    }
  }

  @Test
  void moreStreamsThanMayBeOpenAreRefusedAndCanBeTriedAgain() throws Exception {
    try (RawHttp2 http = open("everything")) {
      for (int i = 0; i < 17; i++) {
        http.post(1 + 2 * i, "/");
      }
      http.flush();
      assertThat(http.next(RST_STREAM).error()).isEqualTo(REFUSED_STREAM);

      http.frame(RST_STREAM, 0, 1, (byte) 0, (byte) 0, (byte) 0, (byte) 8);
      http.get(35, "/none").flush();
      assertThat(http.next(DATA, 35).payload()).asString().contains("nothing at this address");
    }
  }

  static Stream<Arguments> floods() {
    return Stream.of(
        flood(
            "requests that are taken back",
            (http, i) -> {
              http.get(1 + 2 * i, "/none");
              http.frame(RST_STREAM, 0, 1 + 2 * i, (byte) 0, (byte) 0, (byte) 0, (byte) 8);
            }),
        flood("pings", (http, _) -> http.frame(PING, 0, 0, new byte[8])),
        flood("settings", (http, _) -> http.frame(SETTINGS, 0, 0)),
        flood("priorities", (http, _) -> http.frame(PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 1})),
        flood("frames of an unknown kind", (http, _) -> http.frame(0xEE, 0, 0)),
        flood(
            "crumbs of a body",
            (http, i) -> {
              if (i == 0) {
                http.post(1, "/");
              }
              http.frame(DATA, 0, 1, (byte) 'x');
            }),
        flood(
            "crumbs of headers",
            (http, i) -> {
              if (i == 0) {
                http.frame(HEADERS, END_STREAM, 1, RawHttp2.headers(0x82, "/"));
              }
              http.frame(CONTINUATION, 0, 1);
            }),
        flood(
            "streams that break a rule",
            (http, i) -> {
              http.get(1 + 2 * i, "/none");
              http.frame(RawHttp2.WINDOW_UPDATE, 0, 1 + 2 * i, new byte[4]);
            }));
  }

  /// What is sent again and again.
  interface Flood {
    /// Adds what is sent once.
    void wave(RawHttp2 http, int number);
  }

  private static Arguments flood(String name, Flood flood) {
    return Arguments.of(name, flood);
  }

  /// Each of them costs the server more than the client, if it goes on.
  @ParameterizedTest(name = "{0}")
  @MethodSource("floods")
  void whoFloodsIsToldToCalmDownAndClosed(String name, Flood flood) throws Exception {
    try (RawHttp2 http = open("everything")) {
      for (int i = 0; i < 1100; i++) {
        flood.wave(http, i);
      }
      http.flush();
      List<Frame> said = http.rest();

      assertThat(said)
          .anyMatch(frame -> frame.type() == GOAWAY && frame.error() == ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void headersThatAreTooLongAreRefused() throws Exception {
    String path = "/" + "x".repeat(120);
    byte[] name = new byte[] {0x40, 1, 'a', 120};
    try (RawHttp2 http = open("everything")) {
      ByteArrayOutputStream headers = new ByteArrayOutputStream();
      headers.writeBytes(RawHttp2.headers(0x82, path));
      for (int i = 0; i < 60; i++) {
        headers.writeBytes(name);
        headers.writeBytes("v".repeat(120).getBytes(US_ASCII));
      }
      http.frame(HEADERS, END_STREAM | RawHttp2.END_HEADERS, 1, headers.toByteArray()).flush();

      assertThat(http.next(HEADERS, 1).payload()).asString().contains("431");
      http.get(3, "/none").flush();
      assertThat(http.next(DATA, 3).payload()).asString().contains("nothing at this address");
    }
  }

  /// Neither the first request may be slow, nor one of those that follow, nor the end of one; and
  /// pings are no requests.
  @Test
  void whoIsTooSlowIsClosed() throws Exception {
    try (RawHttp2 silent = open("web-hasty");
        RawHttp2 half = open("web-hasty");
        RawHttp2 idle = open("web-hasty")) {
      half.post(1, "/").frame(DATA, 0, 1, (byte) 'x').flush();
      idle.get(1, "/none").frame(PING, 0, 0, new byte[8]).flush();

      assertThat(silent.rest().getLast().type()).isEqualTo(GOAWAY);
      assertThat(half.rest()).anyMatch(frame -> frame.type() == RST_STREAM);
      assertThat(idle.rest()).anyMatch(frame -> frame.type() == DATA);
    }
  }

  /// The page is longer than what a client of HTTP/2 takes without saying so.
  @Test
  void anAnswerThatIsNotTakenIsGivenUp() throws Exception {
    try (RawHttp2 http = open("web-hasty")) {
      byte[] noWindow = {0, 4, 0, 0, 0, 0};
      http.frame(SETTINGS, 0, 0, noWindow).get(1, "/").flush();

      assertThat(http.next(RST_STREAM).stream()).isEqualTo(1);
    }
  }

  @Test
  void anAddressHasItsPartOnly() throws Exception {
    try (RawHttp2 http = open("web-few")) {
      for (int i = 0; i < 15; i++) {
        http.get(1 + 2 * i, "/none").flush().next(DATA, 1 + 2 * i);
      }
      http.get(41, "/none").flush();
      assertThat(http.next(DATA, 41).payload()).asString().startsWith("Too many requests");
      try (RawHttp2 second = open("web-few")) {
        assertThat(second.rest()).isEmpty();
      }
    }
  }

  @Test
  void whatWasAgreedOnHolds() throws Exception {
    try (RawHttp http =
        RawHttp.over(
            TlsClient.trusting(SERVER.caFile()).agreeingOn("h2").open(SERVER.port("everything")))) {
      http.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(http.answers().replace((char) 0, '.'))
          .contains("Unexpected HTTP/1.x request: GET /");
    }
  }
}
