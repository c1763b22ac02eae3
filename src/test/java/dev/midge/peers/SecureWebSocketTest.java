package dev.midge.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// MQTT over `wss://` with MQTT.js, in Node.js and in a browser.
class SecureWebSocketTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @CsvSource({
    "websocket-tls, wss, received from a script",
    "everything, wss, received from a script",
    "everything, mqtts, received from a script",
    "tls, mqtts, received from a script",
    "tls-expired, mqtts, CERT_HAS_EXPIRED"
  })
  void aScriptThatTrustsOurRootTalksToWhatIsGoodOnly(String listener, String scheme, String said)
      throws Exception {
    List<String> words =
        List.of(
            "node",
            Scripts.ofMqttJs("mqttjs_tls.js").toString(),
            url(scheme, listener),
            SERVER.caFile().toString());

    try (Command script = Command.start(words)) {
      assertThat(script.next()).isEqualTo(said);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket-tls", "everything"})
  void aPageTalksToWhatTheBrowserTrusts(String listener) throws Exception {
    try (Command browser = browse(page(listener), trusting(listener))) {
      assertThat(console(browser)).contains("page: received from a browser");
    }
  }

  @Test
  void aPageDoesNotTalkToWhatTheBrowserDoesNotTrust() throws Exception {
    try (Command browser = browse(page("websocket-tls"))) {
      assertThat(console(browser)).contains("page: closed");
    }
  }

  @Test
  void theWebSiteIsOnThePortForEverything() throws Exception {
    String site = "https://localhost:" + SERVER.port("everything") + "/";

    try (Command browser = browse(site, trusting("everything"), "--dump-dom")) {
      String line = browser.next();
      while (!line.contains("<h1>")) {
        line = browser.next();
      }
      assertThat(line).contains("<h1>");
    }
  }

  private static String url(String scheme, String listener) {
    String path = scheme.equals("wss") ? "/mqtt" : "";
    return scheme + "://localhost:" + SERVER.port(listener) + path;
  }

  /// The address of the page that connects to a listener.
  private static String page(String listener) throws Exception {
    return Scripts.ofMqttJs("mqttjs_page.html").toUri() + "#" + url("wss", listener);
  }

  /// Lets a browser trust the key of a listener, as it would if our root were in its list.
  private static String trusting(String listener) throws Exception {
    try (SSLSocket socket = TlsClient.trusting(SERVER.caFile()).open(SERVER.port(listener))) {
      byte[] key = socket.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
      return "--ignore-certificate-errors-spki-list=" + Base64.getEncoder().encodeToString(hash);
    }
  }

  private static Command browse(String address, String... options) throws Exception {
    Path profile = Files.createTempDirectory(Scripts.folder(), "browser");
    List<String> words =
        new ArrayList<>(
            List.of(
                Scripts.browser(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--enable-logging=stderr",
                "--user-data-dir=" + profile));
    words.addAll(List.of(options));
    words.add(address);
    return Command.start(words);
  }

  /// The next line that the page writes to the console.
  private static String console(Command browser) throws Exception {
    String line = browser.next();
    while (!line.contains("page: ")) {
      line = browser.next();
    }
    return line;
  }
}
