package dev.midge.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;

/// Puts TLS 1.3 between clients and a broker. Whose certificate it is does not matter for a load,
/// and is not looked at. Any thread.
final class TlsClients {
  private final SslContext context;
  private final InetSocketAddress broker;
  private final boolean isResumed;

  /// @param isResumed whether a client takes up the session of one before it, instead of beginning
  ///   anew
  TlsClients(InetSocketAddress broker, boolean isResumed) {
    this.broker = broker;
    this.isResumed = isResumed;
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

  /// The pipeline of a client: TLS, and then itself.
  ChannelHandler around(Client client) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        SslHandler tls =
            isResumed
                ? context.newHandler(channel.alloc(), broker.getHostString(), broker.getPort())
                : context.newHandler(channel.alloc());
        channel.pipeline().addLast(tls, client);
      }
    };
  }
}
