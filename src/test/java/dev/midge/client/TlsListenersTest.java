package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Our own client at our own listeners with TLS.
class TlsListenersTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @CsvSource({"mqtts,tls", "mqtts,tls-public", "wss,websocket-tls"})
  void aMessageComesAndGoes(String scheme, String listener) throws Exception {
    String url = scheme + "://localhost:" + SERVER.port(listener);
    ClientRun sub =
        ClientRun.start(
            "sub", "-L", url + "/news", "-C", "1", "--cafile", SERVER.caFile().toString());
    // Retained: it does not matter which of the two is first.
    ClientRun pub =
        ClientRun.run(
            "pub", "-L", url + "/news", "-m", "x", "-r", "--cafile", SERVER.caFile().toString());

    assertThat(pub.status()).as(pub.errors()).isZero();
    assertThat(sub.status()).as(sub.errors()).isZero();
  }

  @Test
  void anExpiredCertificateIsToldInOneLine() throws Exception {
    ClientRun pub =
        ClientRun.run(
            "pub",
            "-L",
            "mqtts://localhost:" + SERVER.port("tls-expired") + "/a",
            "-m",
            "x",
            "--cafile",
            SERVER.caFile().toString());

    assertThat(pub.status()).isEqualTo(1);
    assertThat(pub.errors()).startsWith("Error: TLS: ").hasLineCount(1);
  }
}
