package dev.midge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.midge.broker.Counter;
import dev.midge.certs.Certificates;
import dev.midge.certs.RecipeFiles;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Thousands of handshakes, whole, half and broken: the others do not lose anything, and afterwards
/// everything is as it was. That no engine of TLS is left is seen to for all tests of a run.
class HandshakeFloodTest {
  private static final int PATIENCE_SECONDS = 60;
  private static final int FLOOD = 2000;
  private static final int AT_ONCE = 500;
  private static final int BOUND = 160;
  private static final int BOUND_OF_NEAR_ADDRESS = 4 * 16;

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .shared("handshakes_max: " + BOUND + "\nhandshakes_per_address_max: 16\n")
          .shared("loops: 2\n");

  private static RawClient witness;

  @BeforeAll
  static void connectWitness() {
    // A busy machine may need longer for a key of 4096 bits than a client has for its handshake.
    new Certificates(
            SERVER.caFile().resolveSibling(""), RecipeFiles.load(Path.of("certs")), "127.0.0.1")
        .credential("rsa-4096");
    witness = RawClient.connected(SERVER.port(), 5, "witness");
  }

  /// What a client did before it let the server wait, and in the end left.
  private enum Beginning {
    RECORD_HEADER,
    HALF_HELLO,
    WHOLE_HELLO
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls", "tls-rsa4096", "tls-ed25519"})
  void halfHandshakesAreBoundedAndCostNobodyElseAnything(String listener) throws Exception {
    int port = SERVER.port(listener);
    useOnce(port);
    State before = State.atRest();
    long turnedAway = SERVER.count(Counter.HANDSHAKES_TURNED_AWAY);

    try (Bystanders bystanders = Bystanders.begin()) {
      Queue<Socket> open = new ArrayDeque<>();
      for (int i = 0; i < FLOOD; i++) {
        open.add(begin(port, Beginning.values()[i % Beginning.values().length]));
        if (open.size() == AT_ONCE) {
          open.remove().close();
        }
        assertThat(SERVER.server().pendingHandshakes()).isLessThanOrEqualTo(BOUND_OF_NEAR_ADDRESS);
      }
      until(() -> SERVER.count(Counter.HANDSHAKES_TURNED_AWAY) > turnedAway);
      for (Socket socket : open) {
        socket.close();
      }
      bystanders.expectEverything();
    }

    before.expectAgain();
    useOnce(port);
  }

  @Test
  void wholeAndBrokenHandshakesCostNobodyElseAnything() throws Exception {
    int port = SERVER.port("tls");
    useOnce(port);
    State before = State.atRest();

    try (Bystanders bystanders = Bystanders.begin();
        ExecutorService flood = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < FLOOD; i++) {
        boolean isGood = i % 2 == 0;
        var _ = flood.submit(() -> isGood ? greet(port) : insult(port));
      }
      flood.shutdown();
      assertThat(flood.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      bystanders.expectEverything();
    }

    before.expectAgain();
  }

  @Test
  void whoIsOneTooManyIsToldThatItIsNotItsFault() throws Exception {
    int port = SERVER.port("tls");
    useOnce(port);
    Queue<Socket> open = new ArrayDeque<>();
    for (int i = 0; i < BOUND_OF_NEAR_ADDRESS; i++) {
      open.add(begin(port, Beginning.RECORD_HEADER));
    }
    until(() -> SERVER.server().pendingHandshakes() == BOUND_OF_NEAR_ADDRESS);

    assertThatThrownBy(() -> useOnce(port))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("internal_error");
    try (Socket elsewhere = new Socket()) {
      elsewhere.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0));
      elsewhere.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      elsewhere.getOutputStream().write(hello());
      assertThat(elsewhere.getInputStream().read()).as("a record of a handshake").isEqualTo(0x16);
    }
    for (Socket socket : open) {
      socket.close();
    }
    until(() -> SERVER.server().pendingHandshakes() == 0);
    useOnce(port);
  }

  private static Socket begin(int port, Beginning beginning) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    byte[] hello = hello();
    int length =
        switch (beginning) {
          case RECORD_HEADER -> 5;
          case HALF_HELLO -> hello.length / 2;
          case WHOLE_HELLO -> hello.length;
        };
    try {
      socket.getOutputStream().write(hello, 0, length);
    } catch (IOException refused) {
      // It was one too many.
    }
    return socket;
  }

  private static byte[] hello() throws IOException {
    try {
      SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
      engine.setUseClientMode(true);
      ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), record);
      return Arrays.copyOf(record.array(), record.position());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A whole handshake, and a sudden end.
  private static boolean greet(int port) throws IOException {
    try (Socket socket = TlsClient.blind().open(port)) {
      socket.setSoLinger(true, 0);
    }
    return true;
  }

  /// A hello that no server can read.
  private static boolean insult(int port) throws IOException {
    byte[] broken = hello();
    Arrays.fill(broken, 5, 12, (byte) 0xFF);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(broken);
      return socket.getInputStream().read() != -1;
    }
  }

  /// Lets the server make what it makes for the first client of a listener.
  private static void useOnce(int port) throws IOException {
    try (Socket socket = TlsClient.blind().open(port)) {
      socket.getOutputStream().write(1);
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /// Asks again and again, each time when the server has answered a ping.
  private static void until(Condition condition) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      witness.expectNothing();
    }
  }

  /// What the server has open.
  private record State(long connections, long descriptors) {
    static State atRest() throws IOException {
      until(() -> SERVER.server().pendingHandshakes() == 0 && connectionsNow() == 1);
      return new State(connectionsNow(), descriptorsNow());
    }

    void expectAgain() throws IOException {
      until(() -> SERVER.server().pendingHandshakes() == 0);
      until(() -> connectionsNow() == connections);
      until(() -> descriptorsNow() <= descriptors);
    }

    private static long connectionsNow() {
      return SERVER.count(Counter.CONNECTIONS_OPENED) - SERVER.count(Counter.CONNECTIONS_CLOSED);
    }

    private static long descriptorsNow() {
      return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
          .getOpenFileDescriptorCount();
    }
  }

  /// Two plain clients: one sends to the other for as long as the flood lasts.
  private static final class Bystanders implements AutoCloseable {
    private final RawClient publisher = RawClient.connected(SERVER.port(), 5, "bystander-1");
    private final RawClient subscriber = RawClient.connected(SERVER.port(), 5, "bystander-2");
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Integer> talk;

    private Bystanders() {
      subscriber.send("82 ( 0001 00 \"by\" 01 )").expectType(WirePacket.SUBACK);
      talk = thread.submit(this::talk);
    }

    static Bystanders begin() {
      return new Bystanders();
    }

    private int talk() {
      int sent = 0;
      while (!isOver.get() || sent == 0) {
        sent++;
        publisher.send("32 ( \"by\" 0001 00 %08x )".formatted(sent)).expect("40 02 0001");
        byte[] body = subscriber.expectType(WirePacket.PUBLISH).body();
        assertThat(ByteBuffer.wrap(body).getInt(body.length - 4)).isEqualTo(sent);
      }
      return sent;
    }

    /// Whatever was sent has been received by the one and acknowledged to the other.
    void expectEverything() throws Exception {
      isOver.set(true);
      assertThat(talk.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
      publisher.leave();
      subscriber.leave();
    }

    @Override
    public void close() {
      isOver.set(true);
      thread.shutdownNow();
      publisher.close();
      subscriber.close();
    }
  }
}
