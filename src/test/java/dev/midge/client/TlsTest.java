package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The TLS options, against a server whose certificate is for `localhost` only.
class TlsTest {

  private static final char[] PASSWORD = "password".toCharArray();

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @TempDir private static Path folder;
  private static final List<ServerSocket> ENTRANCES = new ArrayList<>();

  @BeforeAll
  static void makeCertificates() throws Exception {
    for (String name : List.of("server", "client", "other")) {
      Process keytool =
          new ProcessBuilder(
                  (System.getProperty("java.home")
                          + "/bin/keytool -genkeypair -alias it -keyalg EC"
                          + " -dname CN="
                          + name
                          + " -ext san=dns:localhost -storetype PKCS12"
                          + " -storepass password -keystore "
                          + folder.resolve(name + ".p12"))
                      .split(" "))
              .redirectErrorStream(true)
              .start();
      String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(keytool.waitFor()).as(said).isZero();
      KeyStore store = store(name);
      writePem(name + ".crt", "CERTIFICATE", store.getCertificate("it").getEncoded());
      writePem(name + ".key", "PRIVATE KEY", store.getKey("it", PASSWORD).getEncoded());
      writePem(name + ".rsa", "RSA PRIVATE KEY", store.getKey("it", PASSWORD).getEncoded());
    }
  }

  @AfterAll
  static void closeEntrances() throws IOException {
    for (ServerSocket entrance : ENTRANCES) {
      entrance.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--cafile server.crt",
    "--cafile server.crt --tls-version tlsv1.2",
    "--cafile server.crt --tls-version tlsv1.3",
    "--cafile other.crt --capath .",
  })
  void aServerThatIsTrustedIsReached(String options) throws Exception {
    ClientRun run = pub(entrance(false), "localhost", options);
    assertThat(run.errors()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void aSecureWebSocketIsReached() throws Exception {
    int port = entrance(false, SERVER.port("websocket"));
    var run =
        ClientRun.run(
            "pub",
            "-L",
            "wss://localhost:" + port + "/a",
            "-m",
            "x",
            "--cafile",
            file("server.crt"));
    assertThat(run.errors()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void theEnvironmentNamesWhomToTrust() throws Exception {
    var environment =
        Map.of(
            "MQTT_URL", "mqtts://localhost:" + entrance(false), "MQTT_CA_FILE", file("server.crt"));
    var run =
        ClientRun.start(InputStream.nullInputStream(), environment, "pub", "-t", "a", "-m", "x");
    assertThat(run.status()).as(run.errors()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"--cafile other.crt", "--tls-use-os-certs"})
  void aServerThatIsNotTrustedIsRefusedInOneLine(String options) throws Exception {
    ClientRun run = pub(entrance(false), "localhost", options);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errors()).startsWith("Error: TLS: ").contains("--cafile").hasLineCount(1);
  }

  @Test
  void theHostNameIsCheckedUnlessThatIsWaived() throws Exception {
    int port = entrance(false);
    ClientRun strict = pub(port, "127.0.0.1", "--cafile server.crt");
    assertThat(strict.status()).isEqualTo(1);
    assertThat(strict.errors()).startsWith("Error: TLS: ").contains("127.0.0.1").hasLineCount(1);

    assertThat(pub(port, "127.0.0.1", "--cafile server.crt --insecure").status()).isZero();
  }

  @Test
  void aClientProvesItselfWithItsCertificate() throws Exception {
    int port = entrance(true);
    String certified = "--cafile server.crt --cert client.crt --key client.key";
    assertThat(pub(port, "localhost", certified).status()).isZero();

    ClientRun nameless = pub(port, "localhost", "--cafile server.crt");
    assertThat(nameless.status()).isNotZero();
    assertThat(nameless.errors()).startsWith("Error: ").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --cafile server.key|has no certificate
          --cafile server.crt --cert client.crt|--cert and --key go together.
          --cafile server.crt --cert client.crt --key client.crt|has no private key in it.
          --cafile server.crt --cert client.crt --key client.rsa|openssl pkcs8 -topk8 -nocrypt
          --cafile server.crt --tls-version tlsv1.1|must be one of tlsv1.3, tlsv1.2.
          --capath none|is no folder that can be read.
          """)
  void filesThatCannotBeUsedAreToldByName(String options, String message) throws Exception {
    ClientRun run = pub(1, "localhost", options);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.errors()).startsWith("Error: ").contains(message);
  }

  private static ClientRun pub(int port, String host, String options) {
    List<String> arguments =
        new ArrayList<>(List.of("pub", "-h", host, "-p", "" + port, "-t", "a", "-m", "x"));
    Arrays.stream(options.split(" "))
        .map(word -> word.startsWith("-") || word.startsWith("tls") ? word : file(word))
        .forEach(arguments::add);
    return ClientRun.run(arguments.toArray(String[]::new));
  }

  private static int entrance(boolean isForClientsWithCertificate) throws Exception {
    return entrance(isForClientsWithCertificate, SERVER.port());
  }

  /// Opens a port that speaks TLS, and passes on what is said to another port.
  private static int entrance(boolean isForClientsWithCertificate, int port) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store("server"), PASSWORD);
    KeyStore clients = KeyStore.getInstance("PKCS12");
    clients.load(null, null);
    clients.setCertificateEntry("client", store("client").getCertificate("it"));
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(clients);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
    var entrance =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    entrance.setNeedClientAuth(isForClientsWithCertificate);
    ENTRANCES.add(entrance);
    Thread.ofPlatform().daemon().start(() -> passOn(entrance, port));
    return entrance.getLocalPort();
  }

  private static void passOn(ServerSocket entrance, int port) {
    while (!entrance.isClosed()) {
      try {
        Socket outside = entrance.accept();
        Socket inside = new Socket(InetAddress.getLoopbackAddress(), port);
        Thread.ofPlatform().daemon().start(() -> copy(outside, inside));
        Thread.ofPlatform().daemon().start(() -> copy(inside, outside));
      } catch (IOException e) {
        return; // The test is over.
      }
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      return; // Either side is gone, and so is the other now.
    }
  }

  private static KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(folder.resolve(name + ".p12").toFile(), PASSWORD);
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static void writePem(String file, String label, byte[] bytes) throws IOException {
    String base64 = Base64.getMimeEncoder().encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
  }
}
