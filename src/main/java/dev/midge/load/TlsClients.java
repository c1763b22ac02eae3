package dev.midge.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import javax.net.ssl.SSLException;

/// Puts TLS 1.3 between clients and a broker. Whose certificate it is does not matter for a load,
/// and is not looked at, and each client begins anew. Any thread.
final class TlsClients {
  private final SslContext context;

  TlsClients() {
    try {
      this.context =
          SslContextBuilder.forClient()
              .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .protocols("TLSv1.3")
              .endpointIdentificationAlgorithm(null)
              .build();
    } catch (SSLException e) {
      throw new LoadFailure("there is no TLS here: " + e.getMessage(), e);
    }
  }

  /// What speaks TLS for one client.
  ChannelHandler handler(Channel channel) {
    return context.newHandler(channel.alloc());
  }
}
