package dev.midge.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.midge.kit.Browser;
import dev.midge.kit.Openssl;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What visitors do on the pages that are clients, and by the form for certificates.
class ClientInBrowserTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("demo: true");
  @RegisterExtension static final Browser BROWSER = new Browser();

  @TempDir Path folder;

  private static String address(String path) {
    return "http://localhost:" + SERVER.port("web") + path;
  }

  /// The page for trying, connected.
  private static Page connected(String address, String listener, String version) {
    Page page = BROWSER.open(address + "/try");
    String url =
        page.locator("#target option")
            .filter(new Locator.FilterOptions().setHasText(Pattern.compile("^" + listener + ", ")))
            .getAttribute("value");
    page.selectOption("#target", url);
    page.selectOption("#version", version);
    page.click("#connect-button");
    assertThat(page.locator("#status")).containsText("connected as");
    return page;
  }

  private static void subscribe(Page page, String filter, String qos) {
    page.fill("#filter", filter);
    page.selectOption("#filter-qos", qos);
    page.click("#subscribe [type=submit]");
    assertThat(page.locator("#filters")).containsText(filter + ", QoS " + qos);
  }

  @ParameterizedTest
  @CsvSource({
    "websocket, 3, 0",
    "websocket, 4, 1",
    "websocket, 5, 2",
    "websocket-auth, 5, 1",
    "websocket-tls, 4, 2",
    "websocket-tls, 5, 1",
    "websocket-tls-auth, 5, 0",
    "everything, 5, 1"
  })
  void messagesAreExchangedOverWebSocketWithoutAndWithTls(
      String listener, String version, String qos) {
    Page page = connected(address(""), listener, version);
    subscribe(page, "try/" + listener, qos);
    page.fill("#topic", "try/" + listener);
    page.selectOption("#qos", qos);
    page.fill("#payload", "{\"a\":[1,2]}");

    page.click("#publish [type=submit]");

    Locator message = page.locator("#messages li").first();
    assertThat(message.locator(".topic")).hasText("try/" + listener);
    assertThat(message.locator("pre")).hasText("{ \"a\": [ 1, 2 ] }");
    assertThat(message.locator(".note")).containsText("QoS " + qos + ", 11 bytes");
    page.click("#disconnect-button");
    assertThat(page.locator("#status")).containsText("not connected");
  }

  /// A page that came over TLS connects over TLS.
  @Test
  void aPageOverTlsIsAClientToo() {
    Page page = connected("https://localhost:" + SERVER.port("everything"), "everything", "5");

    subscribe(page, "demo/time", "0");

    assertThat(page.locator("#messages .topic").first()).hasText("demo/time");
    assertThat(page.locator("#target option[value^='ws:']")).hasCount(0);
  }

  @Test
  void bytesAreShownInHexAndPropertiesWithThem() {
    Page page = connected(address(""), "websocket", "5");
    subscribe(page, "try/bytes", "1");
    page.fill("#topic", "try/bytes");
    page.fill("#payload", "00 ff 7F");
    page.selectOption("#payload-form", "hex");
    page.locator("#publish summary").click();
    page.fill("#content-type", "application/x-test");
    page.fill("#response-topic", "try/answers");
    page.fill("#correlation", "abc");
    page.fill("#user-properties", "colour: blue\nsize: 7");

    page.click("#publish [type=submit]");

    Locator message = page.locator("#messages li").first();
    assertThat(message.locator("pre")).hasText("00 ff 7f");
    assertThat(message.locator(".note"))
        .containsText(
            Pattern.compile(
                "contentType application/x-test.*|.*colour.*blue.*size.*7.*", Pattern.DOTALL));
    assertThat(message.locator(".note").textContent())
        .contains("responseTopic try/answers", "correlationData 61 62 63", "application/x-test");
  }

  @Test
  void aWillComesWhenThePageIsGone() {
    Page witness = connected(address(""), "websocket", "5");
    subscribe(witness, "try/will", "1");
    Page page = BROWSER.open(address("/try"));
    page.locator("#connect summary").click();
    page.fill("#will-topic", "try/will");
    page.fill("#will-payload", "gone");
    page.click("#connect-button");
    assertThat(page.locator("#status")).containsText("connected as");

    page.close();

    assertThat(witness.locator("#messages pre").first()).hasText("gone");
  }

  @Test
  void aRetainedMessageComesToWhoSubscribesLater() {
    Page page = connected(address(""), "websocket", "4");
    page.fill("#topic", "try/retained");
    page.check("#retain");
    page.selectOption("#qos", "1");
    page.click("#publish [type=submit]");
    assertThat(page.locator("#log")).containsText("PUBLISH try/retained, PUBACK");

    subscribe(page, "try/retained", "0");

    assertThat(page.locator("#messages .note").first()).containsText("retained");
    page.fill("#payload", "");
    page.click("#publish [type=submit]");
    assertThat(page.locator("#messages .note").first()).containsText("0 bytes");
  }

  @Test
  void whatTheServerRefusesIsToldWithItsReason() {
    Page page = connected(address(""), "websocket", "5");
    page.fill("#topic", "demo/mine");
    page.selectOption("#qos", "1");

    page.click("#publish [type=submit]");

    assertThat(page.locator("#log .bad").first()).containsText("0x87");
  }

  @Test
  void whatStrangersSendIsTextAndNothingElse() {
    String evil = "<img src=x onerror=alert(1)><script>alert(2)</script>";
    Page page = connected(address(""), "websocket", "5");
    subscribe(page, "try/evil/#", "0");

    try (RawClient stranger = RawClient.connected(SERVER.port(), 5, "<b>stranger</b>")) {
      stranger.send(
          "31 ( \"try/evil/%s\" ( 26 \"%s\" \"%s\" ) '%s' )".formatted(evil, evil, evil, evil));

      assertThat(page.locator("#messages pre").first()).hasText(evil);
      assertThat(page.locator("#messages .topic").first()).hasText("try/evil/" + evil);
      assertThat(page.locator("#messages .note").first()).containsText(evil);
      assertThat(page.locator("#messages img, #messages script")).hasCount(0);
      stranger.send("31 ( \"try/evil/%s\" ( ) )".formatted(evil)).leave();
    }
  }

  @Test
  void theDemoIsDrawnAsItComes() {
    Page page = BROWSER.open(address("/demo"));

    assertThat(page.locator("#status")).containsText("live, over ws://localhost:");
    assertThat(page.locator("#machine strong")).hasText("running");
    assertThat(page.locator("[data-topic=temperature] strong")).hasText(Pattern.compile("[0-9.]+"));
    assertThat(page.locator("#north strong")).hasText(Pattern.compile("power is on|no power"));
    assertThat(page.locator("#clock strong")).hasText(Pattern.compile("..:..:.."));
    assertThat(page.locator("#load dd")).hasText(Pattern.compile("[0-9].*"));
    assertThat(page.locator("#north-meters canvas")).isVisible();
  }

  /// From a request in a text field to a client that is let in.
  @Test
  void theFormForCertificatesGivesOneThatWorks() throws Exception {
    Path key = folder.resolve("client.key");
    String request =
        Openssl.run("req -new -newkey rsa:2048 -nodes -subj /CN=board-9 -keyout " + key);
    Page page = BROWSER.open(address("/client-certificates"));
    page.getByLabel("The request, in PEM")
        .fill(request.substring(request.indexOf("-----BEGIN CERTIFICATE REQUEST")));
    page.getByLabel("Days").fill("2");

    Download download =
        page.waitForDownload(() ->
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign")).click());

    Path chain = folder.resolve("client.crt");
    download.saveAs(chain);
    File store = folder.resolve("client.p12").toFile();
    Openssl.run(
        "pkcs12 -export -passout pass:secret -inkey %s -in %s -out %s"
            .formatted(key, chain, store));
    try (RawClient client = withKey(store).raw(SERVER.port("tls-client-certificate"))) {
      RawClient.connected(client, 5, "with-certificate").leave();
    }
    assertThat(Files.readString(chain)).contains("BEGIN CERTIFICATE");
  }

  private static TlsClient withKey(File file) throws Exception {
    char[] password = "secret".toCharArray();
    KeyStore store = KeyStore.getInstance(file, password);
    String alias = store.aliases().nextElement();
    return TlsClient.trusting(
        SERVER.caFile(),
        (PrivateKey) store.getKey(alias, password),
        Arrays.stream(store.getCertificateChain(alias))
            .map(certificate -> (X509Certificate) certificate)
            .toList());
  }
}
