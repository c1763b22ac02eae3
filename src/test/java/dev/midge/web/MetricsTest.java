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
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What Prometheus reads at `/q/metrics`, or at `/metrics`.
class MetricsTest {

  @RegisterExtension
  static final TestServer SERVER = TestServer.local().listener("tls-free", "").shared("loops: 1");

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
        .contains(
            "jvm_memory_used_bytes{",
            "process_uptime_seconds ",
            "process_resident_memory_bytes ",
            "process_files_open_files ")
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
  void bothPathsTellTheSameKindOfThing() {
    assertThat(visitor.text("/q/metrics").lines().filter(line -> line.startsWith("# TYPE ")))
        .containsExactlyElementsOf(
            visitor.text("/metrics").lines().filter(line -> line.startsWith("# TYPE ")).toList());
  }

  @Test
  void clientsPacketsAndBytesAreToldByListenerAndVersion() {
    String whose = "{listener=\"token-auth\",version=\"5.0\"";
    try (RawClient client = RawClient.open(SERVER.port("token-auth")).speak(5)) {
      client.send(RawClient.connect(5, 2, "", "nobody"));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x86);
      client.expectClosed();
    }
    assertThat(
            value(
                "midge_listener_connects_total{listener=\"token-auth\",outcome="
                    + "\"bad_user_name_or_password\",version=\"5.0\"}"))
        .isEqualTo(1);
    assertThat(value("midge_listener_clients" + whose + "}")).isZero();

    try (RawClient client = RawClient.connected(SERVER.port("tls-free"), 3, "old")) {
      String old = "listener=\"tls-free\",";
      client.send("32 ( \"a\" 0001 'x' )").expectType(WirePacket.PUBACK);
      client.send("c0 00").expect("d0 00");

      assertThat(value("midge_listener_clients{" + old + "version=\"3.1\"}")).isEqualTo(1);
      assertThat(
              value(
                  "midge_listener_connects_total{" + old + "outcome=\"accepted\",version=\"3.1\"}"))
          .isEqualTo(1);
      for (String type : List.of("connect", "publish", "pingreq")) {
        assertThat(packets("received", old, type)).isEqualTo(1);
      }
      for (String type : List.of("connack", "puback", "pingresp")) {
        assertThat(packets("sent", old, type)).isEqualTo(1);
      }
      assertThat(value("midge_listener_bytes_total{direction=\"sent\"," + old + "version=\"3.1\"}"))
          .isEqualTo(4 + 4 + 2);
      assertThat(
              value(
                  "midge_listener_bytes_total{direction=\"received\"," + old + "version=\"3.1\"}"))
          .isEqualTo(19 + 8 + 2);
    }
  }

  private double packets(String direction, String listener, String type) {
    return value(
        "midge_listener_packets_total{direction=\"%s\",%stype=\"%s\",version=\"3.1\"}"
            .formatted(direction, listener, type));
  }

  @Test
  void timesAreToldAsHistograms() {
    try (RawClient client = RawClient.open(SERVER.port()).speak(4)) {
      client.send(RawClient.connect(4, 0, "", "kept")).expectType(WirePacket.CONNACK);
      client.send("82 ( 0001 \"kept\" 01 )").expectType(WirePacket.SUBACK);
      for (int i = 1; i <= 64; i++) {
        client.send("30 ( \"a\" 'x' )");
      }
      client.expectNothing();
    }
    assertThat(value("midge_route_seconds_count")).isPositive();
    assertThat(value("midge_route_seconds_bucket{le=\"+Inf\"}"))
        .isEqualTo(value("midge_route_seconds_count"));
    assertThat(value("midge_store_seconds_count")).isPositive();
    assertThat(value("midge_store_seconds_sum")).isPositive();
    assertThat(visitor.text("/q/metrics"))
        .contains("midge_loop_lag_seconds_bucket{le=\"0.001024\"}");
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
