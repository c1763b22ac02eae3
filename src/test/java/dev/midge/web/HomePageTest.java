package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.listener.Endpoint;
import dev.midge.observe.Vitals;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What somebody sees who opens the first page, without a script.
class HomePageTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final Pattern DRAWN = Pattern.compile("<dd data-figure=\"([a-z_]+)\">[0-9]");
  private static final Pattern ASSET = Pattern.compile("/assets/[a-z.]+\\?v=[0-9a-f]+");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @Test
  void everyListenerHasARowThatSaysWhetherItWorks() {
    SERVER.proveListeners();
    SERVER.server().lookAtItself();
    String page = visitor.text("/");

    assertThat(page).contains(SERVER.publicEndpoints().size() + " listeners, and all of them work");
    for (Endpoint endpoint : SERVER.publicEndpoints()) {
      assertThat(page)
          .containsPattern(
              "data-listener=\"%s\" data-state=\"up\">.*<td class=\"state\">works</td>.*>%d</td>"
                  .formatted(endpoint.name(), endpoint.port()));
    }
    assertThat(page)
        .containsPattern("<svg [^>]+aria-label=\"100.0 %\">")
        .contains("<path class=\"up\" d=\"M47 0h1v10h-1z\"/>");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, TCP, anyone, ''",
    "plain-auth, TCP, password, ''",
    "token-auth, TCP, token, ''",
    "scram, TCP, SCRAM, ''",
    "websocket-tls, 'WebSocket, TLS', anyone, 89 days",
    "tls-client-certificate, 'TCP, TLS', certificate, 89 days",
    "everything, 'all of them, TLS', anyone, 89 days",
    "tls-expired, 'TCP, TLS', anyone, expired",
    "tls-not-yet-valid, 'TCP, TLS', anyone, not yet valid"
  })
  void aRowTellsWhatCarriesItWhomItIsForAndHowLongItsCertificateLives(
      String listener, String carrier, String who, String daysLeft) {
    SERVER.proveListeners();

    assertThat(visitor.text("/"))
        .containsPattern(
            "data-listener=\"%s\".*<td class=\"carrier\">%s</td><td class=\"who\">%s</td><td class=\"number days[ bad]*\">%s</td>"
                .formatted(listener, carrier, who, daysLeft));
  }

  @Test
  void theFiguresOfThisMomentAreOnIt() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "there")) {
      SERVER.server().lookAtItself();

      assertThat(visitor.text("/")).contains("<dd data-figure=\"clients\">1</dd>");
      client.leave();
    }
  }

  /// Without a script there is a table of them, and no place for what is not drawn.
  @Test
  void allThatIsDrawnIsThereAsANumberToo() {
    assertThat(DRAWN.matcher(visitor.text("/")).results().map(found -> found.group(1)))
        .containsAll(
            Vitals.NAMES.stream().filter(name -> !name.matches("(dropped|refused)_rate")).toList());
  }

  /// As a browser loads it, with all that it fetches by itself.
  @Test
  void allThatTheFirstLoadFetchesIsLessThan100KB() {
    String page = visitor.text("/");
    int bytes = loaded("/") + loaded("/api/v1/statistics/history?span=1h");
    for (Matcher asset = ASSET.matcher(page); asset.find(); ) {
      bytes += loaded(asset.group());
    }

    assertThat(bytes).isBetween(20_000, 100_000);
  }

  private int loaded(String path) {
    return visitor.get(path, "Accept-Encoding", "gzip").body().length;
  }
}
