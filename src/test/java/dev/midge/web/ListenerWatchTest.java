package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.listener.Endpoint;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/// What the server finds when it comes to its own listeners as a client, and whom it tells.
class ListenerWatchTest {
  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"name\":\"([a-z0-9-]+)\",\"port\":\\d+,\"url\":\"[^\"]*\",\"up\":(\\w+)");

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
    List<String> down = new ArrayList<>();
    Matcher row = ROW.matcher(visitor.text("/api/v1/status"));
    List<String> names = new ArrayList<>();
    while (row.find()) {
      names.add(row.group(1));
      if (!row.group(2).equals("true")) {
        down.add(row.group(1));
      }
    }
    assertThat(names)
        .containsExactlyElementsOf(SERVER.publicEndpoints().stream().map(Endpoint::name).toList());
    return down;
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
    assertThat(visitor.text("/api/v1/incidents"))
        .containsPattern(
            "\"listener\":\"narrow\",\"began\":\"20[^\"]*\",\"ended\":null,\"problem\":\"IPv4: ");
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
    String status = visitor.text("/api/v1/status");

    assertThat(status).contains("\"problem\":\"not expired but nothing\"");
    assertThat(probe(status, "tls-expired"))
        .containsOnlyOnce("\"family\"")
        .contains("\"good\":true");
    for (String step : List.of("tcp", "tls", "websocket", "connect", "subscribe", "echo")) {
      assertThat(probe(status, "websocket-tls")).containsPattern("\"" + step + "\":\\d+\\.\\d+");
    }
    assertThat(probe(status, "silent")).contains("\"echo\":");
    assertThat(probe(status, "web")).contains("\"http\":");
    assertThat(probe(status, "tls-client-certificate")).contains("\"echo\":");
    assertThat(probe(status, "token-auth")).contains("\"echo\":");
    assertThat(probe(status, "plain-auth")).contains("\"connect\":").doesNotContain("\"echo\":");
  }

  private static String probe(String status, String listener) {
    int begin = status.indexOf("\"probes\"", status.indexOf("{\"name\":\"" + listener + "\""));
    return status.substring(begin, status.indexOf("]", begin));
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
    List<String> numbers = new ArrayList<>();
    String next = "/api/v1/incidents?limit=1";
    while (!next.isEmpty()) {
      String page = visitor.text(next);
      Matcher number = Pattern.compile("\"number\":(\\d+)").matcher(page);
      assertThat(number.find()).isTrue();
      numbers.add(number.group(1));
      assertThat(number.find()).isFalse();
      Matcher link = Pattern.compile("\"next\":\"([^\"]+)\"").matcher(page);
      next = link.find() ? link.group(1) : "";
    }
    assertThat(numbers).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
  }

  @Test
  void whatIsNotThereIsAProblem() {
    HttpResponse<byte[]> answer = visitor.get("/api/v1/badge.svg?listener=nobody");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(new String(answer.body(), UTF_8))
        .contains("\"status\":404", "\"detail\":\"There is no listener with this name.\"");
    assertThat(visitor.get("/api/v1/incidents?limit=0").statusCode()).isEqualTo(400);
    assertThat(visitor.get("/api/v1/incidents?limit=1&limit=1").statusCode()).isEqualTo(400);
    assertThat(visitor.get("/api/v1/incidents?page=1").statusCode()).isEqualTo(400);
  }
}
