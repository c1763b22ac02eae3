package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.listener.Endpoint;
import io.restassured.path.json.JsonPath;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/// What the server finds when it comes to its own listeners as a client, and whom it tells.
class ListenerWatchTest {
  private static final String TLS =
      """
      tls: { certificate: localhost }
      explanation: Promises another certificate than it shows.
      """;

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("narrow", "limits: { connections_max: 1 }")
          .listener("silent", "mqtt: { versions: [\"3.1.1\"] }")
          .listener("liar", TLS, "fault: expired");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  /// The names of the listeners that are not up, by what the server says of itself.
  private List<String> down() {
    JsonPath status = visitor.ask().get("/api/v1/status").jsonPath();
    assertThat(status.getList("listeners.name"))
        .isEqualTo(SERVER.publicEndpoints().stream().map(Endpoint::name).toList());
    return status.getList("listeners.findAll { !it.up }.name");
  }

  /// That of a feed, and those of its entries.
  private static List<String> titles(byte[] feed) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(feed));
    NodeList titles = document.getElementsByTagNameNS("http://www.w3.org/2005/Atom", "title");
    return IntStream.range(0, titles.getLength())
        .mapToObj(i -> titles.item(i).getTextContent())
        .toList();
  }

  @Test
  void whoeverFailsIsTheOnlyOneDownAndComesBack() throws Exception {
    SERVER.server().lookAtItself();
    assertThat(down()).containsExactly("liar");

    RawClient last = RawClient.connected(SERVER.port("narrow"), 4, "last");
    SERVER.server().lookAtItself();
    assertThat(down()).containsExactly("narrow", "liar");
    visitor
        .ask()
        .get("/api/v1/incidents")
        .then()
        .rootPath("incidents.find { it.listener == 'narrow' }")
        .body("began", startsWith("20"), "ended", nullValue(), "problem", startsWith("IPv4: "));
    assertThat(visitor.text("/api/v1/badge.svg")).contains(">2 down<");
    assertThat(visitor.text("/api/v1/badge.svg?listener=narrow")).contains(">down<");
    assertThat(visitor.text("/api/v1/badge.svg?listener=plain")).contains(">up<");

    last.leave();
    SERVER.server().lookAtItself();
    assertThat(down()).containsExactly("liar");
    HttpResponse<byte[]> feed = visitor.get("/api/v1/incidents.atom");
    assertThat(feed.headers().firstValue("content-type"))
        .hasValue("application/atom+xml; charset=utf-8");
    assertThat(titles(feed.body()))
        .startsWith("Incidents of localhost", "narrow works again")
        .contains("liar is not as it promises");
  }

  @Test
  void aFaultThatIsNotTheOnePromisedIsToldAndEachStepIsTimed() {
    SERVER.server().lookAtItself();
    JsonPath status = visitor.ask().get("/api/v1/status").jsonPath();

    assertThat(probes(status, "liar", "problem")).isEqualTo(List.of("not expired but nothing"));
    assertThat(probes(status, "tls-expired", "good")).isEqualTo(List.of(true));
    assertThat(steps(status, "websocket-tls"))
        .containsExactly("tcp", "tls", "websocket", "connect", "subscribe", "echo");
    assertThat(steps(status, "silent")).endsWith("echo");
    assertThat(steps(status, "web")).containsExactly("tcp", "http");
    assertThat(steps(status, "tls-client-certificate")).endsWith("echo");
    assertThat(steps(status, "token-auth")).endsWith("echo");
    assertThat(steps(status, "plain-auth")).endsWith("connect");
  }

  /// A field of each look at a listener.
  private static List<Object> probes(JsonPath status, String listener, String field) {
    return status.getList(
        "listeners.find { it.name == '%s' }.probes.%s".formatted(listener, field));
  }

  /// What the only look at a listener did, each step with its time.
  private static Set<String> steps(JsonPath status, String listener) {
    Map<String, Number> millis =
        status.getMap("listeners.find { it.name == '%s' }.probes[0].millis".formatted(listener));
    assertThat(millis.values()).allMatch(time -> time.doubleValue() > 0);
    return millis.keySet();
  }

  /// Who subscribes to everything sees nothing of it, and no figure knows of it.
  @Test
  void nobodyHearsOrCountsALook() {
    SERVER.server().lookAtItself();
    try (RawClient all = RawClient.connected(SERVER.port(), 4, "all")) {
      all.send("82 ( 0001 \"#\" 00 \"+/probe/#\" 00 )").expectType(WirePacket.SUBACK);
      String before = metrics();
      long opened = SERVER.count(Counter.CONNECTIONS_OPENED);
      SERVER.server().lookAtItself();

      all.expectNothing();
      assertThat(SERVER.count(Counter.CONNECTIONS_OPENED)).isEqualTo(opened);
      assertThat(metrics()).isEqualTo(before.replace("type=\"pingreq\"} 1", "type=\"pingreq\"} 2"));
      all.leave();
    }
  }

  /// What is told of clients, without that of this one's PINGREQ.
  private String metrics() {
    return String.join(
        "\n",
        visitor
            .text("/q/metrics")
            .lines()
            .filter(line -> line.startsWith("midge_"))
            .filter(line -> !line.contains("ping") && !line.startsWith("midge_listener_bytes"))
            .filter(line -> !line.matches("midge_(route|store|loop_lag|probe)_.*"))
            .filter(line -> !line.startsWith("midge_connections{listener=\"web\"}"))
            .filter(line -> !line.startsWith("midge_connections_"))
            .toList());
  }

  @Test
  void incidentsComeInPagesAndOutliveARestart() {
    for (int i = 0; i < 2; i++) {
      RawClient last = RawClient.connected(SERVER.port("narrow"), 4, "last");
      SERVER.server().lookAtItself();
      last.leave();
      SERVER.server().lookAtItself();
    }
    SERVER.restart();
    List<Integer> numbers = new ArrayList<>();
    String next = "/api/v1/incidents?limit=1";
    while (next != null) {
      JsonPath page = visitor.ask().get(next).jsonPath();
      List<Integer> found = page.getList("incidents.number");
      assertThat(found).hasSize(1);
      numbers.addAll(found);
      next = page.getString("next");
    }
    assertThat(numbers).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
  }

  @Test
  void whatIsNotThereIsAProblem() {
    visitor
        .ask()
        .get("/api/v1/badge.svg?listener=nobody")
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("status", equalTo(404), "detail", equalTo("There is no listener with this name."));
    for (String query : List.of("limit=0", "limit=1&limit=1", "page=1")) {
      visitor.ask().get("/api/v1/incidents?" + query).then().statusCode(400);
    }
  }
}
