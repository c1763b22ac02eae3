package dev.midge.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.Server;
import dev.midge.broker.Counter;
import dev.midge.kit.TestServer;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Proof;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The test that the server does of its own listeners: it finds nothing wrong with ours, and what
/// is wrong with others.
class SelfTestTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("healed", "tls: { certificate: localhost }", "fault: expired")
          .listener("ill", "tls: { certificate: unknown-ca }", "fault: none")
          .listener("other", "tls: { certificate: no-names }", "fault: wrong-host")
          .listener(
              "cut",
              "tls: { certificate: localhost, handshake: is-cut }",
              "fault: handshake-stalls")
          .listener(
              "strict", "tls: { certificate: revoked, server_name: required }", "fault: revoked");

  private static Map<String, Proof> proofs = Map.of();

  @BeforeAll
  static void prove() {
    proofs =
        SERVER.proveListeners().stream()
            .collect(
                Collectors.toMap(
                    Endpoint::name, endpoint -> Objects.requireNonNull(endpoint.tls()).proof()));
  }

  @Test
  void oursHaveTheFaultThatTheirFilesSayAndNoOther() {
    assertThat(ListenerPromisesTest.withTls())
        .allSatisfy(spec -> assertThat(proofs).containsEntry(spec.name(), Proof.PASSED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          healed | not expired but nothing
          ill    | not none but unknown-ca
          other  | not wrong-host but no-names
          cut    | not handshake-stalls but handshake-cut
          strict | not revoked but revoked, name-required
          """)
  void whatIsOtherwiseIsTold(String listener, String detail) {
    assertThat(proofs).containsEntry(listener, new Proof("failed", detail));
  }

  /// A start that is told to stop again would say so of each of its listeners.
  @Test
  void ofListenersThatWereClosedMeanwhileNothingWrongIsTold() throws IOException {
    TestServer stopping = TestServer.local();
    stopping.start();
    Server stopped = stopping.server();

    stopping.restart(() -> assertThat(stopped.proveListeners()).isEmpty());
    stopping.stop();
  }

  /// Who watches the counters of a server that nobody uses sees nothing.
  @Test
  void theTestIsNotTakenForClients() {
    assertThat(Counter.values()).allSatisfy(counter -> assertThat(SERVER.count(counter)).isZero());
    assertThat(SERVER.server().metrics())
        .contains(
            "midge_client_certificates_refused_total{reason=\"none\"} 0",
            "midge_connects_refused_total{reason=\"not_authorized\"} 0");
  }

  @Test
  void theEndpointsSayWhatCameOfIt() {
    Map<String, Endpoint> endpoints =
        SERVER.endpoints().stream().collect(Collectors.toMap(Endpoint::name, Function.identity()));

    assertThat(Objects.requireNonNull(endpoints.get("tls")).tls())
        .extracting(Endpoint.Tls::proof)
        .isEqualTo(Proof.PASSED);
    assertThat(SERVER.caFile().resolveSibling("../endpoints.json"))
        .content()
        .contains("\"self_test\" : \"passed\"", "\"self_test\" : \"failed\"")
        .doesNotContain("pending");
  }
}
