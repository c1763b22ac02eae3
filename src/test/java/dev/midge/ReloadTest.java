package dev.midge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.certs.Recipe;
import dev.midge.config.InvalidConfiguration;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.listener.BindFailure;
import dev.midge.listener.Endpoint;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.LoadedListeners;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of listeners and clients when the files change while the server runs.
final class ReloadTest {
  private static final String PLAIN = "1883-plain.yaml";
  private static final String OTHER = "1999-other.yaml";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final TestServer server = TestServer.local();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  private static String listener(String name, int port) {
    return "name: %s\nport: %d\nsummary: One of a test.\nexpect: { connect: accepted }\n"
        .formatted(name, port);
  }

  private static void assertIsThere(RawClient client) {
    client.send("c0 00").expect("d0 00");
  }

  @Test
  void aListenerThatIsAddedOpensAndNobodyElseNotices() throws IOException {
    try (RawClient client = RawClient.connected(server.port(), 5, "old")) {
      server.write(OTHER, listener("other", 1999));

      assertThat(server.reload()).isEmpty();

      try (RawClient other = RawClient.connected(server.port("other"), 5, "new")) {
        assertIsThere(other);
      }
      assertIsThere(client);
      assertThat(Files.readString(server.data().resolve("endpoints.json"))).contains("\"other\"");
    }
  }

  @Test
  void theClientsOfAListenerThatIsRemovedAreToldAndLetGo() throws IOException {
    server.write(OTHER, listener("other", 1999));
    server.reload();
    int port = server.port("other");
    try (RawClient client = RawClient.connected(server.port(), 5, "stays");
        RawClient leaving = RawClient.connected(port, 5, "goes")) {
      server.remove(OTHER);

      server.reload();

      assertThat(leaving.expectType(WirePacket.DISCONNECT).reason()).isEqualTo(0x98);
      leaving.expectClosed();
      assertIsThere(client);
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close(); // It is free.
    }
  }

  @Test
  void aListenerThatChangesKeepsItsPortAndItsClients() throws IOException {
    int port = server.port();
    try (RawClient client = RawClient.connected(port, 5, "old")) {
      server.write(PLAIN, server.text(PLAIN) + "mqtt: { qos_max: 1 }\n");

      server.reload();

      assertThat(server.port()).isEqualTo(port);
      assertIsThere(client);
      try (RawClient other = RawClient.open(port).speak(5)) {
        other.send(RawClient.connect(5, 0x02, "", "new"));
        assertThat(other.expectType(WirePacket.CONNACK).property(0x24).number()).isEqualTo(1);
      }
    }
  }

  @Test
  void aListenerMayMoveToAnotherPort() throws IOException {
    try (RawClient client = RawClient.connected(server.port(), 5, "old")) {
      server.remove(PLAIN);
      server.write("1999-plain.yaml", listener("plain", 1999));

      server.reload();

      assertIsThere(client); // It came to a listener of that name, and there is one.
      assertThat(server.endpoints()).filteredOn(one -> one.name().equals("plain")).hasSize(1);
      RawClient.connected(server.port(), 5, "new").close();
    }
  }

  @Test
  void wrongFilesChangeNothing() throws IOException {
    List<Endpoint> before = server.endpoints();
    server.write(OTHER, listener("other", 1999));
    server.write(PLAIN, server.text(PLAIN) + "mqtt: { qos_maks: 1 }\n");

    assertThatThrownBy(server::reload)
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(PLAIN + ":")
        .hasMessageContaining("qos_max");

    assertThat(server.endpoints()).isEqualTo(before);
    RawClient.connected(server.port(), 5, "new").close();
  }

