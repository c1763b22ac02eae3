package dev.midge.acme;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.certs.Certificates;
import dev.midge.certs.Credential;
import dev.midge.certs.RecipeFiles;
import dev.midge.kit.Requirement;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Pebble, an ACME server for tests, and its name server, to which every name is this machine. Asks
/// for http-01 answers at one port. One thread.
public final class Pebble implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final int port = freePort();
  private final int managementPort = freePort();
  private final String responder;
  private final Credential credential;
  private final List<Process> processes = new ArrayList<>();

  private Pebble(Path folder, String responder) {
    this.folder = folder;
    this.responder = responder;
    this.credential =
        new Certificates(folder, RecipeFiles.load(Path.of("certs")), "").credential("localhost");
  }

  /// Starts it.
  ///
  /// @param folder an empty folder for its files
  /// @param httpPort where it looks for http-01 answers
  /// @param lifeSeconds how long its certificates live
  /// @param nonceErrorPercent how many requests it refuses for their nonce, although that is good
  public static Pebble start(Path folder, int httpPort, int lifeSeconds, int nonceErrorPercent) {
    return start(folder, httpPort, 1, lifeSeconds, nonceErrorPercent);
  }

  /// The same with the port where it looks for tls-alpn-01 proofs.
  public static Pebble start(
      Path folder, int httpPort, int tlsPort, int lifeSeconds, int nonceErrorPercent) {
    return started(new Pebble(folder, ""), httpPort, tlsPort, lifeSeconds, nonceErrorPercent);
  }

  /// One that believes whoever asks, and whose certificates name a server that says whether they
  /// are revoked.
  public static Pebble naming(URI responder, Path folder, int lifeSeconds) {
    return started(new Pebble(folder, responder.toString()), 1, 1, lifeSeconds, 0);
  }

  private static Pebble started(
      Pebble pebble, int httpPort, int tlsPort, int lifeSeconds, int nonceErrorPercent) {
    require();
    try {
      pebble.run(httpPort, tlsPort, lifeSeconds, nonceErrorPercent);
      return pebble;
    } catch (IOException e) {
      pebble.close();
      throw new UncheckedIOException(e);
    }
  }

  /// The authority below its root: certificate and key.
  public String intermediate() throws IOException, InterruptedException {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(TlsClient.trusting(caFile()).context()).build()) {
      StringBuilder text = new StringBuilder();
      for (String path : List.of("/intermediates/0", "/intermediate-keys/0")) {
        URI url = URI.create("https://localhost:" + managementPort + path);
        text.append(
            client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body());
      }
      return text.toString();
    }
  }

  /// The URL of its directory.
  public URI directory() {
    return URI.create("https://localhost:" + port + "/dir");
  }

  /// Who stands behind the directory.
  public Path caFile() {
    return folder.resolve("ca.crt");
  }

  /// What it shows itself.
  Credential credential() {
    return credential;
  }

  /// How many orders were made.
  long orders() {
    try (Stream<String> lines = Files.lines(folder.resolve("pebble.log"), UTF_8)) {
      return lines
          .filter(line -> line.contains("There are now ") && line.contains("orders"))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }

  private void run(int httpPort, int tlsPort, int lifeSeconds, int nonceErrorPercent)
      throws IOException {
    Files.writeString(folder.resolve("key.pem"), credential.keyPem());
    Files.writeString(folder.resolve("chain.pem"), credential.chainPem());
    Files.writeString(
        folder.resolve("pebble.json"),
        """
        {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
          "certificate": "chain.pem", "privateKey": "key.pem", "httpPort": %d, "tlsPort": %d,
          "ocspResponderURL": "%s", "externalAccountBindingRequired": false,
          "domainBlocklist": ["blocked.example.org"], "certificateValidityPeriod": %d}}
        """
            .formatted(port, managementPort, httpPort, tlsPort, responder, lifeSeconds));
    int names = freePort();
    start(
        "names.log",
        nonceErrorPercent,
        ("pebble-challtestsrv -defaultIPv4 127.0.0.1 -defaultIPv6  -http01  -https01  -tlsalpn01 "
                + " -dns01 127.0.0.1:%d -management 127.0.0.1:%d")
            .formatted(names, freePort()));
    start(
        "pebble.log",
        nonceErrorPercent,
        "pebble -config pebble.json -strict=false -dnsserver 127.0.0.1:" + names);
    awaitOpen();
  }

  private void start(String log, int nonceErrorPercent, String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command.split(" ", -1)))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(log).toFile());
    builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
    builder.environment().put("PEBBLE_AUTHZREUSE", "0");
    builder.environment().put("PEBBLE_VA_ALWAYS_VALID", responder.isEmpty() ? "0" : "1");
    builder.environment().put("PEBBLE_WFE_NONCEREJECT", Integer.toString(nonceErrorPercent));
    processes.add(builder.start());
  }

  private void awaitOpen() throws IOException {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException closed) {
        if (!processes.getLast().isAlive() || Instant.now().isAfter(deadline)) {
          throw new IOException(Files.readString(folder.resolve("pebble.log")), closed);
        }
        Thread.onSpinWait();
      }
    }
  }

  private static void require() {
    boolean isHere =
        Stream.of("pebble", "pebble-challtestsrv")
            .allMatch(name ->
                Stream.of(System.getenv("PATH").split(":"))
                    .anyMatch(bin -> Files.isExecutable(Path.of(bin, name))));
    String otherwise = "pebble is missing: install pebble.";
    Requirement.require(isHere, otherwise);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
