package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a program is told that starts the server again when it is not well.
class HealthTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @ParameterizedTest
  @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/started"})
  void aServerOfWhichEveryListenerAnswersIsWell(String path) {
    HttpResponse<byte[]> answer = visitor.get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(visitor.text(path)).isEqualTo("{\"status\":\"UP\"}\n");
  }

  @Test
  void whoAsksWhetherListenersAnswerIsNoClient() {
    visitor.get("/q/health/ready");
    long before = SERVER.count(Counter.CONNECTIONS_OPENED);
    long refused = SERVER.count(Counter.CONNECTS_REFUSED);
    visitor.get("/q/health/ready");

    // The visit itself comes on a connection that is kept, or on one more.
    assertThat(SERVER.count(Counter.CONNECTIONS_OPENED)).isLessThanOrEqualTo(before + 1);
    assertThat(SERVER.count(Counter.CONNECTS_REFUSED)).isEqualTo(refused);
  }
}
