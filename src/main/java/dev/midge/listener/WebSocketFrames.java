package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/// Between WebSocket frames and the bytes that they carry. MQTT packets and frames need not begin
/// or end together [MQTT-6.0.0-2], so what a binary frame or its continuation holds goes on as it
/// is; anything else than binary is refused. [MQTT-6.0.0-1] Of the pings that come together the
/// last is answered (RFC 6455 section 5.5.3), so that a flood of them costs no flood of answers.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketFrames extends ChannelDuplexHandler {
  private @Nullable PingWebSocketFrame unanswered;
  private boolean closing;

  @Override
  public void channelRead(ChannelHandlerContext context, Object received) {
    if (!(received instanceof WebSocketFrame frame) || closing) {
      ReferenceCountUtil.release(received);
      return;
    }
    switch (frame) {
      case BinaryWebSocketFrame binary -> context.fireChannelRead(binary.content());
      case PingWebSocketFrame ping -> {
        releasePing();
        unanswered = ping;
      }
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

  /// Answers a ping, unless the client does not read its answers.
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    PingWebSocketFrame ping = unanswered;
    if (ping != null && !closing && context.channel().isWritable()) {
      unanswered = null;
      context.writeAndFlush(new PongWebSocketFrame(ping.content()));
    }
    releasePing();
    context.fireChannelReadComplete();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    releasePing();
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

  private void releasePing() {
    if (unanswered != null) {
      unanswered.release();
      unanswered = null;
    }
  }

  /// Ends the WebSocket: for the connection that is the end of its network connection.
  private void close(ChannelHandlerContext context, WebSocketCloseStatus status) {
    closing = true;
    context.fireUserEventTriggered(
        new TransportEvent.Ended(
            status.equals(WebSocketCloseStatus.EMPTY)
                ? CloseWebSocketFrame::new
                : () -> new CloseWebSocketFrame(status)));
  }
}
