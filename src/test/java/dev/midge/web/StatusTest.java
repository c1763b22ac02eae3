package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.startsWith;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.listener.Endpoint;
import dev.midge.observe.Vitals;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What programs and charts are told of how the server is, and was.
class StatusTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  private static final String STATISTICS = "/api/v1/statistics";
  private static final String HISTORY = "/api/v1/statistics/history";

  @Test
  void everyListenerIsToldWithWhetherItAnswers() {
    SERVER.server().lookAtItself();

    visitor
        .ask()
        .get("/api/v1/status")
        .then()
        .body(
            "listeners.name",
            equalTo(SERVER.publicEndpoints().stream().map(Endpoint::name).toList()))
        .body("listeners.up", everyItem(equalTo(true)))
        .body("listeners.bar_seconds", everyItem(equalTo(1800)))
        .body("listeners.since", everyItem(startsWith("20")));
  }

  @Test
  void theFiguresOfThisMomentAreTold() {
    SERVER.server().lookAtItself();
    int before = visitor.ask().get(STATISTICS).path("since_start.messages_in");
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "busy")) {
      client.send("30 ( \"a\" 'x' )").send("30 ( \"a\" 'x' )").expectNothing();
      SERVER.server().lookAtItself();

      visitor
          .ask()
          .get(STATISTICS)
          .then()
          .body("since_start.messages_in", equalTo(before + 2))
          .body("now.clients", equalTo(1.0f), "now.messages_in_rate", greaterThan(0f));
      client.leave();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?span=1h", "?span=24h", "?span=7d"})
  void aNewlyOpenedPageHasItsCurvesAtOnce(String query) {
    SERVER.server().lookAtItself();
    JsonPath history = visitor.ask().get(HISTORY + query).jsonPath();

    Map<String, List<Number>> figures = history.getMap("figures");
    assertThat(history.getList("time")).isNotEmpty();
    assertThat(figures).containsOnlyKeys(Vitals.NAMES);
    assertThat(figures.values())
        .allMatch(column -> column.size() == history.getList("time").size());
  }

  @Test
  void theHistoryOutlivesARestart() {
    SERVER.server().lookAtItself();
    int first = visitor.ask().get(HISTORY + "?span=7d").path("time[0]");
    SERVER.restart();

    visitor.ask().get(HISTORY + "?span=7d").then().body("time[0]", equalTo(first));
  }

  @Test
  void anotherSpanIsRefused() {
    visitor.ask().get(HISTORY + "?span=2h").then().statusCode(400);
  }

  @Test
  void theNextFiguresComeAsAnEvent() {
    SERVER.server().lookAtItself();
    Response answer = visitor.ask().get("/api/v1/events");

    answer.then().contentType("text/event-stream").header("cache-control", "no-store");
    assertThat(answer.asString())
        .containsPattern(
            "(?s)^retry: \\d+\nid: \\d+\ndata: \\{\"time\":\\d+,\"now\":.*\"down\":\\[]}\n\n$");
  }
}
