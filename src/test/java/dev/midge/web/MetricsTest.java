package dev.midge.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What Prometheus reads at `/metrics`.
class MetricsTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  /// A line of the text format: a name, labels if any, and a number.
  private static final Pattern LINE =
      Pattern.compile(
          "[a-z0-9_]+(\\{([a-z]+=\"[^\"\\\\]*\",?)+})? (-?[0-9.]+(E-?[0-9]+)?|NaN|\\+Inf)");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  @Test
  void everyLineIsOneThatPrometheusReads() {
    HttpResponse<byte[]> answer = visitor.get("/metrics");

    assertThat(answer.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(visitor.text("/metrics").lines())
        .allMatch(line ->
            line.startsWith("# HELP ")
                || line.startsWith("# TYPE ")
                || LINE.matcher(line).matches());
  }

  @Test
  void everyCounterAndEveryReasonIsThere() {
    String text = visitor.text("/metrics");

    for (Counter counter : Counter.values()) {
      String name = counter.name().toLowerCase(Locale.ROOT);
      assertThat(text)
          .contains(
              name.startsWith("strays_of_")
                  ? "midge_wrong_protocol_total{spoken=\"" + name.substring(10) + "\"}"
                  : "midge_" + name + "_total");
    }
    assertThat(Arrays.stream(Drop.values()).map(drop -> drop.name().toLowerCase(Locale.ROOT)))
        .allMatch(reason -> text.contains("midge_messages_dropped_total{reason=\"" + reason));
    assertThat(text)
        .contains("midge_store_used_bytes ", "midge_store_max_bytes ")
        .contains("jvm_memory_used_bytes{", "process_uptime_seconds ", "process_files_open_files ")
        .contains("midge_info{version=\"");
  }

  @Test
  void whatHappensIsCounted() {
    double received = value("midge_messages_received_total");
    double open = value("midge_connections{listener=\"plain\"}");
    double dropped = value("midge_messages_dropped_total{reason=\"reserved_topic\"}");
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "measured")) {
      client.send("32 ( \"a\" 0001 )").expectType(WirePacket.PUBACK);
      client.send("32 ( \"$SYS/a\" 0001 )").expectType(WirePacket.PUBACK);

      assertThat(value("midge_messages_received_total")).isEqualTo(received + 2);
      assertThat(value("midge_connections{listener=\"plain\"}")).isEqualTo(open + 1);
      assertThat(value("midge_messages_dropped_total{reason=\"reserved_topic\"}"))
          .isEqualTo(dropped + 1);
    }
  }

  @Test
  void whoIsNotLetInIsCountedByTheReason() throws IOException {
    double unsupported =
        value("midge_connects_refused_total{reason=\"unsupported_protocol_version\"}");
    double strays = value("midge_wrong_protocol_total{spoken=\"http\"}");
    double none = value("midge_client_certificates_refused_total{reason=\"none\"}");

    RawClient.open(SERVER.port()).send("10 ( \"MQTT\" 09 02 003c 00 \"x\" )").readAll(1).close();
    try (RawClient browser = RawClient.open(SERVER.port())) {
      browser.sendBytes("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)).readAll(1);
    }
    try (Socket socket =
        TlsClient.trusting(SERVER.caFile())
            .open(SERVER.port("tls-client-certificate"), "TLSv1.3")) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining("certificate_required");
    }

    assertThat(value("midge_connects_refused_total{reason=\"unsupported_protocol_version\"}"))
        .isEqualTo(unsupported + 1);
    assertThat(value("midge_wrong_protocol_total{spoken=\"http\"}")).isEqualTo(strays + 1);
    assertThat(value("midge_client_certificates_refused_total{reason=\"none\"}"))
        .isEqualTo(none + 1);
  }

  @Test
  void theEndOfEachCertificateInUseIsTold() throws IOException {
    try (SSLSocket socket = TlsClient.trusting(SERVER.caFile()).open(SERVER.port("tls"))) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];

      assertThat(value("midge_certificate_not_after_seconds{name=\"localhost\"}"))
          .isEqualTo((double) shown.getNotAfter().toInstant().getEpochSecond());
    }
    assertThat(visitor.text("/metrics")).doesNotContain("name=\"huge-chain\"");
  }

  /// The number behind a name with its labels.
  private double value(String series) {
    return visitor
        .text("/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + series));
  }
}
