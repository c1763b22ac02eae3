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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every listener of ours keeps what its file promises under `expect`, to clients of every kind.
class ListenerPromisesTest {

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static final Pattern OPENSSL_VERDICT = Pattern.compile("Verify return code: (\\d+)");
  private static final String ACCEPTED = "accepted";

  /// Python as it comes, or as its later versions do, and with names checked as RFC 9525 has it.
  /// Prints that it accepts, or the number of what it finds.
  private static final String PYTHON =
      """
      import socket, ssl, sys
      context = ssl.create_default_context(cafile=sys.argv[1])
      if sys.argv[3] == "strict":
          context.verify_flags |= ssl.VERIFY_X509_STRICT
          context.hostname_checks_common_name = False
      try:
          plain = socket.create_connection(("127.0.0.1", int(sys.argv[2])), float(sys.argv[4]))
          context.wrap_socket(plain, server_hostname="localhost")
          print("accepted")
      except ssl.SSLCertVerificationError as e:
          print(e.verify_code)
      except OSError as e:
          print(e)
      """;

  private static final String NODE =
      """
      const [ca, port, seconds] = process.argv.slice(1);
      const say = (words) => { console.log(words); process.exit(); };
      setTimeout(() => say('silence'), seconds * 1000);
      require('tls')
        .connect({
          host: '127.0.0.1', port, servername: 'localhost', ca: require('fs').readFileSync(ca),
        }, () => say('accepted'))
        .on('error', (e) => say(e.code))
        .on('close', () => say('closed'));
      """;

  /// A busy machine may need longer for a key of 4096 bits than a client has for its handshake.
  @BeforeAll
  static void makeCertificates() {
    SERVER.proveListeners();
  }

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

