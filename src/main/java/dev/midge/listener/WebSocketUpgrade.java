package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Turns an HTTP request into a WebSocket that carries MQTT (RFC 6455 section 4.2, MQTT 5.0 section
/// 6), or answers it with a sentence that says what is missing. Then it is no longer in the
/// pipeline.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketUpgrade extends SimpleChannelInboundHandler<FullHttpRequest> {
  /// Decides who may come in.
  interface Door {
    /// Whether the client may whom a proxy names in these fields.
    boolean admits(ChannelHandlerContext context, List<String> forwardedFor);
  }

  /// What a client may call MQTT, best first. [MQTT-6.0.0-3] [MQTT-6.0.0-4]
  private static final List<String> SUBPROTOCOLS = List.of("mqtt", "mqttv3.1");

  private static final String VERSION = "13";

  /// The handshake wants one, for a reader of frames that is not used here.
  private static final WebSocketDecoderConfig UNUSED = WebSocketDecoderConfig.newBuilder().build();

  private final List<String> paths;
  private final FrameBounds bounds;
  private final Door door;

  /// @param door decides whether the client may come in that a proxy names
  WebSocketUpgrade(List<String> paths, FrameBounds bounds, Door door) {
    this.door = door;
    this.paths = paths;
    this.bounds = bounds;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (!request.decoderResult().isSuccess()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "This is not HTTP.");
    } else if (!paths.contains(new QueryStringDecoder(request.uri()).rawPath())) {
      refuse(
          context,
          HttpResponseStatus.NOT_FOUND,
          "MQTT over WebSocket is at " + String.join(", ", paths) + ".");
    } else if (!isUpgrade(request)) {
      refuse(
          context,
          HttpResponseStatus.UPGRADE_REQUIRED,
          "This port speaks MQTT over WebSocket: connect with a WebSocket client.");
    } else if (!offersMqtt(request)) {
      refuse(
          context,
          HttpResponseStatus.BAD_REQUEST,
          "Offer the WebSocket subprotocol mqtt (Sec-WebSocket-Protocol: mqtt).");
    } else if (!door.admits(context, request.headers().getAll("X-Forwarded-For"))) {
      refuse(
          context,
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "Your address has as many connections as it may, or opens them too fast.");
    } else {
      upgrade(context, request);
    }
  }

  /// A request that is too long was answered when that was noticed, and one that the client gave up
  /// needs no answer.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof CodecException) {
      context.close();
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  private static boolean isUpgrade(FullHttpRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  private static boolean offersMqtt(FullHttpRequest request) {
    return request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
        .flatMap(header -> Arrays.stream(header.split(",", -1)))
        .anyMatch(offered -> SUBPROTOCOLS.contains(offered.strip().toLowerCase(Locale.ROOT)));
  }

  private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
    if (!request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION, true)) {
      WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel())
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshaker13(request.uri(), String.join(",", SUBPROTOCOLS), UNUSED) {
          @Override
          protected WebSocketFrameDecoder newWebsocketDecoder() {
            return new WebSocketReader(bounds);
          }
        };
    try {
      handshaker.handshake(context.channel(), request);
      context.pipeline().remove(this);
    } catch (WebSocketHandshakeException incomplete) {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "The WebSocket handshake is not complete.");
    }
  }

  private static void refuse(
      ChannelHandlerContext context, HttpResponseStatus status, String sentence) {
    ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), sentence + "\n");
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
