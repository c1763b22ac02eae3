package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the web site tells newcomers to copy brings them a first message: run as it is, in an empty
/// folder, with the tool that it is for.
class SnippetTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("demo: true");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "plain-auth",
        "token-auth",
        "tls",
        "tls-client-certificate",
        "tls-auth",
        "tls-rsa",
        "everything"
      })
  void mosquittoGetsAMessage(String listener) throws Exception {
    String line = code(listener, "shell").lines().findFirst().orElseThrow();

    run(listener, "exec stdbuf -oL " + line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "plain-auth",
        "token-auth",
        "tls",
        "tls-client-certificate",
        "tls-auth",
        "websocket",
        "websocket-tls",
        "websocket-tls-auth"
      })
  void pythonGetsAMessage(String listener) throws Exception {
    Files.writeString(folder.resolve("first.py"), code(listener, "python"));

    run(listener, "exec " + Scripts.pythonProgram() + " -u first.py");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "plain-auth",
        "token-auth",
        "tls",
        "tls-client-certificate",
        "websocket",
        "websocket-tls",
        "websocket-auth"
      })
  void javaScriptGetsAMessage(String listener) throws Exception {
    Path script = Files.createTempFile(Scripts.ofMqttJs("mqttjs_tls.js").getParent(), "f", ".mjs");
    try {
      Files.writeString(script, code(listener, "javascript"));

      run(listener, "exec node " + script);
    } finally {
      Files.delete(script);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain-auth", "token-auth", "tls-client-certificate", "websocket-tls"})
  void javaGetsAMessage(String listener) throws Exception {
    String code = code(listener, "java");
    Files.writeString(folder.resolve("First.java"), code);
    Matcher store = Pattern.compile("// (openssl .*)").matcher(code);
    String program = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    run(
        listener,
        (store.find() ? store.group(1) + " && " : "")
            + "exec %s -XX:TieredStopAtLevel=1 -cp '%s' First.java"
                .formatted(program, System.getProperty("java.class.path")));
  }

  /// Runs a command of a shell, after what is to be done before, until it prints a message.
  private void run(String listener, String command) throws Exception {
    String all = String.join("\n", "set -e", "cd '" + folder + "'", preparation(listener), command);
    try (Command tool = Command.start(List.of("sh", "-c", all))) {
      String line = tool.next();
      while (!line.startsWith("demo/")) {
        assertThat(line).doesNotContainIgnoringCase("error", "refused", "exception");
        line = tool.next();
      }
      assertThat(line).matches("demo/\\S+ \\S.*");
    }
  }

  private String preparation(String listener) throws Exception {
    Matcher before =
        Pattern.compile("<div id=\"tools\">\\s*<pre><code>(.*?)</code>", Pattern.DOTALL)
            .matcher(page(listener));
    return before.find() ? text(before.group(1)) : "";
  }

  private String code(String listener, String tool) throws Exception {
    Matcher code =
        Pattern.compile("data-tool=\"" + tool + "\"><code>(.*?)</code>", Pattern.DOTALL)
            .matcher(page(listener));
    assertThat(code.find()).isTrue();
    return text(code.group(1));
  }

  private static String text(String html) {
    return html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  private static String page(String listener) throws IOException, InterruptedException {
    URI address =
        URI.create("http://localhost:" + SERVER.port("web") + "/connect?listener=" + listener);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString(UTF_8))
          .body();
    }
  }
}
