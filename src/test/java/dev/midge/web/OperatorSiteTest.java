package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
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
  void aBanOfTheOperatorEndsConnectionsAndOutlivesTheServer() {
    try (RawClient open = RawClient.connected(from("127.0.0.80"), 5, "open")) {
      ban("{\"network\":\"127.0.0.80/31\",\"reason\":\"it floods\"}").statusCode(201);
      open.expectEnd(0x98);
    }
    assertThat(isLetIn("127.0.0.81")).isFalse();
    bans()
        .rootPath("bans[0]")
        .body("network", equalTo("127.0.0.80/31"), "by", equalTo("operator"))
        .body("reason", equalTo("it floods"), "seconds_left", nullValue());

    server.restart();

    assertThat(isLetIn("127.0.0.81")).isFalse();
    pardon("127.0.0.80/31").statusCode(204);
    assertThat(isLetIn("127.0.0.81")).isTrue();

    server.restart();

    assertThat(isLetIn("127.0.0.81")).isTrue();
    bans().body("bans", empty());
  }

  @Test
  void aBanOfTheFileIsTakenBackThereOnly() throws IOException {
    server.write("bans.yaml", "192.0.2.77: scans for open relays\n");
    server.reload();

    bans().body("bans.network", contains("192.0.2.77"), "bans.by", contains("file"));
    pardon("192.0.2.77").statusCode(409);
    ban("{\"network\":\"192.0.2.77\",\"reason\":\"me too\"}").statusCode(409);
    pardon("192.0.2.78").statusCode(404);
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
  void whatIsNoBanIsToldInWordsAndChangesNothing(String body) {
    ban(body)
        .statusCode(400)
        .contentType("application/problem+json")
        .body("status", equalTo(400), "detail", not(emptyString()));
    bans().body("bans", empty());
  }

  @Test
  void aBanEndsWithItsTime() {
    ban("{\"network\":\"192.0.2.7\",\"reason\":\"x\",\"seconds\":3600}").statusCode(201);
    bans().body("bans[0].seconds_left", both(greaterThan(3590)).and(lessThanOrEqualTo(3600)));

    server.restart(() -> endTheOnlyBan());

    bans().body("bans", empty());
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
  void withoutTheTokenNothingIsToldWhateverThePath() {
    visitor.ask().get("/nothing").then().statusCode(401);
    visitor.ask().get(BANS).then().statusCode(401).header("www-authenticate", "Bearer");
    visitor.ask().header("Authorization", "Basic " + token()).get(BANS).then().statusCode(401);
    visitor
        .ask()
        .header("Authorization", "Bearer " + token() + "x")
        .get(BANS)
        .then()
        .statusCode(401);
    visitor.ask().cookie("token", token()).get(BANS).then().statusCode(401);
    visitor.ask().get(BANS).then().statusCode(429);
    bans().statusCode(200);
    operator.ask().get("/nothing").then().statusCode(404);
    operator.ask().put(BANS).then().statusCode(405).header("allow", "DELETE, GET, HEAD, POST");
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
  void theSiteForEverybodyHasNothingOfIt() {
    Visitor stranger = new Visitor(() -> server.port("web"));
    stranger.ask().header("Authorization", "Bearer " + token()).get(BANS).then().statusCode(404);
    stranger.ask().get("/listeners.json").then().body("name", not(hasItem("operator")));
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

  private ValidatableResponse bans() {
    return operator.ask().get(BANS).then();
  }

  private ValidatableResponse ban(String body) {
    return operator.ask().contentType(ContentType.JSON).body(body).post(BANS).then();
  }

  private ValidatableResponse pardon(String network) {
    return operator.ask().queryParam("network", network).delete(BANS).then();
  }

  private String raw(String path, String host, String more) throws IOException {
    try (RawHttp http = RawHttp.open(server.port("operator"))) {
      return http.send(
              "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%sConnection: close\r\n\r\n"
                  .formatted(path, host, token(), more))
          .answers();
    }
  }

  private String token() {
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
