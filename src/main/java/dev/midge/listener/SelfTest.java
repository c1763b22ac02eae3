package dev.midge.listener;

import dev.midge.certs.CertificateFailure;
import dev.midge.certs.Certificates;
import dev.midge.certs.Fault;
import dev.midge.certs.FaultFinder;
import dev.midge.certs.FaultFinder.Findings;
import dev.midge.listener.Endpoint.Proof;
import dev.midge.listener.TlsSpec.Handshake;
import dev.midge.probe.TlsGreeting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Connects to a listener with TLS as a client, by another implementation than the server's, and
/// sees whether it has the one fault that its file says, and no other. Blocks; any thread.
final class SelfTest {
  private static final int PATIENCE_MILLIS = 10_000;

  /// For a server that is meant to say nothing.
  private static final int SHORT_PATIENCE_MILLIS = 2_000;

  private static final List<String> OLDER = List.of("TLSv1.2");
  private static final List<String> NEWER = List.of("TLSv1.3");

  private final Certificates certificates;
  private final FaultFinder finder;
  private final Probes probes;

  /// @param probes who is told of the connections, so that nobody takes them for clients
  SelfTest(Certificates certificates, Probes probes) {
    this.certificates = certificates;
    this.probes = probes;
    this.finder = new FaultFinder(certificates);
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
    int patienceMillis =
        tls.handshake() == Handshake.STALLS ? SHORT_PATIENCE_MILLIS : PATIENCE_MILLIS;
    TlsGreeting newer = greet(address, true, NEWER, patienceMillis);
    if (!newer.isProven() && newer.breakage().isPresent()) {
      faults.add(newer.breakage().get());
      return proof(spec.expect().fault(), faults, others);
    }
    TlsGreeting older = greet(address, false, OLDER, patienceMillis);
    TlsGreeting named =
        newer.isProven() ? newer : greet(address, true, TlsGreeting.VERSIONS, patienceMillis);
    if (named.isProven()) {
      Findings findings = finder.find(tls.certificate(), named.chain(), Instant.now());
      faults.addAll(findings.faults());
      others.addAll(findings.others());
      if (!older.isProven()
          && !greet(address, false, TlsGreeting.VERSIONS, patienceMillis).isProven()) {
        faults.add(Fault.NAME_REQUIRED);
      }
      boolean isOlderSpoken =
          older.isProven() || greet(address, true, OLDER, patienceMillis).isProven();
      compare(tls, OLDER.getFirst(), isOlderSpoken, others);
      compare(tls, NEWER.getFirst(), newer.isProven(), others);
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

  private TlsGreeting greet(
      InetSocketAddress address, boolean isNamed, List<String> versions, int patienceMillis) {
    InetSocketAddress own = null;
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(patienceMillis);
      socket.bind(new InetSocketAddress(address.getAddress(), 0));
      own = (InetSocketAddress) socket.getLocalSocketAddress();
      probes.begin(own);
      socket.connect(address, patienceMillis);
      return TlsGreeting.on(socket, isNamed ? "localhost" : "", versions);
    } catch (IOException e) {
      return new TlsGreeting(List.of(), null, e);
    } finally {
      if (own != null) {
        probes.end(own);
      }
    }
  }
}
