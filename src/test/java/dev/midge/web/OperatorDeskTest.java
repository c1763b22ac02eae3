package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
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

  @Test
  void clientsAreToldWithWhereTheyAreAndWhatTheyHave() throws IOException {
    try (RawClient client = RawClient.connected(server.port(), 5, "ann")) {
      client.send("82 ( 0001 ( ) \"a/+\" 01 \"b\" 00 )").expectType(WirePacket.SUBACK);

      assertThat(operator.text(CLIENTS))
          .contains(
              "\"client_id\":\"ann\"",
              "\"connected\":true",
              "\"address\":\"127.0.0.1:",
              "\"version\":\"5.0\"",
              "\"listener\":\"plain\"",
              "\"subscriptions\":2",
              "\"next\":null");
      assertThat(operator.text("/api/v1/subscriptions?client_id=ann"))
          .contains("\"filter\":\"a/+\",\"qos\":1", "\"filter\":\"b\",\"qos\":0");
      client.leave();
    }
    assertThat(operator.text(CLIENTS)).isEqualTo("{\"clients\":[],\"next\":null}\n");
    assertThat(operator.status("GET", "/api/v1/subscriptions?client_id=ann")).isEqualTo(404);
    assertThat(operator.status("GET", "/api/v1/subscriptions")).isEqualTo(400);
  }

  @Test
  void longListsAreToldPageByPage() throws IOException {
    List<RawClient> clients = new ArrayList<>();
    List<String> expected = IntStream.range(0, 7).mapToObj(i -> "client-" + i).toList();
    try {
      for (String id : expected.reversed()) {
        clients.add(RawClient.connected(server.port(), 4, id));
      }
      List<String> found = new ArrayList<>();
      String after = "";
      do {
        String page = operator.text(CLIENTS + "?limit=3&after=" + after);
        List<String> ids = values(page, "client_id");
        assertThat(ids).hasSizeLessThanOrEqualTo(3);
        found.addAll(ids);
        after = String.join("", values(page, "next"));
      } while (!after.isEmpty());
      assertThat(found).isEqualTo(expected);
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void whatIsNoPageIsRefused() throws IOException {
    for (String query :
        List.of("limit=0", "limit=1001", "limit=x", "size=1", "limit=1&limit=2", "after=%25zz")) {
      int status = query.startsWith("after") ? 200 : 400;
      assertThat(operator.status("GET", SESSIONS + "?" + query)).as(query).isEqualTo(status);
    }
  }

  @Test
  void aClientThatIsSentAwayMayComeAgainToItsSession() throws IOException {
    try (RawClient client = RawClient.open(server.port()).speak(5)) {
      client.send(RawClient.connect(5, 0, "11 0000ffff", "bob")).expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 ( ) \"b\" 01 )").expectType(WirePacket.SUBACK);

      assertThat(operator.status("DELETE", CLIENTS + "?client_id=bob")).isEqualTo(204);
      client.expectEnd(0x98);
      assertThat(operator.status("DELETE", CLIENTS + "?client_id=bob")).isEqualTo(404);
      assertThat(operator.text(SESSIONS))
          .contains("\"client_id\":\"bob\"", "\"connected\":false", "\"expiry_seconds\":65535");
    }
    assertThat(operator.status("DELETE", SESSIONS + "?client_id=bob")).isEqualTo(204);
    assertThat(operator.text(SESSIONS)).isEqualTo("{\"sessions\":[],\"next\":null}\n");
    assertThat(operator.status("DELETE", SESSIONS + "?client_id=bob")).isEqualTo(404);
  }

  @Test
  void aSessionThatIsEndedIsGoneAfterARestartToo() throws IOException {
    RawClient client = RawClient.open(server.port()).speak(5);
    client.send(RawClient.connect(5, 0, "11 0000ffff", "kept")).expectType(WirePacket.CONNACK);
    client.send("82 ( 0001 ( ) \"b\" 01 )").expectType(WirePacket.SUBACK);
    assertThat(operator.status("DELETE", SESSIONS + "?client_id=kept")).isEqualTo(204);
    client.expectEnd(0x98);
    client.close();

    server.restart();

    assertThat(operator.text(SESSIONS)).isEqualTo("{\"sessions\":[],\"next\":null}\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void retainedMessagesOfAFilterAreTakenAway(boolean restarts) throws IOException {
    try (RawClient client = RawClient.connected(server.port(), 4, "spammer")) {
      for (String topic : List.of("spam/1", "spam/2/deep", "ham")) {
        client.send("33 ( \"%s\" 0001 'x' )".formatted(topic)).expectType(WirePacket.PUBACK);
      }
    }
    assertThat(values(operator.text(RETAINED + "?filter=%23"), "topic"))
        .containsExactly("ham", "spam/1", "spam/2/deep");
    assertThat(operator.text(RETAINED + "?filter=ham"))
        .contains("\"qos\":1", "\"payload_bytes\":1", "\"publisher\":\"spammer\"");

    HttpResponse<byte[]> answer = operator.send("DELETE", RETAINED + "?filter=spam/%23", "");
    assertThat(new String(answer.body(), UTF_8)).isEqualTo("{\"removed\":2}\n");
    if (restarts) {
      server.restart();
    }

    try (RawClient client = RawClient.connected(server.port(), 4, "witness")) {
      client.send("82 ( 0001 \"#\" 00 )").expectType(WirePacket.SUBACK);
      assertThat(client.expectType(WirePacket.PUBLISH).topic()).isEqualTo("ham");
      client.expectNothing();
    }
    assertThat(operator.status("DELETE", RETAINED)).isEqualTo(400);
    assertThat(operator.status("GET", RETAINED + "?filter=a%23")).isEqualTo(400);
  }

  @Test
  void whateverAStrangerCallsHimselfIsTextInJson() throws IOException {
    try (RawClient client = RawClient.open(server.port()).speak(5)) {
      client.send(RawClient.connect(5, 2, "", HOSTILE)).expectType(WirePacket.CONNACK);
      assertThat(values(operator.text(CLIENTS), "client_id")).containsExactly(HOSTILE);
      assertThat(
              operator.status(
                  "DELETE", CLIENTS + "?client_id=" + URLEncoder.encode(HOSTILE, UTF_8)))
          .isEqualTo(204);
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

    HttpResponse<byte[]> answer = operator.send("POST", "/api/v1/reload", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(new String(answer.body(), UTF_8)).isEqualTo("{\"from_next_start\":[\"server\"]}\n");
    RawClient.connected(server.port("other"), 4, "new").leave();

    server.write("1999-other.yaml", "name: others\nport: 1999\n");
    answer = operator.send("POST", "/api/v1/reload", "");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(new String(answer.body(), UTF_8))
        .contains("1999-other.yaml:1: the name 'others' is not the name in 1999-other.yaml");
    RawClient.connected(server.port("other"), 4, "still").leave();
  }

  private static List<String> values(String text, String name) throws IOException {
    List<String> values = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING && name.equals(json.currentName())) {
          values.add(json.getText());
        }
      }
    }
    return values;
  }
}
