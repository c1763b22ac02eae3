package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// Waits for the head of the first HTTP request of a connection, to tell whether it asks for a
/// WebSocket; whoever goes on reads it again, and strictly. One connection; loop thread only.
final class RequestHead extends ByteToMessageDecoder {
  /// A head that is longer than this is for nobody, and will be refused.
  private static final int HEAD_BYTES_MAX = 8 << 10;

  private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern WEBSOCKET =
      Pattern.compile("\\nupgrade:[^\\n]*websocket", Pattern.CASE_INSENSITIVE);

  private final Next next;

  /// How far the head has been searched for its end.
  private int searchedBytes;

  /// Decides what follows.
  interface Next {
    /// Adds the stages for what the client wants.
    void asked(ChannelHandlerContext context, boolean wantsWebSocket);
  }

  RequestHead(Next next) {
    this.next = next;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int end = end(in);
    if (end < 0 && in.readableBytes() < HEAD_BYTES_MAX) {
      searchedBytes = Math.max(0, in.readableBytes() - END.length + 1);
      return;
    }
    int length = end < 0 ? HEAD_BYTES_MAX : end;
    String head = in.toString(in.readerIndex(), length, StandardCharsets.ISO_8859_1);
    next.asked(context, WEBSOCKET.matcher(head).find());
    context.pipeline().remove(this); // What came goes on to the next stage.
  }

  /// Where the head ends, or -1 if its end has not come.
  private int end(ByteBuf in) {
    for (int at = searchedBytes; at + END.length <= in.readableBytes(); at++) {
      boolean isEnd = true;
      for (int i = 0; i < END.length && isEnd; i++) {
        isEnd = in.getByte(in.readerIndex() + at + i) == END[i];
      }
      if (isEnd) {
        return at;
      }
    }
    return -1;
  }
}
