package dev.midge.listener;

import dev.midge.certs.CertificateFailure;
import dev.midge.certs.Certificates;
import dev.midge.certs.Fault;
import dev.midge.certs.FaultFinder;
import dev.midge.certs.FaultFinder.Findings;
import dev.midge.listener.Endpoint.Proof;
import dev.midge.listener.TlsSpec.Handshake;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Connects to a listener with TLS as a client, by another implementation than the server's, and
/// sees whether it has the one fault that its file says, and no other. Blocks; any thread.
final class SelfTest {
  private static final String OLDER = "TLSv1.2";
  private static final String NEWER = "TLSv1.3";

  /// One will do, and it is the one of the keys.
  private static final String[] GROUPS = {"secp256r1", "secp384r1"};

  private static final int PATIENCE_MILLIS = 10_000;

  /// For a server that is meant to say nothing.
  private static final int SHORT_PATIENCE_MILLIS = 2_000;

  private final Certificates certificates;
  private final FaultFinder finder;
  private final Probes probes;

  /// @param probes who is told of the connections, so that nobody takes them for clients
  SelfTest(Certificates certificates, Probes probes) {
    this.certificates = certificates;
    this.probes = probes;
    this.finder = new FaultFinder(certificates);
  }

  /// How a handshake went.
  ///
  /// @param chain what the server showed, or nothing
  /// @param failure what broke the handshake, or null if nothing did
  private record Greeting(List<X509Certificate> chain, @Nullable IOException failure) {

    /// Whether the server went as far as to prove itself.
    boolean isProven() {
      return !chain.isEmpty();
    }

    /// In which way the server left it without a word, or null if it did not.
    @Nullable Fault broken() {
      if (isProven() || failure == null) {
        return null;
      }
      if (failure instanceof SocketTimeoutException) {
        return Fault.HANDSHAKE_STALLS;
      }
      return failure instanceof SocketException || failure.getCause() instanceof EOFException
          ? Fault.HANDSHAKE_CUT
          : null;
    }
  }

  /// Tests a listener. As a start pays for it, two handshakes tell all there is to know of one that
  /// lets a client choose: with its name and the newer version, and without and with the older one.
  ///
  /// @param address where it is
  Proof prove(ListenerSpec spec, TlsSpec tls, InetSocketAddress address) {
    try {
      // A large key may take longer to make than a client has for its handshake.
      tls.certificates().forEach(certificates::credential);
      return test(spec, tls, address);
    } catch (CertificateFailure e) {
      return new Proof("failed", String.valueOf(e.getMessage()));
    }
  }

  private Proof test(ListenerSpec spec, TlsSpec tls, InetSocketAddress address) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    List<String> others = new ArrayList<>();
    Client client =
        new Client(
            address, tls.handshake() == Handshake.STALLS ? SHORT_PATIENCE_MILLIS : PATIENCE_MILLIS);
    Greeting newer = client.greet(true, NEWER);
    Fault broken = newer.broken();
    if (broken != null) {
      faults.add(broken);
      return proof(spec.expect().fault(), faults, others);
    }
    Greeting older = client.greet(false, OLDER);
    Greeting named = newer.isProven() ? newer : client.greet(true, NEWER, OLDER);
    if (named.isProven()) {
      Findings findings = finder.find(tls.certificate(), named.chain(), Instant.now());
      faults.addAll(findings.faults());
      others.addAll(findings.others());
      if (!older.isProven() && !client.greet(false, NEWER, OLDER).isProven()) {
        faults.add(Fault.NAME_REQUIRED);
      }
      compare(tls, NEWER, newer.isProven(), others);
      compare(tls, OLDER, older.isProven() || client.greet(true, OLDER).isProven(), others);
    } else {
      others.add("no handshake: " + named.failure());
    }
    return proof(spec.expect().fault(), faults, others);
  }

  private static void compare(TlsSpec tls, String version, boolean isSpoken, List<String> others) {
    if (isSpoken != tls.versions().contains(version)) {
      others.add(version + (isSpoken ? " is spoken" : " is not spoken"));
    }
  }

  private static Proof proof(Fault expected, Set<Fault> found, List<String> others) {
    Set<Fault> wanted = expected == Fault.NONE ? Set.of() : Set.of(expected);
    if (found.equals(wanted) && others.isEmpty()) {
      return Proof.PASSED;
    }
    String all =
        Stream.concat(found.stream().map(Fault::toString), others.stream())
            .collect(Collectors.joining(", "));
    return new Proof("failed", "not " + expected + " but " + (all.isEmpty() ? "nothing" : all));
  }

  /// A client that connects again and again.
  private final class Client {
    private final InetSocketAddress address;
    private final int patienceMillis;

    Client(InetSocketAddress address, int patienceMillis) {
      this.address = address;
      this.patienceMillis = patienceMillis;
    }

    Greeting greet(boolean isNamed, String... versions) {
      Witness witness = new Witness();
      InetSocketAddress own = null;
      try (SSLSocket socket = (SSLSocket) context(witness).getSocketFactory().createSocket()) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(versions);
        parameters.setNamedGroups(GROUPS);
        parameters.setServerNames(isNamed ? List.of(new SNIHostName("localhost")) : List.of());
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(patienceMillis);
        socket.bind(new InetSocketAddress(address.getAddress(), 0));
        own = (InetSocketAddress) socket.getLocalSocketAddress();
        probes.begin(own);
        socket.connect(address, patienceMillis);
        socket.startHandshake();
        return new Greeting(witness.chain, null);
      } catch (IOException e) {
        return new Greeting(witness.chain, e);
      } finally {
        if (own != null) {
          probes.end(own);
        }
      }
    }
  }

  private static SSLContext context(Witness witness) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {witness}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Takes any certificate, and keeps what was shown.
  private static final class Witness extends X509ExtendedTrustManager {
    private List<X509Certificate> chain = List.of();

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type) {
      chain = List.of(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
      chain = List.of(shown);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
      chain = List.of(shown);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