  @Test
  void aPortThatIsTakenChangesNothing(@TempDir Path folder) throws IOException {
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    for (String shared : List.of("defaults.yaml", "access.yaml")) {
      Files.writeString(listeners.resolve(shared), server.text(shared));
    }
    int free = freePort();
    Files.writeString(listeners.resolve(free + "-plain.yaml"), listener("plain", free));
    Configuration.Source source =
        new Configuration.Source(listeners, "local", Path.of("certs"), Set.of(), 0);
    ServeSettings settings = new ServeSettings(source, folder.resolve("data"), "127.0.0.1", false);
    try (Server one = Server.start(settings, Configuration.read(source));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Endpoint> before = one.endpoints();
      int first = freePort();
      int second = taken.getLocalPort();
      Files.writeString(listeners.resolve(first + "-first.yaml"), listener("first", first));
      Files.writeString(listeners.resolve(second + "-second.yaml"), listener("second", second));
      Configuration next = Configuration.read(source);

      assertThatThrownBy(() -> one.reload(next))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("port " + second + " is taken by another program");

      assertThat(one.endpoints()).isEqualTo(before);
      new ServerSocket(first, 1, InetAddress.getLoopbackAddress()).close();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aCertificateWhoseRecipeIsNewWaitsForTheNextStart() throws IOException {
    List<Endpoint> before = server.endpoints();
    Configuration now = Configuration.read(server.source());
    server.write(
        "8883-tls.yaml",
        server.text("8883-tls.yaml").replace("certificate: localhost", "certificate: novel"));
    Map<String, Recipe> recipes = new HashMap<>(now.recipes());
    recipes.put("novel", recipes.get("localhost"));
    LoadedListeners listeners =
        ListenerFiles.load(server.listeners(), Set.of(), 0, Runtime.getRuntime().maxMemory());

    assertThatThrownBy(() ->
            server.server().reload(new Configuration(listeners, now.access(), now.bans(), recipes)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("there is no recipe for a certificate 'novel'");

    assertThat(server.endpoints()).isEqualTo(before);
  }

  @Test
  void whatHasToWaitForTheNextStartIsTold() throws IOException {
    String defaults = server.text("defaults.yaml");
    server.write("defaults.yaml", defaults.replaceFirst("sessions_max: auto", "sessions_max: 7"));

    assertThat(server.reload()).containsExactly("server");
  }

  @Test
  void whatAnAddressMayHaveHoldsAtOnce() throws IOException {
    String defaults = server.text("defaults.yaml");
    try (RawClient before = RawClient.connected(server.port(), 5, "before")) {
      server.write(
          "defaults.yaml",
          defaults
              .replaceFirst("exempt: .*", "exempt: [192.0.2.1]")
              .replaceFirst("(?s)(addresses:.*?)connections_max: 0", "$1connections_max: 1"));
      assertThat(server.reload()).isEmpty();

      try (RawClient one = RawClient.connected(server.port(), 5, "one");
          RawClient tooMany = RawClient.open(server.port())) {
        tooMany.send(RawClient.connect(5, 2, "", "too-many")).expectClosed();
        assertIsThere(one);
      }
      server.write("defaults.yaml", defaults);
      server.reload();
      try (RawClient one = RawClient.connected(server.port(), 5, "one");
          RawClient other = RawClient.connected(server.port(), 5, "other")) {
        assertIsThere(one);
        assertIsThere(other);
        assertIsThere(before);
      }
    }
  }

  @Test
  void aFolderThatIsPutInThePlaceOfAnotherIsTakenUp() throws IOException {
    Path folder = server.listeners();
    Path next = folder.resolveSibling("next");
    Files.createDirectory(next);
    for (String name : List.of(PLAIN, "defaults.yaml", "access.yaml")) {
      Files.copy(folder.resolve(name), next.resolve(name));
    }
    Files.writeString(next.resolve(OTHER), listener("other", 1999));
    try (ConfigurationWatch _ =
        ConfigurationWatch.start(server.source(), server.server()::reload)) {
      Files.move(folder, folder.resolveSibling("before"));
      Files.move(next, folder);
      awaitListener("other");
      server.write("1998-third.yaml", listener("third", 1998));
      awaitListener("third");
    }
  }

  private void awaitListener(String name) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (server.endpoints().stream().noneMatch(one -> one.name().equals(name))) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void aListenerMovesToAnotherAddressOrStaysWhereItIs() throws IOException {
    String file = listener("other", 1999);
    server.write(OTHER, file + "bind: 127.0.0.2\n");
    server.reload();
    assertThat(isOpen("127.0.0.2")).isTrue();
    assertThat(isOpen("127.0.0.1")).isFalse();

    server.write(OTHER, file + "bind: 192.0.2.1\n"); // No address of this machine.
    assertThatThrownBy(server::reload).hasMessageContaining("does not have the address 192.0.2.1");
    assertThat(isOpen("127.0.0.2")).isTrue();

    server.write(OTHER, file);
    server.reload();
    assertThat(isOpen("127.0.0.2")).isFalse();
    assertThat(isOpen("127.0.0.1")).isTrue();
  }

  @Test
  void noClientIsRefusedWhileAListenerMoves() throws Exception {
    String file = listener("other", 1999);
    server.write(OTHER, file + "bind: 127.0.0.1\n");
    server.reload();
    int port = server.port("other");
    AtomicBoolean isDone = new AtomicBoolean();
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Integer> connected = thread.submit(() -> connectUntil(isDone, port));
      try {
        for (String bind : List.of("0.0.0.0", "127.0.0.1", "0.0.0.0", "127.0.0.1", "0.0.0.0")) {
          server.write(OTHER, file + "bind: " + bind + "\n");
          server.reload();
          RawClient.connected(port, 5, "new").close();
          assertThat(isOpen("127.0.0.2")).isEqualTo(bind.equals("0.0.0.0"));
          assertThatThrownBy(() -> new ServerSocket(port)).isInstanceOf(BindException.class);
        }
      } finally {
        isDone.set(true);
      }
      assertThat(connected.get()).isPositive();
    }
    assertThat(server.port("other")).isEqualTo(port);
  }

  private static int connectUntil(AtomicBoolean isDone, int port) throws IOException {
    int count = 0;
    for (; !isDone.get(); count++) {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
    }
    return count;
  }

  private boolean isOpen(String address) {
    try (Socket _ = new Socket(address, server.port("other"))) {
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void filesThatChangeAreTakenUpByThemselves() throws IOException {
    try (ConfigurationWatch _ =
        ConfigurationWatch.start(server.source(), server.server()::reload)) {
      server.write(OTHER, "name: other\n"); // Half a file: someone is still writing it.
      server.write(OTHER, listener("other", 1999));

      awaitListener("other");
      RawClient.connected(server.port("other"), 5, "new").close();
    }
  }
}
