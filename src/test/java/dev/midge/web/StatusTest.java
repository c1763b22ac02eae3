package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.listener.Endpoint;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What programs and charts are told of how the server is, and was.
class StatusTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  /// All numbers and words in a text of JSON, which must be one value and no more.
  private static List<String> scalars(String text) throws IOException {
    List<String> scalars = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token.isScalarValue()) {
          scalars.add(json.getText());
        }
      }
    }
    return scalars;
  }

  private static double number(String text, String name) {
    Matcher found = Pattern.compile('"' + name + "\":([-0-9.E]+)").matcher(text);
    assertThat(found.find()).as(name).isTrue();
    return Double.parseDouble(found.group(1));
  }

  @Test
  void everyListenerIsToldWithWhetherItAnswers() throws IOException {
    SERVER.server().lookAtItself();
    String status = visitor.text("/api/v1/status");

    assertThat(scalars(status))
        .containsAll(SERVER.publicEndpoints().stream().map(Endpoint::name).toList());
    assertThat(status.split("\"up\":true", -1)).hasSize(SERVER.publicEndpoints().size() + 1);
    assertThat(status).contains("\"bar_seconds\":1800", "\"since\":\"20");
  }

  @Test
  void theFiguresOfThisMomentAreTold() throws IOException {
    SERVER.server().lookAtItself();
    double before = number(visitor.text("/api/v1/statistics"), "messages_in");
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "busy")) {
      client.send("30 ( \"a\" 'x' )").send("30 ( \"a\" 'x' )").expectNothing();
      SERVER.server().lookAtItself();
      String statistics = visitor.text("/api/v1/statistics");

      assertThat(scalars(statistics)).isNotEmpty();
      assertThat(number(statistics, "messages_in")).isEqualTo(before + 2);
      assertThat(number(statistics, "clients")).isEqualTo(1);
      assertThat(number(statistics, "messages_in_rate")).isPositive();
      client.leave();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?span=1h", "?span=24h", "?span=7d"})
  void aNewlyOpenedPageHasItsCurvesAtOnce(String query) throws IOException {
    SERVER.server().lookAtItself();
    String history = visitor.text("/api/v1/statistics/history" + query);

    assertThat(scalars(history)).isNotEmpty();
    assertThat(history)
        .containsPattern("\"time\":\\[\\d+[,\\d]*],\"figures\":\\{\"clients\":\\[\\d");
  }

  @Test
  void theHistoryOutlivesARestart() {
    SERVER.server().lookAtItself();
    Matcher times =
        Pattern.compile("\"time\":\\[\\d+")
            .matcher(visitor.text("/api/v1/statistics/history?span=7d"));
    assertThat(times.find()).isTrue();
    SERVER.restart();

    assertThat(visitor.text("/api/v1/statistics/history?span=7d")).contains(times.group());
  }

  @Test
  void anotherSpanIsRefused() {
    assertThat(visitor.get("/api/v1/statistics/history?span=2h").statusCode()).isEqualTo(400);
  }

  @Test
  void theNextFiguresComeAsAnEvent() {
    SERVER.server().lookAtItself();
    HttpResponse<byte[]> answer = visitor.get("/api/v1/events");

    assertThat(answer.headers().firstValue("content-type")).hasValue("text/event-stream");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(visitor.text("/api/v1/events"))
        .containsPattern(
            "(?s)^retry: \\d+\nid: \\d+\ndata: \\{\"time\":\\d+,\"now\":.*\"down\":\\[]}\n\n$");
  }
}
