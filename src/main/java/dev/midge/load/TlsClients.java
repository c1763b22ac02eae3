package dev.midge.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// Puts TLS between clients and a broker. Whose certificate it is does not matter for a load, and
/// is not looked at. Any thread.
final class TlsClients {
  static {
    // Sessions of TLS 1.2 are resumed by tickets, as those of 1.3 are, and not by their number.
    System.setProperty("jdk.tls.client.enableSessionTicketExtension", "true");
  }

  private final SslContext context;
  private final boolean resumes;
  private final AtomicLong wholeHandshakes = new AtomicLong();

  TlsClients(TlsManner manner) {
    this.resumes = manner.resumes();
    try {
      this.context =
          SslContextBuilder.forClient()
              .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
              .trustManager(new Counting())
              .protocols(manner.version())
              .endpointIdentificationAlgorithm(null)
              .build();
    } catch (SSLException e) {
      throw new LoadFailure("there is no TLS here: " + e.getMessage(), e);
    }
  }

  /// What speaks TLS for one client. Sessions are kept by the name of the broker, and without one
  /// each client begins anew.
  ChannelHandler handler(Channel channel, InetSocketAddress broker) {
    return resumes
        ? context.newHandler(channel.alloc(), broker.getHostString(), broker.getPort())
        : context.newHandler(channel.alloc());
  }

  /// How many handshakes there were in which the broker proved itself, which it does not where a
  /// session is resumed.
  long wholeHandshakes() {
    return wholeHandshakes.get();
  }

  /// Takes any certificate.
  private final class Counting implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      wholeHandshakes.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
