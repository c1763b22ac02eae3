package dev.midge.listener;

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
  private static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");
  private static final int PATIENCE_MILLIS = 10_000;

  /// For a server that is meant to say nothing.
  private static final int SHORT_PATIENCE_MILLIS = 2_000;

  private final FaultFinder finder;
  private final Probes probes;

  /// @param probes who is told of the connections, so that nobody takes them for clients
  SelfTest(Certificates certificates, Probes probes) {
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
  }

  /// Tests a listener.
  ///
  /// @param address where it is
  Proof prove(ListenerSpec spec, TlsSpec tls, InetSocketAddress address) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    List<String> others = new ArrayList<>();
    int patienceMillis =
        tls.handshake() == Handshake.STALLS ? SHORT_PATIENCE_MILLIS : PATIENCE_MILLIS;
    Greeting greeting = greet(address, true, VERSIONS, patienceMillis);
    if (greeting.isProven()) {
      Findings findings = finder.find(tls.certificate(), greeting.chain(), Instant.now());
      faults.addAll(findings.faults());
      others.addAll(findings.others());
      if (!greet(address, false, VERSIONS, patienceMillis).isProven()) {
        faults.add(Fault.NAME_REQUIRED);
      }
      for (String version : VERSIONS) {
        boolean isSpoken = greet(address, true, List.of(version), patienceMillis).isProven();
        if (isSpoken != tls.versions().contains(version)) {
          others.add(version + (isSpoken ? " is spoken" : " is not spoken"));
        }
      }
    } else {
      findBreak(greeting.failure(), faults, others);
    }
    return proof(spec.expect().fault(), faults, others);
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

  /// What it means that the server did not prove itself.
  private static void findBreak(
      @Nullable IOException failure, Set<Fault> faults, List<String> others) {
    if (failure instanceof SocketTimeoutException) {
      faults.add(Fault.HANDSHAKE_STALLS);
    } else if (failure instanceof SocketException
        || (failure != null && failure.getCause() instanceof EOFException)) {
      faults.add(Fault.HANDSHAKE_CUT);
    } else {
      others.add("no handshake: " + failure);
    }
  }

  private Greeting greet(
      InetSocketAddress address, boolean isNamed, List<String> versions, int patienceMillis) {
    Witness witness = new Witness();
    InetSocketAddress own = null;
    try (SSLSocket socket = (SSLSocket) context(witness).getSocketFactory().createSocket()) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(versions.toArray(String[]::new));
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
