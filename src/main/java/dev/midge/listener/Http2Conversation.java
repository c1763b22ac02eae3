package dev.midge.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// One connection that speaks HTTP/2: each of its streams is a request, answered as those of
/// HTTP/1.1 are. It is the last stage of the connection, and sees to the connection as a whole: one
/// without a stream is closed after the time that a request may take. Loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Conversation extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger("dev.midge.web");

  private final HttpStages stages;
  private final InetAddress client;
  private final boolean isTls;
  private int streams;
  private @Nullable ScheduledFuture<?> deadline;

  private Http2Conversation(HttpStages stages, InetAddress client, boolean isTls) {
    this.stages = stages;
    this.client = client;
    this.isTls = isTls;
  }

  /// The stages of a connection, in their order.
  static ChannelHandler[] stages(HttpStages stages, InetAddress client, boolean isTls) {
    Http2Conversation conversation = new Http2Conversation(stages, client, isTls);
    return new ChannelHandler[] {
      Http2Frames.codec(stages.limits().requestSeconds()),
      new Http2MultiplexHandler(
          new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel stream) {
              conversation.begin(stream);
            }

            @Override
            public boolean isSharable() {
              return true;
            }
          }),
      conversation
    };
  }

  private void begin(Channel stream) {
    streams++;
    stop();
    stream
        .closeFuture()
        .addListener(_ -> {
          streams--;
          expect(stream.parent());
        });
    stream
        .pipeline()
        .addLast(
            new StreamEnd(),
            new Http2StreamFrameToHttpObjectCodec(true),
            new HttpRequests.Aggregator(),
            new HttpConversation(stages, client, isTls));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    expect(context.channel());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stop();
  }

  /// What is for the connection as a whole has been dealt with.
  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    ReferenceCountUtil.release(frame);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case TransportEvent.Refused _, TransportEvent.Finished _ -> context.close();
      default -> context.fireUserEventTriggered(event);
    }
  }

  /// What breaks is the other side's doing, or the network's, and costs this connection only.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debugf(cause, "a connection of %s broke", client);
    if (!(cause instanceof Http2Exception)) { // After those, the client is told and then closed.
      context.close();
    }
  }

  /// Waits for the next stream, for as long as a request may take.
  private void expect(Channel connection) {
    stop();
    if (streams == 0 && connection.isActive()) {
      deadline =
          connection
              .eventLoop()
              .schedule(
                  () -> connection.close(), stages.limits().requestSeconds(), TimeUnit.SECONDS);
    }
  }

  private void stop() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /// Tells the client when a stream ends before it is complete: after the whole answer that what
  /// follows is not wanted, and no fault of the answer (RFC 9113 section 8.1), before it that there
  /// will be none, and of what is wrong what it is. The library counts the last of these.
  private static final class StreamEnd extends ChannelDuplexHandler {
    private Http2Error error = Http2Error.CANCEL;

    @Override
    public void write(ChannelHandlerContext context, Object frame, ChannelPromise written) {
      if (isLast(frame)) {
        written.addListener(_ -> error = Http2Error.NO_ERROR);
      }
      context.write(frame, written);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof Http2Exception fault) {
        error = fault.error();
      }
      context.fireExceptionCaught(cause);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise closed) {
      context.writeAndFlush(new DefaultHttp2ResetFrame(error));
      context.close(closed);
    }

    private static boolean isLast(Object frame) {
      return switch (frame) {
        case Http2HeadersFrame headers -> headers.isEndStream();
        case Http2DataFrame data -> data.isEndStream();
        default -> false;
      };
    }
  }
}
