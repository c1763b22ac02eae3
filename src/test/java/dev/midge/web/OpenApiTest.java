package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The descriptions of both APIs say what there is, all of it, and no more.
class OpenApiTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final String RETAINED = "hello/midge";

  private static final Path SOURCES = Path.of("src/main/java/dev/midge/web");

  private static final Set<String> OF_OPERATOR =
      Set.of("OperatorSite.java", "BanDesk.java", "SessionDesk.java", "RetainedDesk.java");

  private static final Pattern ROUTE = Pattern.compile("\"(/api/v1/[a-z./]+)\"");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  /// Who is served one.
  enum Api {
    PUBLIC,
    OPERATOR;

    RequestSpecification ask() {
      return this == PUBLIC
          ? new Visitor(() -> SERVER.port("web")).ask()
          : new Operator(SERVER).ask();
    }

    OpenAPI described() {
      return parsed(ask().get("/api/v1/openapi.yaml").asString());
    }
  }

  private static OpenAPI parsed(String text) {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    options.setResolveFully(true);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(text, null, options);
    assertThat(result.getMessages()).isEmpty();
    return result.getOpenAPI();
  }

  @ParameterizedTest
  @EnumSource
  void itIsValidInEachForm(Api api) {
    for (String path : OpenApi.PATHS) {
      assertThat(parsed(api.ask().get(path).asString()).getPaths())
          .as(path)
          .isEqualTo(api.described().getPaths());
    }
  }

  @Test
  void theFormIsTheOneThatIsAskedFor() {
    visitor
        .ask()
        .accept("application/yaml")
        .get("/api/v1/openapi")
        .then()
        .contentType("application/yaml");
    visitor.ask().get("/api/v1/openapi").then().contentType("application/json");
  }

  @ParameterizedTest
  @EnumSource
  void everyPathIsThereWithItsMethodsAndNoOthers(Api api) {
    api.described()
        .getPaths()
        .forEach((path, item) -> {
          Set<String> methods = new TreeSet<>();
          for (HttpMethod method : item.readOperationsMap().keySet()) {
            methods.add(method.name());
          }
          if (methods.contains("GET")) {
            methods.add("HEAD");
          }
          api.ask().patch(path).then().statusCode(405).header("allow", String.join(", ", methods));
        });
  }

  @ParameterizedTest
  @EnumSource
  void everyRouteIsInIt(Api api) throws IOException {
    Set<String> routes = new TreeSet<>(OpenApi.PATHS);
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        boolean isOfOperator = OF_OPERATOR.contains(String.valueOf(file.getFileName()));
        if (isOfOperator == (api == Api.OPERATOR)) {
          ROUTE
              .matcher(Files.readString(file))
              .results()
              .forEach(route -> routes.add(route.group(1)));
        }
      }
    }
    assertThat(routes).hasSizeGreaterThan(8);
    assertThat(api.described().getPaths().keySet()).isEqualTo(routes);
  }

  /// What the public API changes has tests of its own.
  @ParameterizedTest
  @EnumSource
  void everyOperationAnswersWhatItIsSaidTo(Api api) {
    SERVER.server().lookAtItself();
    OpenAPI description = api.described();
    try (RawClient client = RawClient.open(SERVER.port()).speak(5)) {
      client.send(RawClient.connect(5, 0, "11 0000ffff", "sensor-7")).read();
      client.send("82 ( 0001 ( ) \"a/+\" 01 )").read();
      client.send("33 ( \"" + RETAINED + "\" 0001 ( ) 'x' )").read();
      client.send("33 ( \"spam/1\" 0002 ( ) 'x' )").read();
      for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.DELETE)) {
        if (method == HttpMethod.GET || api == Api.OPERATOR) {
          description
              .getPaths()
              .forEach((path, item) -> {
                Operation operation = item.readOperationsMap().get(method);
                if (operation != null) {
                  assertAnswers(api, method + " " + path, operation);
                }
              });
        }
      }
    }
  }

  /// Asks with the examples of all that has to be said.
  private static void assertAnswers(Api api, String what, Operation operation) {
    String[] methodAndPath = what.split(" ", 2);
    RequestSpecification request = api.ask();
    for (Parameter parameter :
        requireNonNullElse(operation.getParameters(), List.<Parameter>of())) {
      if (parameter.getRequired()) {
        request.queryParam(parameter.getName(), parameter.getExample());
      }
    }
    if (operation.getRequestBody() != null) {
      Content content = operation.getRequestBody().getContent();
      MediaType json = requireNonNull(content.get("application/json"));
      request.contentType(ContentType.JSON).body(json.getExample().toString());
    }
    Response answer = request.request(methodAndPath[0], methodAndPath[1]);
    ApiResponse said = operation.getResponses().get("" + answer.statusCode());
    if (said == null) {
      throw new AssertionError(what + " is answered " + answer.statusCode());
    }
    if (said.getContent() == null) {
      assertThat(answer.asString()).as(what).isEmpty();
    } else {
      String type = answer.contentType().replaceFirst(";.*", "");
      MediaType content = requireNonNull(said.getContent().get(type), what);
      if (type.equals("application/json")) {
        Described.assertDescribed(what, content.getSchema(), answer.jsonPath().get());
      }
    }
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/nothing",
        "/api/v1/messages",
        "/api/v1/tokens?seconds=0",
        "/api/v1/statistics/history?span=1y"
      })
  void problemsAreThoseThatItDescribes(String path) {
    Response answer = visitor.ask().get(path);

    answer
        .then()
        .contentType("application/problem+json")
        .body("type", equalTo("about:blank"), "status", equalTo(answer.statusCode()));
    Described.assertDescribed(
        path,
        requireNonNull(Api.PUBLIC.described().getComponents().getSchemas().get("Problem")),
        answer.jsonPath().get());
  }
}
