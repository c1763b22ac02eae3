package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Orders that are proved in TLS handshakes, at a port where clients of MQTT come, too.
class TlsProofTest {
  private static final int LIFE_SECONDS = 90 * 24 * 3600;

  /// What a process that dies leaves as the reason.
  private static final String UNDER_WAY = "the server ended in the middle of it";

  @TempDir private Path folder;

  @Test
  void theAuthorityIsToldFromClientsByTheProtocolThatItOffers() throws Exception {
    CompletableFuture<Integer> target = new CompletableFuture<>();
    try (ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Pebble pebble = Pebble.start(folder, 1, front.getLocalPort(), LIFE_SECONDS, 5)) {
      Thread.startVirtualThread(() -> relay(front, target));
      AcmeSettings settings =
          new AcmeSettings(pebble.directory(), "", List.of("mqtt.example.org"), pebble.caFile())
              .by(Proof.TLS_ALPN_01);
      TestServer server = TestServer.local().acme(() -> settings);
      server.start();
      try {
        int port = server.port("tls-public");
        target.complete(port);
        while (status(server).notAfter() == null) {
          assertThat(status(server).lastFailure()).isIn("", UNDER_WAY);
          RawClient.connected(TlsClient.blind().raw(port), 5, "meanwhile").leave();
        }
      } finally {
        server.stop();
      }
    }
  }

  private static AcmeStatus status(TestServer server) {
    return server.server().acme().orElseThrow();
  }

  /// The authority asks at a port that is known before the server has one.
  private static void relay(ServerSocket front, CompletableFuture<Integer> target) {
    while (true) {
      try {
        Socket from = front.accept();
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target.join());
        Thread.startVirtualThread(() -> copy(from, to));
        Thread.startVirtualThread(() -> copy(to, from));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException closed) {
      // Then that is the end of it.
    }
  }
}
