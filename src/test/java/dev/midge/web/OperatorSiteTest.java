package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the operator is served: nothing to anybody else, and bans that hold at once and again after
/// a restart.
class OperatorSiteTest {
  private static final String BANS = "/api/v1/bans";

  private final TestServer server = TestServer.local().addresses("connections_max: 1000");
  private final Operator operator = new Operator(server);
  private final Visitor visitor = new Visitor(() -> server.port("operator"));

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void aBanOfTheOperatorEndsConnectionsAndOutlivesTheServer() throws IOException {
    try (RawClient open = RawClient.connected(from("127.0.0.80"), 5, "open")) {
      assertThat(ban("{\"network\":\"127.0.0.80/31\",\"reason\":\"it floods\"}").statusCode())
          .isEqualTo(201);
      open.expectEnd(0x98);
    }
    assertThat(isLetIn("127.0.0.81")).isFalse();
    assertThat(bans())
        .contains("\"127.0.0.80/31\"", "\"operator\"", "\"it floods\"", "\"seconds_left\":null");

    server.restart();

    assertThat(isLetIn("127.0.0.81")).isFalse();
    assertThat(send("DELETE", BANS + "?network=127.0.0.80/31", "").statusCode()).isEqualTo(204);
    assertThat(isLetIn("127.0.0.81")).isTrue();

    server.restart();

    assertThat(isLetIn("127.0.0.81")).isTrue();
    assertThat(bans()).doesNotContain("127.0.0.80");
  }

  @Test
  void aBanOfTheFileIsTakenBackThereOnly() throws IOException {
    server.write("bans.yaml", "192.0.2.77: scans for open relays\n");
    server.reload();

    assertThat(bans()).contains("192.0.2.77", "\"file\"");
    assertThat(send("DELETE", BANS + "?network=192.0.2.77", "").statusCode()).isEqualTo(409);
    assertThat(ban("{\"network\":\"192.0.2.77\",\"reason\":\"me too\"}").statusCode())
        .isEqualTo(409);
    assertThat(send("DELETE", BANS + "?network=192.0.2.78", "").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"network\":\"192.0.2.7\"}",
        "{\"reason\":\"none\"}",
        "{\"network\":\"localhost\",\"reason\":\"x\"}",
        "{\"network\":\"0.0.0.0/0\",\"reason\":\"all of them\"}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"two\\nlines\"}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"seconds\":0}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"seconds\":\"9\"}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"seconds\":99999999999999999999}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"until\":\"tomorrow\"}",
        "{\"network\":\"192.0.2.7\",\"network\":\"192.0.2.8\",\"reason\":\"x\"}",
        "{\"network\":\"192.0.2.7\",\"reason\":\"x\"} and more"
      })
  void whatIsNoBanIsToldInWordsAndChangesNothing(String body) throws IOException {
    HttpResponse<byte[]> answer = ban(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(new String(answer.body(), UTF_8)).contains("\"status\":400", "\"detail\":");
    assertThat(bans()).isEqualTo("{\"bans\":[]}\n");
  }

  @Test
  void aBanEndsWithItsTime() throws IOException {
    assertThat(ban("{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"seconds\":3600}").statusCode())
        .isEqualTo(201);
    assertThat(bans()).containsPattern("\"seconds_left\":3(600|59\\d)\\b");

    server.restart(() -> endTheOnlyBan());

    assertThat(bans()).isEqualTo("{\"bans\":[]}\n");
  }

  private void endTheOnlyBan() {
    try {
      Path file = server.data().resolve("operator-bans");
      Files.writeString(file, Files.readString(file).replaceFirst(" \\d+ ", " 1700000000 "));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withoutTheTokenNothingIsToldWhateverThePath() throws IOException {
    assertThat(visitor.get("/nothing").statusCode()).isEqualTo(401);
    HttpResponse<byte[]> answer = visitor.get(BANS);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
    assertThat(visitor.get(BANS, "authorization", "Basic " + token()).statusCode()).isEqualTo(401);
    assertThat(visitor.get(BANS, "authorization", "Bearer " + token() + "x").statusCode())
        .isEqualTo(401);
    assertThat(visitor.get(BANS, "cookie", "token=" + token()).statusCode()).isEqualTo(401);
    assertThat(visitor.get(BANS).statusCode()).isEqualTo(429);
    assertThat(send("GET", BANS, "").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/nothing", "").statusCode()).isEqualTo(404);
    assertThat(send("PUT", BANS, "").statusCode()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/bans;x",
        "//api/v1/bans",
        "/api//v1/bans",
        "/%61pi/v1/bans",
        "/api/v1/%2e%2e/bans",
        "/api/v1/../v1/bans",
        "/api/v1/./bans",
        "/api/v1/bans/",
        "/api/v1\\bans"
      })
  void aPathIsWrittenInOneWayOnly(String path) throws IOException {
    assertThat(raw(path, "localhost", "")).startsWith("HTTP/1.1 400 ");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, '', 200",
    "127.0.0.1:9000, '', 200",
    "'[::1]:9000', '', 200",
    "midge.example, '', 421",
    "localhost.evil.example, '', 421",
    "localhost, 'Origin: http://localhost\r\n', 200",
    "localhost, 'Origin: https://evil.example\r\n', 403",
    "localhost, 'Origin: null\r\n', 403"
  })
  void noPageOfAnotherSiteAndNoOtherNameLeadsHere(String host, String more, int status)
      throws IOException {
    assertThat(raw(BANS, host, more)).startsWith("HTTP/1.1 " + status + " ");
  }

  @Test
  void theSiteForEverybodyHasNothingOfIt() throws IOException {
    Visitor stranger = new Visitor(() -> server.port("web"));
    String shown = "Bearer " + token();
    assertThat(stranger.get(BANS, "authorization", shown).statusCode()).isEqualTo(404);
    assertThat(stranger.text("/listeners.json")).doesNotContain("operator");
  }

  @Test
  void theServerDoesNotStartWithATokenThatOthersCanRead() throws IOException {
    Path token = server.data().resolve("operator-token");
    assertThat(Files.getPosixFilePermissions(token))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(token()).hasSizeGreaterThan(40);

    assertThatThrownBy(() ->
            server.restart(() -> {
              try {
                Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            }))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("operator-token: others can read it");
  }

  @Test
  void aServerWithoutAnOperatorWantsNoToken() {
    Path token = server.data().resolve("operator-token");
    server.restart(() -> {
      try {
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        server.remove("9000-operator.yaml");
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });

    assertThat(isLetIn("127.0.0.84")).isTrue();
  }

  private String bans() throws IOException {
    return new String(send("GET", BANS, "").body(), UTF_8);
  }

  private HttpResponse<byte[]> ban(String body) throws IOException {
    return send("POST", BANS, body);
  }

  private HttpResponse<byte[]> send(String method, String path, String body) throws IOException {
    return operator.send(method, path, body);
  }

  private String raw(String path, String host, String more) throws IOException {
    try (RawHttp http = RawHttp.open(server.port("operator"))) {
      return http.send(
              "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sConnection: close\r\n\r\n"
                  .formatted(path, host, token(), more))
          .answers();
    }
  }

  private String token() throws IOException {
    return operator.token();
  }

  private RawClient from(String address) {
    return RawClient.openFrom(address, server.port());
  }

  private boolean isLetIn(String address) {
    try (RawClient client = from(address).speak(4)) {
      client.send(RawClient.connect(4, 2, "", "from-" + address));
      return client.expectType(WirePacket.CONNACK).reason() == 0;
    } catch (AssertionError closed) {
      return false;
    }
  }
}
