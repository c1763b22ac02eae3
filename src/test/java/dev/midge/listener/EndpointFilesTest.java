package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Fault;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Expect.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What scripts read about the open endpoints.
class EndpointFilesTest {

  private static final Expect ACCEPTED =
      new Expect(Outcome.ACCEPTED, Fault.NONE, Outcome.ACCEPTED, List.of());
  private static final Endpoint AUTH =
      new Endpoint(
          "plain-auth",
          "With a password.",
          "",
          Transport.TCP,
          ACCEPTED,
          null,
          "localhost",
          1884,
          "",
          Auth.PASSWORD);
  private static final Endpoint PLAIN =
      new Endpoint(
          "plain",
          "Says \"hello\".",
          "",
          Transport.TCP,
          ACCEPTED,
          null,
          "::1",
          1883,
          "",
          Auth.ANONYMOUS);
  private static final Endpoint WEBSOCKET =
      new Endpoint(
          "websocket",
          "In HTTP.",
          "",
          Transport.WEBSOCKET,
          ACCEPTED,
          null,
          "localhost",
          8080,
          "/mqtt",
          Auth.ANONYMOUS);

  @TempDir private Path folder;

  @Test
  void theFirstPlainEndpointForAnyoneIsTheOneToUse() throws IOException {
    new EndpointFiles(folder).write(List.of(AUTH, WEBSOCKET, PLAIN));

    assertThat(folder.resolve("endpoints.env"))
        .hasContent(
            """
            MQTT_URL=mqtt://[::1]:1883
            MQTT_HOST=::1
            MQTT_PORT=1883
            MIDGE_PLAIN_AUTH_URL=mqtt://localhost:1884
            MIDGE_PLAIN_AUTH_HOST=localhost
            MIDGE_PLAIN_AUTH_PORT=1884
            MIDGE_WEBSOCKET_URL=ws://localhost:8080/mqtt
            MIDGE_WEBSOCKET_HOST=localhost
            MIDGE_WEBSOCKET_PORT=8080
            MIDGE_PLAIN_URL=mqtt://[::1]:1883
            MIDGE_PLAIN_HOST=::1
            MIDGE_PLAIN_PORT=1883
            """);
  }

  @Test
  void withoutSuchAnEndpointNoneIsNamed() throws IOException {
    new EndpointFiles(folder).write(List.of(AUTH));

    assertThat(folder.resolve("endpoints.env")).content().doesNotContain("MQTT_URL");
  }

  @Test
  void programsReadEachEndpointWithAllItsFields() throws IOException {
    new EndpointFiles(folder).write(List.of(PLAIN, WEBSOCKET));

    assertThat(folder.resolve("endpoints.json"))
        .hasContent(
            """
            [ {
              "name" : "plain",
              "summary" : "Says \\"hello\\".",
              "url" : "mqtt://[::1]:1883",
              "host" : "::1",
              "port" : 1883,
              "transport" : "tcp",
              "auth" : "anonymous",
              "connect" : "accepted",
              "tls" : false
            }, {
              "name" : "websocket",
              "summary" : "In HTTP.",
              "url" : "ws://localhost:8080/mqtt",
              "host" : "localhost",
              "port" : 8080,
              "transport" : "websocket",
              "auth" : "anonymous",
              "connect" : "accepted",
              "tls" : false
            } ]
            """);
  }

  @Test
  void whomToTrustIsToldToProgramsAndShells() throws IOException {
    Endpoint.Tls tls =
        new Endpoint.Tls(
            "expired",
            Path.of("/my data/ca.crt"),
            new Endpoint.Proof("failed", "it has not expired"));
    Endpoint expired =
        new Endpoint(
            "tls-expired",
            "Ended.",
            "One sentence. Another.",
            Transport.TCP,
            new Expect(Outcome.ACCEPTED, Fault.EXPIRED, Outcome.REFUSED, List.of("java", "node")),
            tls,
            "localhost",
            8887,
            "",
            Auth.CERTIFICATE);
    new EndpointFiles(folder).write(List.of(expired));

    assertThat(folder.resolve("endpoints.env"))
        .hasContent(
            """
            MIDGE_TLS_EXPIRED_URL=mqtts://localhost:8887
            MIDGE_TLS_EXPIRED_HOST=localhost
            MIDGE_TLS_EXPIRED_PORT=8887
            MQTT_CA_FILE='/my data/ca.crt'
            """);
    assertThat(folder.resolve("endpoints.json"))
        .content()
        .contains(
            "\"auth\" : \"certificate\"",
            "\"tls\" : true",
            "\"ca_file\" : \"/my data/ca.crt\"",
            "\"fault\" : \"expired\"",
            "\"explanation\" : \"One sentence. Another.\"",
            "\"verdict\" : \"refused\"",
            "\"lenient\" : [ \"java\", \"node\" ]",
            "\"self_test\" : \"failed\"",
            "\"self_test_detail\" : \"it has not expired\"");
  }

  @Test
  void writingReplacesAndRemovingLeavesNothing() throws IOException {
    EndpointFiles files = new EndpointFiles(folder);

    files.write(List.of(PLAIN));
    files.write(List.of(WEBSOCKET));
    assertThat(folder.resolve("endpoints.env")).content().doesNotContain("PLAIN");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");

    files.remove();
    files.remove();
    assertThat(folder).isEmptyDirectory();
  }
}
