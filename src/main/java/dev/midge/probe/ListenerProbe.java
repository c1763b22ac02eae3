package dev.midge.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.certs.Fault;
import dev.midge.certs.FaultFinder.Findings;
import dev.midge.probe.ProbeResult.Step;
import dev.midge.probe.ProbeTarget.TlsPromise;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One look at one listener: does what a client does, step by step, until something is not as it
/// was promised. Blocks; one thread.
final class ListenerProbe {
  private static final int PATIENCE_MILLIS = 10_000;

  /// For a server that is meant to say nothing.
  private static final int SHORT_PATIENCE_MILLIS = 3_000;

  private static final int UNSUPPORTED_VERSION = 0x84;

  private final ProbeTarget target;
  private final InetSocketAddress address;
  private final OwnConnections own;
  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private long begunNanos;

  /// Where the connection comes from that the server was told of, while there is one.
  private @Nullable InetSocketAddress from;

  /// @param address where the listener is
  /// @param random for names that nobody else has
  ListenerProbe(ProbeTarget target, InetAddress address, OwnConnections own, Random random) {
    this.target = target;
    this.address = new InetSocketAddress(address, target.port());
    this.own = own;
    this.random = random;
  }

  /// Something is not as it was promised.
  private static final class BrokenPromise extends Exception {
    private static final long serialVersionUID = 1;

    BrokenPromise(String message) {
      super(message);
    }
  }

