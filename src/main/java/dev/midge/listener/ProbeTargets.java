package dev.midge.listener;

import dev.midge.broker.Users;
import dev.midge.certs.CertificateFailure;
import dev.midge.certs.Certificates;
import dev.midge.certs.FaultFinder;
import dev.midge.listener.TlsSpec.Clients;
import dev.midge.probe.Login;
import dev.midge.probe.ProbeTarget;
import dev.midge.probe.ProbeTarget.Carrier;
import dev.midge.probe.ProbeTarget.TlsPromise;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// What a client of the server's own is to find at each listener.
///
/// @param certificates what listeners with TLS show
/// @param certified what such a client shows where a certificate is asked for
/// @param token what it shows where a token is asked for
record ProbeTargets(Certificates certificates, Supplier<Login> certified, Supplier<Login> token) {
  private static final Logger LOG = Logger.getLogger("dev.midge.certificates");

  /// Nobody else may read or write there.
  private static final String TOPIC = "$midge/probe/";

  private static final String HOST = "localhost";

  /// What to find at a listener.
  ///
  /// @param addresses where it is, one of each family
  /// @param path the path of its WebSocket, or an empty string
  ProbeTarget of(ListenerSpec spec, List<InetAddress> addresses, int port, String path) {
    Carrier carrier =
        switch (spec.transport()) {
          case TCP, EVERYTHING -> Carrier.TCP;
          case WEBSOCKET -> Carrier.WEBSOCKET;
          case HTTP, OPERATOR -> Carrier.HTTP;
        };
    return new ProbeTarget(
        spec.name(),
        HOST,
        addresses,
        port,
        carrier,
        carrier == Carrier.HTTP ? page(spec) : path,
        promise(spec),
        login(spec),
        TOPIC);
  }

  /// The operator's listener refuses whoever asks for a path that is none, and keeps no count of
  /// it.
  private static String page(ListenerSpec spec) {
    return spec.transport() == Transport.OPERATOR ? "//" : "/q/health/live";
  }

  private @Nullable TlsPromise promise(ListenerSpec spec) {
    TlsSpec tls = spec.tls();
    if (tls == null) {
      return null;
    }
    make(certificates, tls);
    FaultFinder finder = new FaultFinder(certificates);
    return new TlsPromise(
        certificates.publicHost(tls.certificate()).orElse(HOST),
        spec.expect().fault(),
        shown -> finder.find(tls.certificate(), shown, Instant.now()));
  }

  /// Sees to it that what a listener shows has been made, which may take longer than a client
  /// waits.
  static void make(Certificates certificates, TlsSpec tls) {
    try {
      tls.certificates().forEach(certificates::credential);
    } catch (CertificateFailure e) {
      LOG.errorf(e, "a certificate cannot be made"); // The handshake will show it, too.
    }
  }

  /// Passwords of accounts are known to nobody here: who has none is to be refused.
  private Login login(ListenerSpec spec) {
    if (spec.tls() != null && spec.tls().clients() == Clients.REQUIRED) {
      return certified.get();
    }
    if (spec.transport() == Transport.OPERATOR) {
      return Login.STRANGER;
    }
    if (spec.limits().anonymous()) {
      return Login.ANONYMOUS;
    }
    return spec.limits().users() == Users.TOKENS
        ? token.get()
        : spec.limits().users() == Users.ANY ? Login.of("midge-probe", "") : Login.STRANGER;
  }
}
