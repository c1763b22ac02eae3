package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.certs.BroughtRoot;
import dev.midge.kit.Openssl;
import dev.midge.kit.TlsClient;
import dev.midge.listener.Endpoint;
import dev.midge.listener.ListenerFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a server starts and stops.
class ServerTest {

  private static final Path LISTENERS = Path.of("listeners");
  private static final Path CERTS = Path.of("certs");
  private static final byte[] CONNECT = HexFormat.of().parseHex("100c00044d5154540402003c0000");
  private static final byte[] CONNACK = HexFormat.of().parseHex("20020000");

  @TempDir private Path data;

  @Test
  void aStartedServerAcceptsAtEveryEndpointThatItTellsOf() throws IOException {
    try (Server server = Server.start(settings("127.0.0.1", true), listeners())) {
      assertThat(server.endpoints()).hasSize(listeners().listeners().listeners().size());
      for (Endpoint endpoint : server.endpoints()) {
        new Socket(endpoint.host(), endpoint.port()).close();
      }
      assertThat(data.resolve("endpoints.json")).exists();
      assertThat(data.resolve("endpoints.env")).exists();
    }
  }

  @Test
  void itIsReachedAtAllAddressesUnlessItIsBoundToOne() throws IOException {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    try (Server server = Server.start(settings("", true), listeners())) {
      int port = server.endpoints().getFirst().port();
      for (InetAddress address : Collections.list(loopback.getInetAddresses())) {
        try (Socket socket = new Socket(address, port)) {
          socket.getOutputStream().write(CONNECT);
          assertThat(socket.getInputStream().readNBytes(4)).isEqualTo(CONNACK);
        }
      }
    }
  }

  @Test
  void aStoppedServerLeavesNeitherPortsNorFilesNorTheFolder() throws IOException {
    Server server = Server.start(settings("127.0.0.1", true), listeners());
    Endpoint endpoint = server.endpoints().getFirst();
    server.close();

    assertThatThrownBy(() -> new Socket(endpoint.host(), endpoint.port()))
        .isInstanceOf(IOException.class);
    assertThat(data.resolve("endpoints.json")).doesNotExist();
    assertThat(data.resolve("endpoints.env")).doesNotExist();
    Server.start(settings("127.0.0.1", true), listeners()).close();
  }

  @Test
  void aTakenPortIsToldWithItsFileAndLineAndLeavesNothingOpen() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int offset = other.getLocalPort() - 1883;
      ServeSettings settings = new ServeSettings(source(offset, "plain"), data, "127.0.0.1", false);
      Configuration plain = Configuration.read(source(offset, "plain"));

      assertThatThrownBy(() -> Server.start(settings, plain))
          .isInstanceOf(StartFailure.class)
          .hasMessage(
              "listeners/1883-plain.yaml:2: port "
                  + other.getLocalPort()
                  + " is taken by another program. Stop that program, or move all ports with"
                  + " --port-offset N or --random-ports.");
    }
    DataFolder.take(data).close();
  }

  @Test
  void aRootThatIsBroughtInIsTheOneThatScriptsAreTold() throws IOException {
    Path own = data.resolve("own.crt");
    Path key = data.resolve("own.key");
    Openssl.run(
        "req -x509 -new -newkey rsa:2048 -nodes -subj /CN=own -keyout " + key + " -out " + own);
    ServeSettings settings =
        settings("127.0.0.1", true).with(new ServeSettings.Root(new BroughtRoot(own, key), 0));

    try (Server server = Server.start(settings, listeners())) {
      int port =
          server.endpoints().stream()
              .filter(endpoint -> endpoint.name().equals("tls"))
              .mapToInt(Endpoint::port)
              .findFirst()
              .orElseThrow();
      TlsClient.trusting(own).open(port).close();
      assertThat(data.resolve("certs/ca.crt")).hasSameTextualContentAs(own);
    }
  }

  @Test
  void aRootThatWillNotDoStopsTheStart() {
    Path none = data.resolve("none");
    ServeSettings settings =
        settings("127.0.0.1", true).with(new ServeSettings.Root(new BroughtRoot(none, none), 0));

    assertThatThrownBy(() -> Server.start(settings, listeners()))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(none + ": cannot be read");
  }

  @Test
  void aStoreThatCannotBeOpenedStopsTheStartAndIsLeftAsItIs() throws IOException {
    Server.start(settings("127.0.0.1", true), listeners()).close();
    Path store = data.resolve("store");
    byte[] current = Files.readAllBytes(store.resolve("CURRENT"));
    Files.writeString(store.resolve("CURRENT"), "damaged");

    assertThatThrownBy(() -> Server.start(settings("127.0.0.1", true), listeners()))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(store + ": cannot be opened (");

    Files.write(store.resolve("CURRENT"), current);
    Server.start(settings("127.0.0.1", true), listeners()).close();
  }

  @Test
  void anAddressOfAnotherMachineIsRefused() {
    assertThatThrownBy(() -> Server.start(settings("192.0.2.1", true), listeners()))
        .isInstanceOf(StartFailure.class)
        .hasMessage(
            "--bind: this machine does not have the address 192.0.2.1. Leave --bind out for all"
                + " addresses.");
  }

  @Test
  void endpointFilesOfAServerThatDiedAreGoneBeforeAnyPortOpens() throws IOException {
    Files.writeString(data.resolve("endpoints.env"), "MQTT_PORT=1");

    assertThatThrownBy(() -> Server.start(settings("192.0.2.1", true), listeners()))
        .isInstanceOf(StartFailure.class);

    assertThat(data.resolve("endpoints.env")).doesNotExist();
  }

  @Test
  void aRootThatCannotBeReadStopsTheStart() throws IOException {
    Path root = Files.createDirectory(data.resolve("certs")).resolve("ca.pem");
    Files.writeString(root, "torn");

    assertThatThrownBy(() -> Server.start(settings("127.0.0.1", true), listeners()))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(root + ": cannot be read: ");
    DataFolder.take(data).close();
  }

  private ServeSettings settings(String bind, boolean randomPorts) {
    return new ServeSettings(source(0), data, bind, randomPorts);
  }

  private static Configuration listeners() {
    return Configuration.read(source(0));
  }

  private static Configuration.Source source(int portOffset, String... only) {
    return new Configuration.Source(
        LISTENERS, ListenerFiles.LOCAL, CERTS, Set.of(only), portOffset);
  }
}