  /// What is not as one would expect is explained in two sentences.
  @ParameterizedTest
  @MethodSource("withTls")
  void whatIsSpecialIsExplainedInTwoSentences(ListenerSpec spec) {
    if (spec.port() >= 8900 || spec.expect().fault() != Fault.NONE) {
      assertThat(spec.explanation().split("(?<=[.])( |$)")).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void openSslSaysWhatIsPromised(ListenerSpec spec) throws Exception {
    String said = openssl(spec);

    Matcher verdict = OPENSSL_VERDICT.matcher(said);
    boolean isDone = verdict.find() && !said.contains("no peer certificate");
    assertVerdict(spec, "openssl", isDone && verdict.group(1).equals("0") ? ACCEPTED : said);
    if (isOfChain(spec.expect().fault())) {
      boolean isSeen = !spec.expect().lenient().contains("openssl");
      assertThat(verdict.group(1)).isEqualTo("" + (isSeen ? code(spec.expect().fault()) : 0));
    }
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void pythonSaysWhatIsPromised(ListenerSpec spec) throws Exception {
    assertVerdict(spec, "python", python(spec, "usual"));
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void strictPythonSaysWhatIsPromised(ListenerSpec spec) throws Exception {
    String said = python(spec, "strict");

    assertVerdict(spec, "python-strict", said);
    if (isOfChain(spec.expect().fault()) && !said.equals(ACCEPTED)) {
      assertThat(said).isEqualTo("" + code(spec.expect().fault()));
    }
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void javaSaysWhatIsPromised(ListenerSpec spec) {
    TlsClient client = TlsClient.trusting(SERVER.caFile()).patience(1000 * patienceSeconds(spec));
    String said;
    try (Socket _ = client.open(SERVER.port(spec.name()))) {
      said = ACCEPTED;
    } catch (IOException e) {
      said = e.toString();
    }
    assertVerdict(spec, "java", said);
  }

  @ParameterizedTest
  @MethodSource("withTls")
  void nodeSaysWhatIsPromised(ListenerSpec spec) throws Exception {
    assertVerdict(
        spec,
        "node",
        run(
                "node",
                "-e",
                NODE,
                SERVER.caFile().toString(),
                "" + SERVER.port(spec.name()),
                "" + patienceSeconds(spec))
            .strip());
  }

  /// A client that is told to look into the list of revoked certificates finds the one.
  @ParameterizedTest
  @CsvSource({"tls-revoked, 23", "tls, 0"})
  void whoAsksForTheListOfRevokedCertificatesFindsTheOne(String listener, String code)
      throws Exception {
    run("openssl", "s_client", "-connect", "127.0.0.1:" + SERVER.port("tls-revoked"));
    String said =
        run(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + SERVER.port(listener),
            "-CAfile",
            SERVER.caFile().toString(),
            "-CRL",
            SERVER.caFile().resolveSibling("intermediate.crl").toString(),
            "-crl_check",
            "-verify_hostname",
            "localhost");

    assertThat(said).contains("Verify return code: " + code + " ");
  }

  /// The root with an RSA key is as good as the other one, for what is below it.
  @Test
  void theRsaChainIsGoodForThoseThatTrustItsOwnRoot() throws Exception {
    run("openssl", "s_client", "-connect", "127.0.0.1:" + SERVER.port("tls-rsa"));
    Path caFile = SERVER.caFile().resolveSibling("ca-rsa.crt");

    TlsClient.trusting(caFile).open(SERVER.port("tls-rsa")).close();
  }

  @Test
  void aHostIsShownItsOwnCertificateByName() throws Exception {
    String said =
        run(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + SERVER.port("tls-server-name"),
            "-servername",
            "wrong.example",
            "-CAfile",
            SERVER.caFile().toString(),
            "-verify_hostname",
            "wrong.example");

    assertThat(said).contains("Verify return code: 0 (ok)");
  }

  @ParameterizedTest
  @CsvSource({"tls, mqtt", "tls, x-amzn-mqtt-ca", "websocket-tls, http/1.1", "everything, h2"})
  void whatIsSpokenInsideIsAgreedOn(String listener, String protocol) throws Exception {
    String target = "127.0.0.1:" + SERVER.port(listener);
    assertThat(run("openssl", "s_client", "-connect", target, "-alpn", "other," + protocol))
        .contains("ALPN protocol: " + protocol);
    assertThat(run("openssl", "s_client", "-connect", target, "-alpn", "other"))
        .contains("No ALPN negotiated");
  }

  private static void assertVerdict(ListenerSpec spec, String stack, String said) {
    boolean accepts =
        spec.expect().verdict() == Outcome.ACCEPTED || spec.expect().lenient().contains(stack);
    if (accepts) {
      assertThat(said).isEqualTo(ACCEPTED);
    } else {
      assertThat(said).isNotEqualTo(ACCEPTED);
    }
  }

  private static String openssl(ListenerSpec spec) throws Exception {
    return run(
        "timeout",
        "" + patienceSeconds(spec),
        "openssl",
        "s_client",
        "-connect",
        "127.0.0.1:" + SERVER.port(spec.name()),
        "-servername",
        "localhost",
        "-CAfile",
        SERVER.caFile().toString(),
        "-verify_hostname",
        "localhost",
        "-x509_strict",
        "-verify_return_error");
  }

  private static String python(ListenerSpec spec, String manner) throws Exception {
    return run(
            "python3",
            "-c",
            PYTHON,
            SERVER.caFile().toString(),
            "" + SERVER.port(spec.name()),
            manner,
            "" + patienceSeconds(spec))
        .strip();
  }

  /// For a server that says nothing there is no need to wait long.
  private static int patienceSeconds(ListenerSpec spec) {
    return spec.expect().fault() == Fault.HANDSHAKE_STALLS ? 2 : 20;
  }

  /// Whether it is one that OpenSSL has a number for.
  private static boolean isOfChain(Fault fault) {
    return fault.compareTo(Fault.REVOKED) < 0;
  }

  /// What OpenSSL calls each fault.
  private static int code(Fault fault) {
    return switch (fault) {
      case NOT_YET_VALID -> 9;
      case EXPIRED -> 10;
      case SELF_SIGNED -> 18;
      case UNKNOWN_CA -> 19;
      case MISSING_INTERMEDIATE -> 20;
      case WRONG_HOST, NO_NAMES -> 62;
      case NONE, REVOKED, HUGE_CHAIN, NAME_REQUIRED, HANDSHAKE_STALLS, HANDSHAKE_CUT -> 0;
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
              : TlsClient.blind().patience(1000 * patienceSeconds(spec)).open(endpoint.port());
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
