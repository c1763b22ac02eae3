package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The description of the public API says what there is, all of it, and no more.
class OpenApiTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final Path SOURCES = Path.of("src/main/java/dev/midge/web");

  /// What the operator is served is described elsewhere.
  private static final Set<String> OF_OPERATOR =
      Set.of("OperatorSite.java", "BanDesk.java", "SessionDesk.java", "RetainedDesk.java");

  private static final Pattern ROUTE = Pattern.compile("\"(/api/v1/[a-z./]+)\"");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  private static OpenAPI parsed(String text) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(text, null, options);
    assertThat(result.getMessages()).isEmpty();
    return result.getOpenAPI();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/openapi", "/api/v1/openapi.json", "/api/v1/openapi.yaml"})
  void itIsValidInEachForm(String path) {
    assertThat(parsed(visitor.text(path)).getPaths())
        .isEqualTo(parsed(visitor.text("/api/v1/openapi.yaml")).getPaths());
  }

  @Test
  void theFormIsTheOneThatIsAskedFor() {
    HttpResponse<byte[]> answer = visitor.get("/api/v1/openapi", "accept", "application/yaml");

    assertThat(answer.headers().firstValue("content-type")).hasValue("application/yaml");
    assertThat(visitor.get("/api/v1/openapi").headers().firstValue("content-type"))
        .hasValue("application/json");
  }

  @Test
  void everyPathIsThereWithItsMethodsAndNoOthers() {
    parsed(visitor.text("/api/v1/openapi.yaml"))
        .getPaths()
        .forEach((path, item) -> {
          HttpResponse<byte[]> refused = visitor.send("PATCH", path, new byte[0]);
          assertThat(refused.statusCode()).as(path).isEqualTo(405);
          Set<String> methods = new TreeSet<>();
          for (HttpMethod method : item.readOperationsMap().keySet()) {
            methods.add(method.name());
          }
          if (methods.contains("GET")) {
            methods.add("HEAD");
          }
          assertThat(refused.headers().firstValue("allow"))
              .as(path)
              .hasValue(String.join(", ", methods));
        });
  }

  @Test
  void everyRouteIsInIt() throws IOException {
    Set<String> routes = new TreeSet<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        if (!OF_OPERATOR.contains(String.valueOf(file.getFileName()))) {
          ROUTE
              .matcher(Files.readString(file))
              .results()
              .forEach(route -> routes.add(route.group(1)));
        }
      }
    }
    assertThat(routes).hasSizeGreaterThan(10);
    assertThat(parsed(visitor.text("/api/v1/openapi.yaml")).getPaths().keySet())
        .containsAll(routes);
  }

  /// A name that is written in another way is another name.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/status;x",
        "/api/v1/status;x=1",
        "//api/v1/status",
        "/api//v1/status",
        "/api/v1/status/",
        "/api/v1/%73tatus",
        "/%61pi/v1/status",
        "/api/v1/%2e/status",
        "/api/v1/./status",
        "/api/v1/x/../status",
        "/api/v1/x/%2e%2e/status",
        "/API/v1/status",
        "/api/v1/bans",
        "/api/v1/sessions",
        "/api/v1/reload"
      })
  void noTrickLeadsToAPath(String path) throws IOException {
    assertThat(answer(path, "localhost")).startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "x/y", "user@host", "a:b:c", "[::1", "a\\b", "h?q"})
  void whatIsNoHostIsRefused(String host) throws IOException {
    assertThat(answer("/api/v1/statistics", host)).startsWith("HTTP/1.1 400 ");
  }

  private static String answer(String path, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), SERVER.port("web"))) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  @Test
  void problemsAreThoseThatItDescribes() {
    for (String path :
        List.of(
            "/api/v1/nothing",
            "/api/v1/messages",
            "/api/v1/tokens?seconds=0",
            "/api/v1/statistics/history?span=1y")) {
      HttpResponse<byte[]> answer = visitor.get(path);
      assertThat(answer.headers().firstValue("content-type"))
          .as(path)
          .hasValue("application/problem+json");
      assertThat(new String(answer.body(), UTF_8))
          .contains("\"type\":\"about:blank\"", "\"status\":" + answer.statusCode(), "\"detail\":");
    }
  }
}
