package dev.midge.listener;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Bytes to whole HTTP requests, with bounds for each part of them. What is ambiguous is no
/// request: a stranger before us might read it in another way.
final class HttpRequests {
  private static final int LINE_BYTES_MAX = 4096;
  private static final int HEADERS_BYTES_MAX = 8192;

  private HttpRequests() {}

  /// A user event: the body of a request is longer than it may be.
  record TooLong() {}

  /// Reads a request line, headers, and a body in pieces.
  static final class Decoder extends HttpRequestDecoder {
    Decoder() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(LINE_BYTES_MAX)
              .setMaxHeaderSize(HEADERS_BYTES_MAX)
              .setStrictLineParsing(true)
              .setUseRfc9112TransferEncoding(true));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
      throw new IllegalArgumentException("its length is given twice");
    }
  }

  /// Puts the pieces together.
  static final class Aggregator extends HttpObjectAggregator {
    Aggregator() {
      super(HttpSpec.BODY_BYTES_MAX);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
      context.fireUserEventTriggered(new TooLong());
    }
  }
}
