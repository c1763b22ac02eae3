package dev.midge.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.certs.Fault;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Expect.Outcome;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.ListenerSpec;
import dev.midge.listener.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every listener of ours keeps what its file promises under `expect`.
class ListenerPromisesTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final Pattern OPENSSL_VERDICT = Pattern.compile("Verify return code: (\\d+)");

  /// Python checks names more strictly than OpenSSL by itself, and is asked to check the rest as
  /// its later versions do.
  private static final String PYTHON =
      """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[1])
      context.verify_flags |= ssl.VERIFY_X509_STRICT
      context.hostname_checks_common_name = False
      try:
          plain = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
          context.wrap_socket(plain, server_hostname="localhost")
          print(0)
      except ssl.SSLCertVerificationError as e:
          print(e.verify_code)
      """;

  static List<ListenerSpec> all() {
    return ListenerFiles.load(Path.of("listeners"), Set.of(), 0, 1L << 30).listeners();
  }

  static List<ListenerSpec> withTls() {
    return all().stream().filter(spec -> spec.tls() != null).toList();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aClientThatShowsNothingAndChecksNothingIsAnsweredAsPromised(ListenerSpec spec) {
    assertThat(connect(spec)).isEqualTo(spec.expect().connect());
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void openSslFindsThePromisedFault(ListenerSpec spec) throws Exception {
    String said =
        run(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + SERVER.port(spec.name()),
            "-CAfile",
            SERVER.caFile().toString(),
            "-verify_hostname",
            "localhost",
            "-x509_strict",
            "-verify_return_error");

    Matcher verdict = OPENSSL_VERDICT.matcher(said);
    assertThat(verdict.find()).as(said).isTrue();
    boolean isSeen = spec.expect().fault() != Fault.NO_NAMES; // It still looks at the subject.
    assertThat(verdict.group(1)).isEqualTo("" + (isSeen ? code(spec.expect().fault()) : 0));
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void strictPythonFindsThePromisedFault(ListenerSpec spec) throws Exception {
    String said =
        run(
            "python3",
            "-c",
            PYTHON,
            SERVER.caFile().toString(),
            Integer.toString(SERVER.port(spec.name())));

    assertThat(said.strip()).isEqualTo("" + code(spec.expect().fault()));
  }

  /// What OpenSSL calls each fault.
  private static int code(Fault fault) {
    return switch (fault) {
      case NONE -> 0;
      case NOT_YET_VALID -> 9;
      case EXPIRED -> 10;
      case SELF_SIGNED -> 18;
      case UNKNOWN_CA -> 19;
      case MISSING_INTERMEDIATE -> 20;
      case WRONG_HOST, NO_NAMES -> 62;
    };
  }

  private static Outcome connect(ListenerSpec spec) {
    Endpoint endpoint =
        SERVER.endpoints().stream()
            .filter(open -> open.name().equals(spec.name()))
            .findFirst()
            .orElseThrow();
    try {
      Socket socket =
          endpoint.tls() == null
              ? new Socket(InetAddress.getLoopbackAddress(), endpoint.port())
              : TlsClient.blind().open(endpoint.port());
      RawClient client =
          endpoint.transport() == Transport.WEBSOCKET
              ? RawClient.over(RawWebSocket.open(socket, endpoint.path(), "mqtt"))
              : RawClient.over(socket);
      try (client) {
        client.send(RawClient.connect(4, 2, "", "plain client")).expect("20 02 00 00");
        return Outcome.ACCEPTED;
      }
    } catch (IOException | UncheckedIOException | AssertionError refused) {
      return Outcome.REFUSED;
    }
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
