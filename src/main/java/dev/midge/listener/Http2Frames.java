package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.concurrent.TimeUnit;

/// Bytes to the frames of HTTP/2, with bounds for what a client may ask for by them (RFC 9113
/// section 10.5).
///
/// The library bounds what one frame can do: streams that are reset, by either side, 200 in half a
/// minute; headers in many small pieces; answers that are not taken. What is counted here is how
/// many frames come that ask for nothing, such as PING, SETTINGS or a body in crumbs: what a client
/// may send of them grows with its requests, and a little with time.
final class Http2Frames extends Http2FrameCodecBuilder {
  /// How many streams a client may have open: as many as it may have requests waiting in HTTP/1.1.
  static final int STREAMS_MAX = 16;

  /// How many frames may come besides requests in a while.
  static final int FRAMES_MAX = 1000;

  private static final int FRAMES_PER_REQUEST = 16;
  private static final long WHILE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int HEADERS_BYTES_MAX = 8192;

  private Http2Frames() {
    server(true);
  }

  /// The stage of a server.
  ///
  /// @param seconds how long streams may go on when the connection is to end
  static Http2FrameCodec codec(int seconds) {
    return new Http2Frames()
        .initialSettings(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(STREAMS_MAX)
                .maxHeaderListSize(HEADERS_BYTES_MAX))
        .gracefulShutdownTimeoutMillis(TimeUnit.SECONDS.toMillis(seconds))
        .build();
  }

  @Override
  protected Http2FrameCodec build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return super.build(new Counting(decoder), encoder, settings);
  }

  private static final class Counting extends DecoratingHttp2ConnectionDecoder {
    Counting(Http2ConnectionDecoder decoder) {
      super(decoder);
    }

    @Override
    public void frameListener(Http2FrameListener listener) {
      super.frameListener(new Count(listener));
    }
  }

  /// Counts what comes.
  private static final class Count extends Http2FrameListenerDecorator {
    private int left = FRAMES_MAX;
    private long since = System.nanoTime();

    Count(Http2FrameListener listener) {
      super(listener);
    }

    private void request() {
      left = Math.min(FRAMES_MAX, left + FRAMES_PER_REQUEST);
    }

    private void other() throws Http2Exception {
      if (--left >= 0) {
        return;
      }
      long now = System.nanoTime();
      if (now - since < WHILE_NANOS) {
        throw Http2Exception.connectionError(
            Http2Error.ENHANCE_YOUR_CALM, "too many frames that ask for nothing");
      }
      since = now;
      left = FRAMES_MAX;
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean isEnd)
        throws Http2Exception {
      other();
      return super.onDataRead(context, stream, data, padding, isEnd);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean isEnd)
        throws Http2Exception {
      request();
      super.onHeadersRead(context, stream, headers, padding, isEnd);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int stream,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean isExclusive,
        int padding,
        boolean isEnd)
        throws Http2Exception {
      request();
      super.onHeadersRead(
          context, stream, headers, dependency, weight, isExclusive, padding, isEnd);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext context,
        int stream,
        int dependency,
        short weight,
        boolean isExclusive)
        throws Http2Exception {
      other();
      super.onPriorityRead(context, stream, dependency, weight, isExclusive);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
        throws Http2Exception {
      other();
      super.onSettingsRead(context, settings);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
      other();
      super.onSettingsAckRead(context);
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
      other();
      super.onPingRead(context, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
      other();
      super.onPingAckRead(context, data);
    }

    @Override
    public void onGoAwayRead(
        ChannelHandlerContext context, int lastStream, long error, ByteBuf debugData)
        throws Http2Exception {
      other();
      super.onGoAwayRead(context, lastStream, error, debugData);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int stream, int increment)
        throws Http2Exception {
      other();
      super.onWindowUpdateRead(context, stream, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext context, byte type, int stream, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      other();
      super.onUnknownFrame(context, type, stream, flags, payload);
    }
  }
}
