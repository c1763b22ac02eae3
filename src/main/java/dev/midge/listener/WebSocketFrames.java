package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;

/// Between WebSocket frames and the bytes that they carry. MQTT packets and frames need not begin
/// or end together [MQTT-6.0.0-2], so what a binary frame or its continuation holds goes on as it
/// is; anything else than binary is refused. [MQTT-6.0.0-1]
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketFrames extends ChannelDuplexHandler {
  private boolean closing;

  @Override
  public void channelRead(ChannelHandlerContext context, Object received) {
    if (!(received instanceof WebSocketFrame frame) || closing) {
      ReferenceCountUtil.release(received);
      return;
    }
    switch (frame) {
      case BinaryWebSocketFrame binary -> context.fireChannelRead(binary.content());
      case ContinuationWebSocketFrame more -> context.fireChannelRead(more.content());
      case PingWebSocketFrame ping -> answer(context, ping);
      case CloseWebSocketFrame close -> {
        int status = close.statusCode();
        close.release();
        close(
            context,
            status < 0 ? WebSocketCloseStatus.EMPTY : WebSocketCloseStatus.valueOf(status));
      }
      case PongWebSocketFrame pong -> pong.release();
      default -> {
        frame.release();
        close(context, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      if (bytes.isReadable()) {
        context.write(new BinaryWebSocketFrame(bytes), promise);
      } else {
        context.write(bytes, promise);
      }
    } else {
      context.write(message, promise);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      close(context, corrupted.closeStatus());
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  /// Answers a ping, unless the client does not read its answers.
  private static void answer(ChannelHandlerContext context, PingWebSocketFrame ping) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(new PongWebSocketFrame(ping.content()));
    } else {
      ping.release();
    }
  }

  /// Ends the WebSocket: for the connection that is the end of its network connection.
  private void close(ChannelHandlerContext context, WebSocketCloseStatus status) {
    closing = true;
    context.fireUserEventTriggered(
        new NettyWire.TransportEnded(
            status.equals(WebSocketCloseStatus.EMPTY)
                ? CloseWebSocketFrame::new
                : () -> new CloseWebSocketFrame(status)));
  }
}
