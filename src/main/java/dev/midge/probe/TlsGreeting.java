package dev.midge.probe;

import dev.midge.certs.Fault;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// How a TLS handshake with a server went that is to show whatever it has: nothing is refused here,
/// so that all of it can be looked at.
///
/// @param chain the certificates that the server showed, or nothing
/// @param socket the connection, if it can be used
/// @param failure what broke the handshake, or null if nothing did
public record TlsGreeting(
    List<X509Certificate> chain, @Nullable SSLSocket socket, @Nullable IOException failure) {
  /// The versions that are tried unless one is asked for.
  public static final List<String> VERSIONS = List.of("TLSv1.2", "TLSv1.3");

  /// Those of the usual keys, so that no others are computed.
  private static final String[] GROUPS = {"secp256r1", "secp384r1"};

  /// Shakes hands.
  ///
  /// @param connected an open connection; its time limit for reading holds
  /// @param host the name to ask for, or an empty string for none
  /// @param versions what may be spoken
  /// @param own what this client can show, or nothing
  public static TlsGreeting on(
      Socket connected, String host, List<String> versions, KeyManager... own) {
    Witness witness = new Witness();
    try {
      SSLSocket socket =
          (SSLSocket)
              context(witness, own)
                  .getSocketFactory()
                  .createSocket(connected, host, connected.getPort(), true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(versions.toArray(String[]::new));
      parameters.setNamedGroups(GROUPS);
      parameters.setServerNames(host.isEmpty() ? List.of() : List.of(new SNIHostName(host)));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new TlsGreeting(witness.chain, socket, null);
    } catch (IOException e) {
      return new TlsGreeting(witness.chain, null, e);
    }
  }

  /// Whether the server went as far as to prove itself.
  public boolean isProven() {
    return !chain.isEmpty();
  }

  /// What it means that the server did not prove itself; nothing, if it is no fault with a name.
  public Optional<Fault> breakage() {
    if (failure instanceof SocketTimeoutException) {
      return Optional.of(Fault.HANDSHAKE_STALLS);
    }
    return failure instanceof SocketException
            || (failure != null && failure.getCause() instanceof EOFException)
        ? Optional.of(Fault.HANDSHAKE_CUT)
        : Optional.empty();
  }

  private static SSLContext context(Witness witness, KeyManager... own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, new TrustManager[] {witness}, null);
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
