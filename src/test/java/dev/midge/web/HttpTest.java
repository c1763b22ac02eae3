package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP as such: what comes before the site, and what strangers try.
class HttpTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "web-few",
              """
              transport: http
              http:
                connections_per_address_max: 2
                limits_local: true
              """)
          .listener(
              "web-hasty",
              """
              transport: http
              http:
                request_seconds_max: 1
              """)
          .listener(
              "web-tls",
              """
              transport: http
              tls:
                certificate: localhost
              """,
              "fault: none")
          .listener(
              "web-slow",
              """
              transport: http
              http:
                requests_per_second_max: 1
                limits_local: true
              """);

  private static final String HOST = "Host: localhost\r\n";

  /// One connection has its requests answered in their order, however they come.
  @Test
  void requestsOfOneConnectionAreAnsweredInOrder() throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
      http.send("GET /none HTTP/1.1\r\n" + HOST + "\r\nHEAD / HTTP/1.1\r\n" + HOST + "\r\n");
      http.send("GET /ass").send("ets/site.css HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

      assertThat(http.answers())
          .containsSubsequence(
              "HTTP/1.1 404 Not Found\r\n",
              "There is nothing at this address.\n",
              "HTTP/1.1 200 OK\r\n",
              "content-type: text/html; charset=utf-8\r\n",
              "\r\n\r\nHTTP/1.1 200 OK\r\n",
              "content-type: text/css; charset=utf-8\r\n",
              "connection: close\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET / HTTP/1.1                                                    | 400
          GET / HTTP/1.1~Host: a~Host: b                                    | 400
          GET / HTTP/2.0~Host: a                                            | 505
          GET /~                                                            | 400
          POST / HTTP/1.1~Host: a~Content-Length: 5~Transfer-Encoding: chunked | 400
          POST / HTTP/1.1~Host: a~Content-Length: 5~Content-Length: 6       | 400
          POST / HTTP/1.1~Host: a~Content-Length: -1                        | 400
          POST / HTTP/1.1~Host: a~Transfer-Encoding: chunked, identity      | 400
          GET / HTTP/1.1~Host: a~Bad Name: b                                | 400
          POST / HTTP/1.1~Host: a~Content-Length: 99999999                  | 413
          """)
  void whatCanBeReadInTwoWaysIsRefusedAndTheConnectionEnds(String head, int status)
      throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
      http.send(head.replace("~", "\r\n") + "\r\n\r\n");

      assertThat(http.answers()).startsWith("HTTP/1.1 " + status + " ");
    }
  }

  @Test
  void longLinesAndManyHeadersAreRefused() throws IOException {
    assertAnswer("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n" + HOST + "\r\n", 414);
    assertAnswer("GET / HTTP/1.1\r\n" + HOST + "A: " + "x".repeat(9000) + "\r\n\r\n", 431);
    assertAnswer("GET / HTTP/1.1\r\n" + HOST + "A: x\r\n".repeat(70) + "\r\n", 431);
  }

  /// The answer arrives although the other side has not finished.
  @Test
  void aBodyThatIsTooLongIsRefusedInWords() throws IOException {
    String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
    assertAnswer(
        "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(4), 413);
  }

  @Test
  void somethingOtherThanHttpIsToldSo() throws IOException {
    assertAnswer("\u0001\u0002\0\4\r\n\r\n", 400);
  }

  /// Some paths that fool servers that tidy up before they look.
  @ParameterizedTest
  @CsvSource({
    "//",
    "/;x",
    "/%2e%2e/",
    "/../",
    "/assets/",
    "/assets/../index.html",
    "/ASSETS/site.css"
  })
  void aPathIsWhatItIs(String path) throws IOException {
    assertAnswer("GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n", 404);
  }

  @Test
  void aMethodThatHasNoMeaningIsToldWhichHave() throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
      http.send("PATCH / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

      assertThat(http.answers()).startsWith("HTTP/1.1 405 ").contains("\r\nallow: GET, HEAD\r\n");
    }
  }

  @Test
  void anAddressHasSoManyConnectionsAndNoMore() throws IOException {
    try (RawHttp first = RawHttp.open(SERVER.port("web-few"));
        RawHttp second = RawHttp.open(SERVER.port("web-few"))) {
      first.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").expect("HTTP/1.1 200");
      second.send("GET / HTTP/1.1\r\n" + HOST + "\r\n").expect("HTTP/1.1 200");
      try (RawHttp third = RawHttp.open(SERVER.port("web-few"))) {
        assertThat(third.answers()).isEmpty();
      }
    }
  }

  /// Ten at once, then one a second: of forty in a row, most are refused.
  @Test
  void anAddressHasSoManyRequestsAndIsToldWhenToComeAgain() throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web-slow"))) {
      for (int i = 0; i < 40; i++) {
        http.send("GET /none HTTP/1.1\r\n" + HOST + "\r\n").expect("\r\n\r\n").expect("\n");
      }
      http.send("GET /none HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

      assertThat(http.answers()).startsWith("HTTP/1.1 429 ").contains("\r\nretry-after: ");
    }
  }

  /// Neither the first request may be slow, nor one of those that follow.
  @Test
  void whoIsTooSlowIsClosed() throws IOException {
    try (RawHttp silent = RawHttp.open(SERVER.port("web-hasty"));
        RawHttp half = RawHttp.open(SERVER.port("web-hasty"));
        RawHttp idle = RawHttp.open(SERVER.port("web-hasty"))) {
      half.send("POST /api/v1/certificates HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nab");
      idle.send("GET /none HTTP/1.1\r\n" + HOST + "\r\n").expect("\r\n\r\n");

      assertThat(silent.answers()).isEmpty();
      assertThat(half.answers()).isEmpty();
      assertThat(idle.answers()).endsWith("address.\n");
    }
  }

  @Test
  void theSiteIsTheSameOverTlsAndSaysSoInItsAddresses() throws IOException {
    int port = SERVER.port("web-tls");
    try (RawHttp http = RawHttp.over(TlsClient.trusting(SERVER.caFile()).open(port))) {
      http.send("GET /listeners.json HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n");
      http.expect("\"https://localhost:" + port + "/ca.crt\"");
      http.send("GET / HTTP/2.0\r\n" + HOST + "\r\n").expect("HTTP/1.1 505");

      assertThat(http.answers()).contains("This port speaks HTTP/1.1, and HTTP/2 ");
    }
  }

  @Test
  void manyAtOnceAreAllAnswered() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> visit =
          () -> {
            try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
              http.send("GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
              return http.answers();
            }
          };
      List<Future<String>> visits = threads.invokeAll(Collections.nCopies(200, visit));
      for (Future<String> each : visits) {
        assertThat(each.get()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("</html>\n");
      }
    }
  }

  private static void assertAnswer(String request, int status) throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
      assertThat(http.send(request).answers()).startsWith("HTTP/1.1 " + status + " ");
    }
  }
}
