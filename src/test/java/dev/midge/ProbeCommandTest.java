package dev.midge;

import static io.restassured.RestAssured.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.midge.kit.TestServer;
import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// `midge probe`, which knows of a server what its web site tells.
class ProbeCommandTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("narrow", "limits: { connections_max: 1 }")
          .listener(
              "liar", "tls: { certificate: localhost }\nexplanation: It lies.", "fault: expired");

  private final StringWriter out = new StringWriter();

  private int probe(String... options) {
    return probe(out, options);
  }

  private static int probe(Writer out, String... options) {
    CommandLine command = new CommandLine(new ProbeCommand());
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(new StringWriter()));
    return command.execute(options);
  }

  @Test
  void fromElsewhereItFindsWhatIsNotAsPromisedAndNothingElse() {
    int status = probe("--target", "http://127.0.0.1:" + SERVER.port("web"));

    assertThat(status).isEqualTo(1);
    List<String> bad = out.toString().lines().filter(line -> line.startsWith("BAD")).toList();
    assertThat(bad).hasSize(1).first().asString().contains("liar", "not expired but nothing");
    assertThat(out.toString().lines().filter(line -> line.startsWith("good")))
        .hasSize(SERVER.publicEndpoints().size() - 1)
        .anyMatch(line -> line.contains("tls-missing-intermediate"))
        .anyMatch(line -> line.contains("tls-revoked"))
        .anyMatch(line -> line.contains("plain ") && line.contains("echo "));
  }

  @Test
  void itTellsProgramsTheSame() {
    probe("--json", "--target", "http://127.0.0.1:" + SERVER.port("web"));

    assertThat(out.toString())
        .contains("\"name\":\"plain\",\"up\":true,\"probes\":[{\"family\":\"IPv4\",\"good\":true")
        .contains("\"name\":\"liar\",\"up\":false");
  }

  @Test
  void aServerThatDoesNotAnswerIsTold() {
    assertThat(probe("--target", "http://localhost:1")).isEqualTo(1);
    assertThat(probe("--target", "nowhere")).isEqualTo(2);
  }

  /// A site whose answers are those.
  private static HttpServer site(UnaryOperator<String> answers) throws IOException {
    HttpServer site =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.createContext(
        "/",
        exchange -> {
          byte[] answer = answers.apply(exchange.getRequestURI().getPath()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    site.start();
    return site;
  }

  private static String address(HttpServer site) {
    return "http://127.0.0.1:" + site.getAddress().getPort();
  }

  /// The list of a stranger may say anything.
  private int probeListed(String listener) throws IOException {
    HttpServer site = site(_ -> "[{" + listener.replace('\'', '"') + "}]");
    try {
      return probe("--target", address(site));
    } finally {
      site.stop(0);
    }
  }

  @Test
  void askingWhereAHostIsIsAStepOfItsOwn() throws IOException {
    assertThat(probeListed("'name': 'gone', 'host': 'localhost', 'port': 1")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("BAD +gone +IPv4 .*\\(after dns \\d+\\.\\d\\)");
  }

  @Test
  void aHostThatNobodyKnowsIsTold() throws IOException {
    String nobody = "x".repeat(64);
    assertThat(probeListed("'name': 'lost', 'host': '" + nobody + "', 'port': 1")).isEqualTo(1);
    assertThat(out.toString()).containsPattern("BAD +lost +DNS +" + nobody + " is not known");
  }

  /// The rows of a page that are red, by what it tells programs; people are told the same.
  private static List<String> red(String page) {
    List<String> red = get(page + "status.json").path("listeners.findAll { !it.up }.name");
    String html = get(page).asString();
    assertThat(html.split("<strong>bad</strong>", -1)).hasSize(red.size() + 1);
    assertThat(red).allMatch(name -> html.contains(name + "<td>IPv4<td><strong>bad</strong>"));
    return red;
  }

  /// Each look begins with asking for the list, which stays as it was when all was well.
  @Test
  void whoLooksAgainAndAgainShowsWhatHasStoppedAndOutlivesTheServer() throws Exception {
    TestServer server = TestServer.local();
    server.start();
    String list = get(web(server) + "/listeners.json").asString();
    List<String> all = JsonPath.from(list).getList("name");
    Semaphore looks = new Semaphore(0);
    HttpServer site =
        site(path -> {
          if (!path.equals("/listeners.json")) {
            return get(web(server) + path).asString();
          }
          looks.release();
          return list;
        });
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        PipedReader said = new PipedReader()) {
      PipedWriter saying = new PipedWriter(said);
      thread.execute(
          () -> probe(saying, "--target", address(site), "--serve", "0", "--every", "1"));
      String page = new BufferedReader(said).readLine().replace("serving at ", "");
      assertThat(red(page)).isEmpty();

      server.remove("1883-plain.yaml");
      server.reload();
      awaitLook(looks);
      assertThat(red(page)).containsExactly("plain");

      server.restart(() -> {
        awaitLook(looks);
        assertThat(red(page)).containsExactlyElementsOf(all);
      });
      thread.shutdownNow();
    } finally {
      site.stop(0);
      server.stop();
    }
  }

  private static String web(TestServer server) {
    return "http://127.0.0.1:" + server.port("web");
  }

  /// Waits until a look that begins now is over: until the next but one begins.
  private static void awaitLook(Semaphore looks) {
    looks.drainPermits();
    looks.acquireUninterruptibly(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'port': 70000",
        "'port': -1",
        "'port': 1, 'transport': 'websocket', 'url': 'ws://a b'",
        "'port': 1, 'transport': 'websocket', 'url': 'mailto:a'",
        "'port': 1, 'tls': true, 'ca': '::'"
      })
  void whatIsNoListOfListenersIsTold(String listener) throws IOException {
    assertThat(probeListed("'host': '127.0.0.1', " + listener)).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
  }

  /// What is encoded in an address does not become a request of its own, nor a name a line.
  @Test
  void aListCannotSayWhatIsSent() throws Exception {
    try (ServerSocket victim = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<String> heard =
          thread.submit(() -> {
            String first;
            try (Socket socket = victim.accept()) {
              first = new String(socket.getInputStream().readNBytes(70), UTF_8);
            }
            try (Socket _ = victim.accept()) { // What fails is looked at once more.
              return first;
            }
          });
      int status =
          probeListed(
              "'name': 'a\\u001b[31m\\nb', 'host': '127.0.0.1', 'port': %d,"
                      .formatted(victim.getLocalPort())
                  + " 'transport': 'websocket', 'url': 'ws://h/%0d%0aDELETE%20/%0d%0a'");

      assertThat(status).isEqualTo(1);
      assertThat(heard.get()).startsWith("GET /%0d%0aDELETE%20/%0d%0a HTTP/1.1\r\n");
      assertThat(out.toString()).contains("BAD   a?[31m?b");
    }
  }
}
