package dev.midge.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The dashboard and the alert rules ask for what is exported, and for nothing else.
class MonitoringTest {
  private static final Path FOLDER = Path.of("docs/monitoring");

  private static final Pattern NAME =
      Pattern.compile("\\b(?:midge|jvm|process|system)_[a-z0-9_]+\\b");

  /// What stands before an equals sign or a comparison of labels in braces.
  private static final Pattern LABEL = Pattern.compile("[{,]([a-z]+)(?:=~|!~|!=|=)\\\\?\"");

  private static final Pattern BY = Pattern.compile("\\bby \\(([a-z, ]+)\\)");

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  /// What has never happened has no line.
  @BeforeEach
  void letEverythingHappenOnce() throws IOException {
    SERVER.server().lookAtItself();
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "one")) {
      client.send("32 ( \"a\" 0001 ( ) 'x' )").expectType(WirePacket.PUBACK);
      client.leave();
    }
    TlsClient.trusting(SERVER.caFile()).open(SERVER.port("tls")).close();
    try (Socket _ = TlsClient.trusting(SERVER.caFile()).open(SERVER.port("tls-expired"))) {
      throw new AssertionError("an expired certificate is accepted");
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining("validity");
    }
  }

  private static Set<String> all(Pattern pattern, int group, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(group))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"dashboard.json", "alerts.yaml"})
  void whatIsAskedForIsExported(String file) throws IOException {
    String asked = Files.readString(FOLDER.resolve(file));
    String exported = visitor.text("/q/metrics");
    Set<String> labels = all(LABEL, 1, exported);
    labels.addAll(Set.of("instance")); // Prometheus adds it.

    assertThat(all(NAME, 0, asked)).isNotEmpty();
    assertThat(all(Pattern.compile("(?m)^([a-z0-9_]+)[{ ]"), 1, exported))
        .containsAll(all(NAME, 0, asked));
    assertThat(labels).containsAll(all(LABEL, 1, asked));
    for (String by : all(BY, 1, asked)) {
      assertThat(labels).containsAll(Set.of(by.split(", ")));
    }
  }

  @Test
  void handshakesAreToldByListenerVersionAndCipherAndWhyTheyBroke() {
    assertThat(visitor.text("/q/metrics"))
        .containsPattern(
            "midge_tls_handshakes_total\\{cipher=\"(aes-(128|256)-gcm|chacha20-poly1305)\","
                + "listener=\"tls\",version=\"TLSv1\\.3\"} [1-9]")
        .containsPattern(
            "midge_tls_handshake_failures_total\\{listener=\"tls-expired\","
                + "reason=\"server_certificate_refused\"} [1-9]");
  }

  @Test
  void eachListenerIsToldAsItWasFound() {
    assertThat(visitor.text("/q/metrics"))
        .contains(
            "midge_probe_success{family=\"IPv4\",listener=\"plain\"} 1",
            "midge_probe_success{family=\"IPv4\",listener=\"tls-expired\"} 1")
        .contains("midge_probe_step_seconds{family=\"IPv4\",listener=\"plain\",step=\"echo\"}");
  }
}
