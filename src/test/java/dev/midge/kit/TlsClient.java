package dev.midge.kit;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Java's TLS, trusting one authority, and checking that the server is `localhost`.
public final class TlsClient {
  private final SSLContext context;
  private final boolean isCareful;
  private int patienceMillis = 20_000;
  private String[] protocols = {};

  private TlsClient(SSLContext context, boolean isCareful) {
    this.context = context;
    this.isCareful = isCareful;
  }

  private TlsClient(Path caFile, KeyManager @Nullable [] keys) {
    this.isCareful = true;
    try (var file = Files.newInputStream(caFile)) {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      context = SSLContext.getInstance("TLS");
      context.init(keys, trust.getTrustManagers(), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One without a certificate.
  public static TlsClient trusting(Path caFile) {
    return new TlsClient(caFile, null);
  }

  /// One that takes any certificate for good.
  public static TlsClient blind() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      return new TlsClient(context, false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// One that proves who it is.
  public static TlsClient trusting(Path caFile, PrivateKey key, List<X509Certificate> chain) {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", key, new char[0], chain.toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, new char[0]);
      return new TlsClient(caFile, keys.getKeyManagers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What Java needs to do the same by itself.
  public SSLContext context() {
    return context;
  }

  /// Waits no longer than this for the server.
  public TlsClient patience(int millis) {
    patienceMillis = millis;
    return this;
  }

  /// Offers to speak one of these after the handshake (ALPN).
  public TlsClient agreeingOn(String... names) {
    protocols = names;
    return this;
  }

  /// Opens a connection to a port of this machine, and finishes the handshake.
  ///
  /// @param versions what to speak, or none for all that Java does
  /// @throws IOException if the handshake fails
  public SSLSocket open(int port, String... versions) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    if (isCareful) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setServerNames(List.of(new SNIHostName("localhost"))); // Not by itself: no dot.
    }
    if (versions.length > 0) {
      parameters.setProtocols(versions);
    }
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(patienceMillis);
    try {
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// The same for a client that says exactly what it is told to.
  public RawClient raw(int port, String... versions) {
    try {
      return RawClient.over(open(port, versions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
