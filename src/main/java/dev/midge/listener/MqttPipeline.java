package dev.midge.listener;

import dev.midge.broker.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Builds the pipeline of each connection of one listener: only the stages that its transport
/// needs, then the wire. What is too much for the listener is closed before anything is read.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class MqttPipeline extends ChannelInitializer<Channel> {
  private static final int REQUEST_LINE_BYTES_MAX = 4096;
  private static final int HEADERS_BYTES_MAX = 8192;
  private static final int BODY_BYTES_MAX = 1024;

  private final NettyLoops loops;
  private final Limits limits;
  private final int connectionsMax;
  private final @Nullable TlsEntrance tls;
  private final List<String> webSocketPaths;
  private final AtomicInteger connections = new AtomicInteger();

  /// @param tls how connections begin, or null without TLS
  /// @param webSocketPaths where WebSockets are accepted, or none for plain TCP
  MqttPipeline(
      NettyLoops loops,
      Limits limits,
      int connectionsMax,
      @Nullable TlsEntrance tls,
      List<String> webSocketPaths) {
    this.tls = tls;
    this.loops = loops;
    this.limits = limits;
    this.connectionsMax = connectionsMax;
    this.webSocketPaths = webSocketPaths;
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
    boolean isWebSocket = !webSocketPaths.isEmpty();
    ChannelPipeline pipeline = channel.pipeline();
    if (tls != null) {
      tls.addTo(pipeline, channel.alloc());
    }
    if (isWebSocket) {
      pipeline.addLast(
          new HttpServerCodec(REQUEST_LINE_BYTES_MAX, HEADERS_BYTES_MAX, BODY_BYTES_MAX),
          new HttpObjectAggregator(BODY_BYTES_MAX),
          new WebSocketUpgrade(webSocketPaths, limits.packetBytesMax()),
          new WebSocketFrames());
    }
    pipeline.addLast(
        new NettyWire(
            loops,
            loops.of(channel),
            channel,
            limits,
            isWebSocket
                ? () -> new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)
                : null));
  }
}
