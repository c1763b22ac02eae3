package dev.midge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.midge.kit.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  /// The list of a stranger may say anything.
  private int probeListed(String listener) throws IOException {
    HttpServer site =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.createContext(
        "/listeners.json",
        exchange -> {
          byte[] list = ("[{" + listener.replace('\'', '"') + "}]").getBytes(UTF_8);
          exchange.sendResponseHeaders(200, list.length);
          exchange.getResponseBody().write(list);
          exchange.close();
        });
    site.start();
    try {
      return probe("--target", "http://127.0.0.1:" + site.getAddress().getPort());
    } finally {
      site.stop(0);
    }
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
