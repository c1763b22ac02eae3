package dev.midge.observe;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/// What came of the TLS handshakes of each listener: how many were done, by version and family of
/// ciphers, and why others broke. The labels are few, whatever clients send. Any thread.
final class HandshakeCounts implements MultiCollector {
  private static final Pattern VERSION = Pattern.compile("TLSv1(\\.[123])?");

  private final Map<Labels, LongAdder> done = new ConcurrentHashMap<>();
  private final Map<Labels, LongAdder> broken = new ConcurrentHashMap<>();

  void done(String listener, String version, String cipherSuite) {
    count(
        done,
        Labels.of(
            "listener",
            listener,
            "version",
            VERSION.matcher(version).matches() ? version : "other",
            "cipher",
            family(cipherSuite)));
  }

  void broken(String listener, String cause) {
    count(broken, Labels.of("listener", listener, "reason", reason(cause)));
  }

  private static void count(Map<Labels, LongAdder> counts, Labels labels) {
    counts.computeIfAbsent(labels, _ -> new LongAdder()).increment();
  }

  private static String family(String cipherSuite) {
    String suite = cipherSuite.toUpperCase(Locale.ROOT).replace("-", "").replace("_", "");
    if (suite.contains("CHACHA20")) {
      return "chacha20-poly1305";
    }
    if (suite.contains("AES128GCM")) {
      return "aes-128-gcm";
    }
    if (suite.contains("AES256GCM")) {
      return "aes-256-gcm";
    }
    return suite.contains("AES") ? "aes-cbc" : "other";
  }

  /// What libraries of TLS call these differs in case and in what is between the words.
  private static String reason(String cause) {
    String words = cause.toLowerCase(Locale.ROOT).replace('_', ' ');
    boolean isAlert = words.contains("alert");
    if (words.contains("client certificate") || words.contains("certificate is")) {
      return "client_certificate";
    }
    if (isAlert && (words.contains("certificate") || words.contains("unknown ca"))) {
      return "server_certificate_refused";
    }
    if (words.contains("closed")) {
      return "closed";
    }
    if (words.contains("not tls")) {
      return "not_tls";
    }
    if (words.contains("shared cipher") || words.contains("cipher suites in common")) {
      return "no_common_cipher";
    }
    return words.contains("protocol") || words.contains("version")
        ? "no_common_version"
        : isAlert ? "client_alert" : "other";
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        snapshot("midge_tls_handshakes", "TLS handshakes that were done", done),
        snapshot(
            "midge_tls_handshake_failures", "TLS handshakes that broke, by the reason", broken));
  }

  private static CounterSnapshot snapshot(String name, String help, Map<Labels, LongAdder> counts) {
    CounterSnapshot.Builder counters = CounterSnapshot.builder().name(name).help(help);
    counts.forEach((labels, count) ->
        counters.dataPoint(
            CounterDataPointSnapshot.builder().labels(labels).value((double) count.sum()).build()));
    return counters.build();
  }
}