  /// Does it.
  ProbeResult look() {
    String problem = "";
    try {
      TlsPromise tls = target.tls();
      if (tls != null && tls.fault() == Fault.NAME_REQUIRED) {
        requireRefusalWithoutName();
      }
      converse(true);
    } catch (BrokenPromise e) {
      problem = String.valueOf(e.getMessage());
    } catch (IOException | RuntimeException e) { // What is no packet may break anything.
      problem = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return ProbeResult.of(target, address.getAddress(), steps, problem);
  }

  /// Does what a client does, in 5.0 or, where that is not spoken, in 3.1.1.
  private void converse(boolean isVersion5) throws IOException, BrokenPromise {
    steps.clear();
    Socket socket = connect();
    try {
      Socket open = target.tls() == null ? socket : greet(socket, target.tls());
      boolean isOtherVersion = open != null && talk(open, isVersion5);
      if (isOtherVersion) {
        if (!isVersion5) {
          throw new BrokenPromise("neither MQTT 5.0 nor 3.1.1 is spoken");
        }
        close(socket);
        converse(false);
      }
    } finally {
      close(socket);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    try {
      begin();
      if (!own.equals(OwnConnections.NONE)) {
        socket.bind(new InetSocketAddress(address.getAddress(), 0));
        from = (InetSocketAddress) socket.getLocalSocketAddress(); // Once closed, it knows not.
        own.begin(from);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(address, PATIENCE_MILLIS);
      end("tcp");
      return socket;
    } catch (IOException e) {
      close(socket);
      throw e;
    }
  }

  private void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is closed all the same.
    }
    if (from != null) {
      own.end(from);
      from = null;
    }
  }

  /// Shakes hands; what is wrong must be what was promised, and no more.
  ///
  /// @return the connection, or null if it was promised that there is none
  private @Nullable Socket greet(Socket socket, TlsPromise promise)
      throws IOException, BrokenPromise {
    begin();
    if (promise.fault() == Fault.HANDSHAKE_STALLS) {
      socket.setSoTimeout(SHORT_PATIENCE_MILLIS);
    }
    TlsGreeting greeting =
        TlsGreeting.on(socket, promise.host(), TlsGreeting.VERSIONS, target.login().keys());
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    List<String> others = new ArrayList<>();
    IOException failure = greeting.failure();
    if (greeting.isProven()) {
      Findings findings = promise.judge().judge(greeting.chain());
      faults.addAll(findings.faults());
      others.addAll(findings.others());
      if (promise.fault() == Fault.NAME_REQUIRED) {
        faults.add(Fault.NAME_REQUIRED); // That was seen before.
      }
    } else {
      greeting.breakage().ifPresentOrElse(faults::add, () -> others.add("no TLS: " + failure));
    }
    requirePromised(promise.fault(), faults, others);
    end("tls");
    if (greeting.isProven() && greeting.socket() == null) {
      requireRefusal(failure);
    }
    return greeting.socket();
  }

  /// Whoever asks for no host is to be refused.
  private void requireRefusalWithoutName() throws IOException, BrokenPromise {
    Socket socket = connect();
    try {
      if (TlsGreeting.on(socket, "", TlsGreeting.VERSIONS).isProven()) {
        throw new BrokenPromise("not name-required but nothing");
      }
    } finally {
      close(socket);
    }
  }

  private static void requirePromised(Fault promised, Set<Fault> found, List<String> others)
      throws BrokenPromise {
    Set<Fault> wanted = promised == Fault.NONE ? Set.of() : Set.of(promised);
    if (!found.equals(wanted) || !others.isEmpty()) {
      List<String> all = new ArrayList<>(found.stream().map(Fault::toString).toList());
      all.addAll(others);
      throw new BrokenPromise(
          "not " + promised + " but " + (all.isEmpty() ? "nothing" : String.join(", ", all)));
    }
  }

  /// The server ended what it had begun: right where the client has nothing to show.
  private void requireRefusal(@Nullable IOException failure) throws IOException {
    if (target.login().isLetIn() && failure != null) {
      throw failure;
    }
  }

  /// Returns whether the server speaks another version.
  private boolean talk(Socket socket, boolean isVersion5) throws IOException, BrokenPromise {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    switch (target.carrier()) {
      case TCP -> {}
      case WEBSOCKET -> {
        begin();
        byte[] key = new byte[16];
        random.nextBytes(key);
        WebSocketClient carrier = WebSocketClient.open(in, out, authority(), target.path(), key);
        in = carrier.input();
        out = carrier.output();
        end("websocket");
      }
      case HTTP -> {
        askForPage(in, out);
        return false;
      }
    }
    return talk(new MqttTalk(in, out, isVersion5));
  }

  private String authority() {
    return target.host().contains(":") ? "[" + target.host() + "]" : target.host();
  }

  private void askForPage(InputStream in, OutputStream out) throws IOException, BrokenPromise {
    begin();
    out.write(
        ("GET "
                + target.path()
                + " HTTP/1.1\r\nHost: "
                + authority()
                + "\r\nConnection: close\r\n\r\n")
            .getBytes(ISO_8859_1));
    out.flush();
    String head = WebSocketClient.head(in);

    if (!head.startsWith(target.login().isLetIn() ? "HTTP/1.1 200 " : "HTTP/1.1 4")) {
      throw new BrokenPromise("another page: " + head.lines().findFirst().orElse("nothing"));
    }
    end("http");
  }

  private boolean talk(MqttTalk mqtt) throws IOException, BrokenPromise {
    String mark = HexFormat.of().toHexDigits(random.nextLong());
    begin();
    int connack;
    try {
      connack =
          mqtt.connect("midge-probe-" + mark, target.login().userName(), target.login().password());
    } catch (SSLException
        | SocketException e) { // TLS 1.3 tells clients that they lack a certificate only now.
      requireRefusal(e);
      end("connect");
      return false;
    }
    if (connack == UNSUPPORTED_VERSION || connack == 1) {
      return true;
    }
    if (target.login().isLetIn() != (connack == 0)) {
      throw new BrokenPromise(
          connack == 0
              ? "who shows nothing is let in"
              : "CONNECT refused: 0x%02x".formatted(connack));
    }
    end("connect");
    if (connack == 0) {
      echo(mqtt, target.topic() + mark, mark.getBytes(UTF_8));
      mqtt.leave();
    }
    return false;
  }

  private void echo(MqttTalk mqtt, String topic, byte[] payload) throws IOException, BrokenPromise {
    begin();
    int suback = mqtt.subscribe(topic, true);
    if (MqttTalk.isRefusal(suback)) {
      throw new BrokenPromise("SUBSCRIBE refused: 0x%02x".formatted(suback));
    }
    end("subscribe");
    begin();
    int puback = mqtt.publish(topic, payload, 1, false);
    if (MqttTalk.isRefusal(puback)) {
      throw new BrokenPromise("PUBLISH refused: 0x%02x".formatted(puback));
    }
    MqttTalk.Received back = mqtt.next();
    if (!back.topic().equals(topic) || !Arrays.equals(back.payload(), payload)) {
      throw new BrokenPromise("another message came back");
    }
    end("echo");
  }

  private void begin() {
    begunNanos = System.nanoTime();
  }

  private void end(String step) {
    steps.add(new Step(step, System.nanoTime() - begunNanos));
  }
}
