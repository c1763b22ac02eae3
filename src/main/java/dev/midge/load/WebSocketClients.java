package dev.midge.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;

/// Puts a WebSocket between clients and a broker ([MQTT-6.0.0-3]). Loop thread only.
final class WebSocketClients {

  private static final int RESPONSE_BYTES_MAX = 8 << 10;
  private static final int FRAME_BYTES_MAX = 16 << 20;

  private final URI uri;

  WebSocketClients(URI uri) {
    this.uri = uri;
  }

  /// Puts it at the end of a pipeline that is for the client.
  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(
        new HttpClientCodec(),
        new HttpObjectAggregator(RESPONSE_BYTES_MAX),
        new WebSocketClientProtocolHandler(
            WebSocketClientHandshakerFactory.newHandshaker(
                uri,
                WebSocketVersion.V13,
                "mqtt",
                false,
                new DefaultHttpHeaders(),
                FRAME_BYTES_MAX)),
        new Bytes());
  }

  /// Frames on the side of the network, bytes on that of the client, which hears of its connection
  /// when there is a WebSocket.
  private static final class Bytes extends ChannelDuplexHandler {

    @Override
    public void channelActive(ChannelHandlerContext context) {}

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        context.fireChannelActive();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object received) {
      context.fireChannelRead(((WebSocketFrame) received).content());
    }

    @Override
    public void write(ChannelHandlerContext context, Object sent, ChannelPromise promise) {
      // The request for the WebSocket comes this way, too, and stays what it is.
      Object frame = sent instanceof ByteBuf bytes ? new BinaryWebSocketFrame(bytes) : sent;
      var _ = context.write(frame, promise);
    }
  }
}
