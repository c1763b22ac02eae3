package dev.midge.listener;

import dev.midge.certs.Certificates;
import dev.midge.certs.ClientTrust;
import dev.midge.certs.Credential;
import dev.midge.listener.TlsSpec.Clients;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.SecureRandom;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// How connections of one listener begin: with TLS, and the certificate of the hour. A new
/// certificate is shown from the next connection on, those that are open stay as they are. Any
/// thread.
final class TlsEntrance {
  /// The name of the stage that speaks TLS.
  static final String STAGE = "tls";

  private static final SecureRandom RANDOM = new SecureRandom();

  static {
    // The JDK would let clients ask for a new handshake as often as they like; BoringSSL does not.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  /// What is good for connections that begin now.
  private record Current(SslContext context, @Nullable ClientTrust clients) {}

  private final TlsSpec spec;
  private final Certificates certificates;
  private volatile Current current;

  TlsEntrance(TlsSpec spec, Certificates certificates) {
    this.spec = spec;
    this.certificates = certificates;
    this.current = load();
  }

  /// Who does the work: `BoringSSL`, or `the JDK` where there is no library of it for this machine.
  static String provider() {
    return OpenSsl.isAvailable() ? "BoringSSL" : "the JDK";
  }

  /// Takes the certificate anew if it is one of these.
  void renewed(Set<String> names) {
    if (names.contains(spec.certificate())) {
      current = load();
    }
  }

  /// Adds the stages to the pipeline of a connection, before the stage with this name.
  void addBefore(ChannelPipeline pipeline, String name, ByteBufAllocator allocator) {
    Current now = current;
    SslHandler handler = now.context().newHandler(allocator);
    handler.setHandshakeTimeoutMillis(0); // CONNECT must come in time; that has a clock already.
    pipeline.addBefore(name, STAGE, handler);
    pipeline.addBefore(name, null, new TlsEvents(now.clients()));
  }

  private Current load() {
    Credential credential = certificates.credential(spec.certificate());
    SslContextBuilder builder =
        SslContextBuilder.forServer(credential.key(), credential.chain())
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(spec.versions());
    ClientTrust clients = null;
    if (spec.clients() == Clients.REQUIRED) {
      clients = certificates.clientTrust(spec.certificate());
      builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE);
    }
    try {
      SslContext context = builder.build();
      if (clients == null && context.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setTicketKeys(ticketKey()); // The JDK makes its own.
      }
      return new Current(context, clients);
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS with " + spec, e);
    }
  }

  private static OpenSslSessionTicketKey ticketKey() {
    return new OpenSslSessionTicketKey(
        random(OpenSslSessionTicketKey.NAME_SIZE),
        random(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        random(OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
