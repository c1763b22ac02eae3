package dev.midge.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// The end of a connection whose client is to hear our last words. Loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class GentleClose {
  /// How long a client may take to read our last words.
  private static final int LINGER_MILLIS = 2000;

  private GentleClose() {}

  /// Sends what was written, then goes on reading and forgetting until the client has closed, too:
  /// to close with bytes unread would take our last words from it.
  static void of(Channel channel) {
    lastWords(channel)
        .addListener(written -> {
          if (written.isSuccess() && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
          } else {
            channel.close();
          }
        });
    channel.config().setAutoRead(true);
    Future<?> patience =
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(_ -> patience.cancel(false));
  }

  /// Writes all that there is to say; TLS says that this was all.
  private static ChannelFuture lastWords(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      return channel.writeAndFlush(channel.alloc().directBuffer(0, 0));
    }
    channel.flush();
    return tls.closeOutbound();
  }
}
