package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the operator sees of clients, sessions and retained messages, and does to them.
class OperatorDeskTest {
  private static final String CLIENTS = "/api/v1/clients";
  private static final String SESSIONS = "/api/v1/sessions";
  private static final String SUBSCRIPTIONS = "/api/v1/subscriptions";
  private static final String RETAINED = "/api/v1/retained";
  private static final String HOSTILE = "<b>'&+ %/#";

  private final TestServer server = TestServer.local();
  private final Operator operator = new Operator(server);

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  /// What is answered to a request for this, with a field of the query.
  private ValidatableResponse get(String path, String name, Object value) {
    return operator.ask().queryParam(name, value).get(path).then();
  }

  private void delete(String path, String name, String value, int status) {
    operator.ask().queryParam(name, value).delete(path).then().statusCode(status);
  }

  private void assertEmpty(String path, String name) {
    operator.ask().get(path).then().statusCode(200).body(name, empty(), "next", nullValue());
  }

  @Test
  void clientsAreToldWithWhereTheyAreAndWhatTheyHave() {
    try (RawClient client = RawClient.connected(server.port(), 5, "ann")) {
      client.send("82 ( 0001 ( ) \"a/+\" 01 \"b\" 00 )").expectType(WirePacket.SUBACK);

      operator
          .ask()
          .get(CLIENTS)
          .then()
          .body("clients.client_id", contains("ann"), "next", nullValue())
          .rootPath("clients[0]")
          .body("connected", equalTo(true), "address", startsWith("127.0.0.1:"))
          .body("version", equalTo("5.0"), "listener", equalTo("plain"))
          .body("subscriptions", equalTo(2));
      get(SUBSCRIPTIONS, "client_id", "ann")
          .body("subscriptions.filter", contains("a/+", "b"))
          .body("subscriptions.qos", contains(1, 0));
      client.leave();
    }
    assertEmpty(CLIENTS, "clients");
    get(SUBSCRIPTIONS, "client_id", "ann").statusCode(404);
    operator.ask().get(SUBSCRIPTIONS).then().statusCode(400);
  }

  @Test
  void longListsAreToldPageByPage() {
    List<RawClient> clients = new ArrayList<>();
    List<String> expected = IntStream.range(0, 7).mapToObj(i -> "client-" + i).toList();
    try {
      for (String id : expected.reversed()) {
        clients.add(RawClient.connected(server.port(), 4, id));
      }
      List<String> found = new ArrayList<>();
      String after = "";
      do {
        JsonPath page =
            operator
                .ask()
                .queryParam("limit", 3)
                .queryParam("after", after)
                .get(CLIENTS)
                .jsonPath();
        List<String> ids = page.getList("clients.client_id");
        assertThat(ids).hasSizeLessThanOrEqualTo(3);
        found.addAll(ids);
        after = page.getString("next");
      } while (after != null);
      assertThat(found).isEqualTo(expected);
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "size=1", "limit=1&limit=2"})
  void whatIsNoPageIsRefused(String query) {
    operator.ask().get(SESSIONS + "?" + query).then().statusCode(400);
  }

  @Test
  void aClientThatIsSentAwayMayComeAgainToItsSession() {
    try (RawClient client = RawClient.open(server.port()).speak(5)) {
      client.send(RawClient.connect(5, 0, "11 0000ffff", "bob")).expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 ( ) \"b\" 01 )").expectType(WirePacket.SUBACK);

      delete(CLIENTS, "client_id", "bob", 204);
      client.expectEnd(0x98);
      delete(CLIENTS, "client_id", "bob", 404);
      operator
          .ask()
          .get(SESSIONS)
          .then()
          .rootPath("sessions[0]")
          .body("client_id", equalTo("bob"), "connected", equalTo(false))
          .body("expiry_seconds", equalTo(65535));
    }
    delete(SESSIONS, "client_id", "bob", 204);
    assertEmpty(SESSIONS, "sessions");
    delete(SESSIONS, "client_id", "bob", 404);
  }

  @Test
  void aSessionThatIsEndedIsGoneAfterARestartToo() {
    RawClient client = RawClient.open(server.port()).speak(5);
    client.send(RawClient.connect(5, 0, "11 0000ffff", "kept")).expectType(WirePacket.CONNACK);
    client.send("82 ( 0001 ( ) \"b\" 01 )").expectType(WirePacket.SUBACK);
    delete(SESSIONS, "client_id", "kept", 204);
    client.expectEnd(0x98);
    client.close();

    server.restart();

    assertEmpty(SESSIONS, "sessions");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void retainedMessagesOfAFilterAreTakenAway(boolean restarts) {
    try (RawClient client = RawClient.connected(server.port(), 4, "spammer")) {
      for (String topic : List.of("spam/1", "spam/2/deep", "ham")) {
        client.send("33 ( \"%s\" 0001 'x' )".formatted(topic)).expectType(WirePacket.PUBACK);
      }
    }
    get(RETAINED, "filter", "#").body("retained.topic", contains("ham", "spam/1", "spam/2/deep"));
    get(RETAINED, "filter", "ham")
        .rootPath("retained[0]")
        .body("qos", equalTo(1), "payload_bytes", equalTo(1), "publisher", equalTo("spammer"));

    operator
        .ask()
        .queryParam("filter", "spam/#")
        .delete(RETAINED)
        .then()
        .body("removed", equalTo(2));
    if (restarts) {
      server.restart();
    }

    try (RawClient client = RawClient.connected(server.port(), 4, "witness")) {
      client.send("82 ( 0001 \"#\" 00 )").expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).topic()).isEqualTo("ham");
      client.expectNothing();
    }
    operator.ask().delete(RETAINED).then().statusCode(400);
    get(RETAINED, "filter", "a#").statusCode(400);
  }

  @Test
  void whateverAStrangerCallsHimselfIsTextInJson() {
    try (RawClient client = RawClient.open(server.port()).speak(5)) {
      client.send(RawClient.connect(5, 2, "", HOSTILE)).expectType(WirePacket.CONNACK);
      operator.ask().get(CLIENTS).then().body("clients.client_id", contains(HOSTILE));
      delete(CLIENTS, "client_id", HOSTILE, 204);
      client.expectEnd(0x98);
    }
  }

  @Test
  void theConfigurationIsTakenUp() throws IOException {
    String defaults = server.text("defaults.yaml");
    server.write("defaults.yaml", defaults.replaceFirst("loops: auto", "loops: 3"));
    server.write(
        "1999-other.yaml",
        "name: other\nport: 1999\nsummary: For a test.\nexpect: {connect: accepted}\n");

    operator
        .ask()
        .post("/api/v1/reload")
        .then()
        .statusCode(200)
        .body("from_next_start", contains("server"));
    RawClient.connected(server.port("other"), 4, "new").leave();

    server.write("1999-other.yaml", "name: others\nport: 1999\n");
    operator
        .ask()
        .post("/api/v1/reload")
        .then()
        .statusCode(422)
        .body(
            "detail",
            containsString(
                "1999-other.yaml:1: the name 'others' is not the name in 1999-other.yaml"));
    RawClient.connected(server.port("other"), 4, "still").leave();
  }
}
