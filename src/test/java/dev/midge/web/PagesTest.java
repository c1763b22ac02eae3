package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.midge.certs.Fault;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.listener.Endpoint;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.ListenerSpec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages of the site, and what programs read.
class PagesTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local().listener("hostile", "explanation: '<script>alert(1)</script> & more.'");

  private static final Pattern LINK = Pattern.compile("(?:href|action)=\"(/[^\"#]*)");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/listeners",
        "/connect?listener=tls",
        "/faults",
        "/certificates",
        "/client-certificates",
        "/limits",
        "/try",
        "/demo",
        "/about"
      })
  void everyPageLeadsToPlacesThatAreThere(String page) {
    HttpResponse<byte[]> answer = visitor.get(page);
    String text = visitor.text(page);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(text).startsWith("<!DOCTYPE html>").contains("<html lang=\"en\">", "<h1>");
    List<String> links = LINK.matcher(text).results().map(found -> found.group(1)).toList();
    assertThat(links).hasSizeGreaterThan(5);
    for (String link : links) {
      assertThat(visitor.get(link).statusCode()).as(link).isIn(200, 405);
    }
  }

  /// What is not from here is not fetched, and what somebody wrote is text.
  @ParameterizedTest
  @ValueSource(strings = {"/", "/faults", "/none"})
  void aPageFetchesAndRunsNothingOfOthers(String page) {
    HttpResponse<byte[]> answer = visitor.get(page, "Accept", "text/html");

    assertThat(answer.headers().firstValue("content-security-policy").orElseThrow())
        .startsWith("default-src 'none';")
        .doesNotContain("unsafe", "http");
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(
            new String(answer.body(), UTF_8)
                .replaceAll("<script src=\"/assets/[a-z.]+\\?v=[0-9a-f]+\" defer></script>", ""))
        .doesNotContain("<script", "style=");
  }

  /// The pages that are clients may connect to where MQTT over WebSocket is, and nowhere else.
  @ParameterizedTest
  @ValueSource(strings = {"/try", "/demo"})
  void aPageThatIsAClientConnectsToOurListenersOnly(String page) {
    String policy = visitor.get(page).headers().firstValue("content-security-policy").orElseThrow();

    assertThat(policy)
        .startsWith("default-src 'none';")
        .contains("connect-src 'self' ws://localhost:%d wss://".formatted(SERVER.port("websocket")))
        .contains("wss://localhost:" + SERVER.port("websocket-tls-auth"))
        .doesNotContain("unsafe", "http", ":" + SERVER.port() + " ");
  }

  @Test
  void whoReadsGzipGetsLessToLoadAndTheSamePage() throws IOException {
    HttpResponse<byte[]> packed = visitor.get("/listeners", "Accept-Encoding", "br, gzip;q=0.8");
    HttpResponse<byte[]> plain = visitor.get("/listeners", "Accept-Encoding", "gzip;q=0");

    assertThat(packed.headers().firstValue("content-encoding")).hasValue("gzip");
    assertThat(packed.headers().firstValue("vary")).hasValue("accept-encoding");
    assertThat(packed.body().length).isLessThan(plain.body().length / 5);
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
        .isEqualTo(plain.body());
    assertThat(plain.headers().firstValue("content-encoding")).isEmpty();
    assertThat(packed.headers().firstValue("etag"))
        .isNotEqualTo(plain.headers().firstValue("etag"));
  }

  @Test
  void whatAListenerFileSaysIsTextOnThePage() {
    assertThat(visitor.text("/faults"))
        .contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more.");
  }

  @Test
  void everyListenerIsListedWithALineToPaste() {
    String page = visitor.text("/listeners");

    for (Endpoint endpoint : SERVER.publicEndpoints()) {
      assertThat(page)
          .contains("id=\"" + endpoint.name() + "\"", "<code>" + endpoint.url("localhost"));
    }
    assertThat(page)
        .contains(
            "<code>mosquitto_sub --cafile ca.crt -h localhost -p "
                + SERVER.port("tls")
                + " -t &#39;demo/#&#39; -v\n");
  }

  static List<ListenerSpec> bad() {
    return ListenerFiles.load(Path.of("listeners"), Set.of(), 0, 1L << 30).listeners().stream()
        .filter(spec -> spec.expect().fault() != Fault.NONE)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void eachThatIsWrongOnPurposeIsExplainedInTwoSentences(ListenerSpec spec) {
    assertThat(spec.explanation().split("\\. ")).hasSize(2);
    assertThat(visitor.text("/faults"))
        .contains("id=\"" + spec.name() + "\"", spec.explanation().substring(0, 40));
  }

  @Test
  void programsReadEveryListenerAndWhatACarefulClientMakesOfIt() throws IOException {
    Map<String, Map<String, String>> listeners = listeners();

    assertThat(listeners.keySet())
        .containsExactlyInAnyOrderElementsOf(
            SERVER.publicEndpoints().stream().map(Endpoint::name).toList());
    assertThat(listeners.get("plain"))
        .containsEntry("port", "" + SERVER.port())
        .containsEntry("transport", "tcp")
        .containsEntry("auth", "anonymous")
        .containsEntry("connect", "accepted")
        .doesNotContainKeys("fault", "verdict", "ca");
    assertThat(listeners.get("tls-expired"))
        .containsEntry("tls", "true")
        .containsEntry("fault", "expired")
        .containsEntry("verdict", "refused")
        .containsEntry("ca", "http://localhost:" + SERVER.port("web") + "/ca.crt")
        .containsKeys("explanation", "page");
    assertThat(listeners.get("tls-client-certificate"))
        .containsEntry("auth", "certificate")
        .containsEntry("connect", "refused")
        .containsEntry("verdict", "accepted");
  }

  /// The site and the files of the data folder have the same to say, but for where things are.
  @Test
  void programsReadTheSameFromTheSiteAsFromTheFile() throws IOException {
    Map<String, Map<String, String>> site = listeners();
    Map<String, Map<String, String>> file =
        listeners(Files.readAllBytes(SERVER.data().resolve("endpoints.json")));

    assertThat(file.remove("operator")).containsEntry("auth", "token");
    assertThat(file.get("tls")).containsEntry("ca_file", SERVER.caFile().toString());
    Stream.of(site, file)
        .flatMap(all -> all.values().stream())
        .forEach(one -> one.keySet().removeAll(Set.of("host", "url", "ca", "page", "ca_file")));
    assertThat(site).isEqualTo(file);
  }

  /// What a careful client makes of a port is what the tests of all stacks hold it to.
  @ParameterizedTest
  @MethodSource("withTls")
  void theVerdictIsThatOfTheListenersFile(ListenerSpec spec) throws IOException {
    assertThat(listeners().get(spec.name()))
        .containsEntry("verdict", spec.expect().verdict().toString());
  }

  @ParameterizedTest
  @CsvSource({"tls-huge-chain, accepts it", "tls-wrong-host, refuses it"})
  void thePageSaysWhatACarefulClientDoes(String listener, String does) {
    String page = visitor.text("/faults");

    assertThat(page.substring(page.indexOf("id=\"" + listener + "-title")))
        .containsPattern("(?s)^((?!</section>).)*a careful client " + does);
  }

  static List<ListenerSpec> withTls() {
    return ListenerFiles.load(Path.of("listeners"), Set.of(), 0, 1L << 30).listeners().stream()
        .filter(spec -> spec.tls() != null)
        .toList();
  }

  /// Who can do nothing with keys on curves gets a root with an RSA key.
  @Test
  void aClientThatKnowsRsaOnlyIsToldWhomToTrust() throws Exception {
    TlsClient.blind().open(SERVER.port("tls-rsa")).close(); // Made when first asked for.
    assertThat(listeners().get("tls-rsa"))
        .containsEntry("ca", "http://localhost:" + SERVER.port("web") + "/ca-rsa.crt");
    Path file =
        Files.write(SERVER.data().resolve("downloaded.crt"), visitor.get("/ca-rsa.crt").body());

    TlsClient.trusting(file).open(SERVER.port("tls-rsa")).close();
  }

  /// Addresses are those by which the visitor came, unless they are no names of hosts.
  @Test
  void aVisitorFindsTheServerByTheNameThatHeKnows() throws IOException {
    assertThat(ask("midge.example:80")).contains("200 OK", "mqtts://midge.example:");
    assertThat(ask("[::1]:80")).contains("200 OK", "mqtts://[::1]:");
    assertThat(ask("x\"><script>")).contains("400 Bad Request").doesNotContain("<script");
  }

  private static String ask(String host) throws IOException {
    try (RawHttp http = RawHttp.open(SERVER.port("web"))) {
      return http.send("GET /listeners HTTP/1.0\r\nHost: " + host + "\r\n\r\n").answers();
    }
  }

  @Test
  void theDaysThatAreLeftAreTold() throws IOException {
    for (String listener : List.of("tls", "tls-expired", "tls-public")) {
      TlsClient.blind().open(SERVER.port(listener)).close(); // Made when first asked for.
    }

    assertThat(visitor.text("/certificates"))
        .containsPattern("localhost</th><td>server</td><td>Midge Intermediate CA</td>")
        .containsPattern("<td class=\"number\">89 days</td><td>renews itself on 20")
        .containsPattern("<td class=\"number bad\">expired</td><td>stays as it is")
        .contains("Our own: no public authority is asked for one.");
  }

  @Test
  void theHeadOfAPageIsThatOfThePage() {
    HttpResponse<byte[]> head = visitor.send("HEAD", "/listeners", new byte[0]);
    HttpResponse<byte[]> page = visitor.get("/listeners");

    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("content-length"))
        .hasValue("" + page.body().length)
        .isEqualTo(page.headers().firstValue("content-length"));
    assertThat(head.headers().firstValue("etag")).isEqualTo(page.headers().firstValue("etag"));
  }

  /// Each listener in `listeners.json`: its fields, as text.
  private Map<String, Map<String, String>> listeners() throws IOException {
    return listeners(visitor.get("/listeners.json").body());
  }

  private static Map<String, Map<String, String>> listeners(byte[] text) throws IOException {
    Map<String, Map<String, String>> all = new HashMap<>();
    Map<String, String> one = new HashMap<>();
    List<JsonToken> nesting = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(text)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        nesting.add(token);
        if (token.isScalarValue()) {
          one.put(json.currentName(), json.getText());
        } else if (token == JsonToken.END_OBJECT) {
          all.put(one.get("name"), one);
          one = new HashMap<>();
        }
      }
    }
    assertThat(nesting.getFirst()).isEqualTo(JsonToken.START_ARRAY);
    return all;
  }
}
