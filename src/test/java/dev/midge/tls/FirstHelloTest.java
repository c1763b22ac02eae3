package dev.midge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The first clients of listeners whose certificates are not made yet.
class FirstHelloTest {
  private static final int PATIENCE_SECONDS = 60;

  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("loops: 4");

  @Test
  void aStartMakesTheRootAndNothingElse() {
    assertThat(SERVER.caFile()).exists();
    assertThat(SERVER.caFile().resolveSibling("self-signed.pem")).doesNotExist();
  }

  @Test
  void clientsThatComeTogetherAreAllServed() throws Exception {
    int port = SERVER.port("tls-rsa");
    TlsClient tls = TlsClient.trusting(SERVER.caFile());
    try (ExecutorService together = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String name = "first-" + i;
        clients.add(together.submit(() -> RawClient.connected(tls.raw(port), 5, name).leave()));
      }
      for (Future<?> client : clients) {
        client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aCertificateThatCannotBeMadeCostsConnectionsUntilItCan() throws Exception {
    Path inTheWay = SERVER.caFile().resolveSibling("p384.pem.new");
    Path file = Files.createFile(Files.createDirectory(inTheWay).resolve("file"));
    int port = SERVER.port("tls-p384");
    TlsClient tls = TlsClient.trusting(SERVER.caFile());

    assertThatThrownBy(() -> tls.open(port)).isInstanceOf(IOException.class);
    Files.delete(file);

    RawClient.connected(tls.raw(port), 5, "patient").leave();
  }
}
