package dev.midge.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Builds the pipeline of each connection of one listener for HTTP. What is too much for the
/// listener is closed before anything is read.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpPipeline extends ChannelInitializer<Channel> {
  private final NettyLoops loops;
  private final int connectionsMax;
  private final @Nullable TlsEntrance tls;
  private final HttpStages stages;
  private final AtomicInteger connections = new AtomicInteger();

  /// @param tls how connections begin, or null without TLS
  HttpPipeline(NettyLoops loops, int connectionsMax, @Nullable TlsEntrance tls, HttpStages stages) {
    this.loops = loops;
    this.connectionsMax = connectionsMax;
    this.tls = tls;
    this.stages = stages;
  }

  @Override
  protected void initChannel(Channel channel) {
    if (connections.incrementAndGet() > connectionsMax) {
      connections.decrementAndGet();
      loops.of(channel).broker().turnedAway();
      channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> connections.decrementAndGet());
    if (tls != null) {
      tls.addTo(channel.pipeline(), channel.alloc());
    }
    stages.addTo(channel, tls != null);
  }
}
