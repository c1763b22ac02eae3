package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.listener.Endpoint;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What somebody sees who opens the first page, without a script.
class HomePageTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final Pattern ASSET = Pattern.compile("/assets/[a-z.]+\\?v=[0-9a-f]+");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @Test
  void everyListenerHasARowThatSaysWhetherItWorks() {
    SERVER.server().lookAtItself();
    String page = visitor.text("/");

    assertThat(page).contains("All " + SERVER.endpoints().size() + " listeners work");
    for (Endpoint endpoint : SERVER.endpoints()) {
      assertThat(page)
          .contains(
              "data-listener=\"%s\" data-state=\"up\"><td class=\"state\">works</td>"
                  .formatted(endpoint.name()));
    }
    assertThat(page)
        .containsPattern("<svg [^>]+aria-label=\"100.0 %\">")
        .contains("<path class=\"up\" d=\"M47 0h1v10h-1z\"/>");
  }

  @Test
  void theFiguresOfThisMomentAreOnIt() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "there")) {
      SERVER.server().lookAtItself();

      assertThat(visitor.text("/")).contains("<dd data-figure=\"clients\">1</dd>");
      client.leave();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mosquitto", "python", "javascript", "java", "arduino"})
  void eachToolHasLinesToCopyThatGoHere(String tool) {
    Matcher lines =
        Pattern.compile("id=\"tab-" + tool + "\".*?<pre><code>(.*?)</code>", Pattern.DOTALL)
            .matcher(visitor.text("/"));

    assertThat(lines.find()).isTrue();
    assertThat(lines.group(1)).contains("localhost", "" + SERVER.port(), "demo/#");
  }

  @Test
  void allThatTheFirstLoadFetchesIsLessThan100KB() {
    String page = visitor.text("/");
    int bytes = page.length() + visitor.text("/api/v1/statistics/history").length();
    for (Matcher asset = ASSET.matcher(page); asset.find(); ) {
      bytes += visitor.get(asset.group()).body().length;
    }

    assertThat(bytes).isBetween(50_000, 100_000);
  }
}
