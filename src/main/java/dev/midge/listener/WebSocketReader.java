package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Reads the frames of a client (RFC 6455 section 5.2), strictly and without extensions. What a
/// data frame carries goes on as it comes, in pieces: a frame is never put together, so that none
/// is kept because its length was announced. One connection; loop thread only.
final class WebSocketReader extends ByteToMessageDecoder implements WebSocketFrameDecoder {
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private static final int CONTROL_BYTES_MAX = 125;
  private static final int LENGTH_OF_2_BYTES = 126;
  private static final int LENGTH_OF_8_BYTES = 127;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final FrameBounds bounds;

  /// Control frames and empty frames since some moment.
  private int controls;

  private long controlsSinceNanos = System.nanoTime();

  /// What is still to come of the data frame that is being read, in bytes.
  private long dataBytes;

  /// The mask, turned so that its first byte is for the next byte to come.
  private int mask;

  /// Whether a message has begun whose last frame has not come.
  private boolean isFragmented;

  private boolean isCorrupt;

  WebSocketReader(FrameBounds bounds) {
    this.bounds = bounds;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (isCorrupt) {
      in.skipBytes(in.readableBytes());
    } else if (dataBytes > 0) {
      int length = (int) Math.min(dataBytes, in.readableBytes());
      dataBytes -= length;
      out.add(new BinaryWebSocketFrame(unmasked(in, length)));
    } else {
      begin(in, out);
    }
  }

  /// Reads the header of a frame, once it is there as a whole: a control frame with all it carries.
  private void begin(ByteBuf in, List<Object> out) {
    if (in.readableBytes() < 2) {
      return;
    }
    int at = in.readerIndex();
    int first = in.getUnsignedByte(at);
    int second = in.getUnsignedByte(at + 1);
    int opcode = first & 0x0F;
    boolean isLast = (first & 0x80) != 0;
    int shortLength = second & 0x7F;
    require((first & 0x70) == 0, "reserved bits are set");
    require((second & 0x80) != 0, "frame is not masked");
    requireInPlace(opcode, isLast, shortLength);
    int lengthBytes =
        shortLength == LENGTH_OF_8_BYTES ? 8 : shortLength == LENGTH_OF_2_BYTES ? 2 : 0;
    int header = 2 + lengthBytes + 4;
    boolean isControl = opcode >= CLOSE;
    if (in.readableBytes() < header + (isControl ? shortLength : 0)) {
      return;
    }
    long length = length(in, at + 2, shortLength);
    mask = in.getInt(at + header - 4);
    in.skipBytes(header);
    if (isControl || length == 0) {
      countControl();
    }
    if (isControl) {
      out.add(control(opcode, unmasked(in, shortLength)));
    } else if (opcode == TEXT) {
      in.skipBytes(in.readableBytes());
      isCorrupt = true; // What follows would be its text.
      out.add(new TextWebSocketFrame(""));
    } else {
      isFragmented = !isLast;
      dataBytes = length;
    }
  }

  /// The clock is read once for as many as may come in a second.
  private void countControl() {
    int max = bounds.controlsPerSecondMax();
    if (max > 0 && ++controls > max) {
      long now = System.nanoTime();
      if (now - controlsSinceNanos < SECOND_NANOS) {
        bounds.whenTooMany().run();
        throw corrupt(WebSocketCloseStatus.POLICY_VIOLATION, "too many control frames");
      }
      controlsSinceNanos = now;
      controls = 1;
    }
  }

  private void requireInPlace(int opcode, boolean isLast, int shortLength) {
    switch (opcode) {
      case CONTINUATION -> require(isFragmented, "continuation of nothing");
      case TEXT, BINARY -> require(!isFragmented, "message begins within another");
      case CLOSE, PING, PONG ->
          require(isLast && shortLength <= CONTROL_BYTES_MAX, "control frame is not whole");
      default -> require(false, "unknown opcode " + opcode);
    }
  }

  private long length(ByteBuf in, int at, int shortLength) {
    long length = shortLength;
    if (shortLength == LENGTH_OF_2_BYTES) {
      length = in.getUnsignedShort(at);
      require(length >= LENGTH_OF_2_BYTES, "length not in its shortest form");
    } else if (shortLength == LENGTH_OF_8_BYTES) {
      length = in.getLong(at);
      require(length < 0 || length > 0xFFFF, "length not in its shortest form");
      require(length >= 0, "negative length");
    }
    if (length > bounds.bytesMax()) {
      throw corrupt(WebSocketCloseStatus.MESSAGE_TOO_BIG, "frame of " + length + " bytes");
    }
    return length;
  }

  private WebSocketFrame control(int opcode, ByteBuf payload) {
    return switch (opcode) {
      case PING -> new PingWebSocketFrame(payload);
      case PONG -> new PongWebSocketFrame(payload);
      default -> close(payload);
    };
  }

  /// A close frame carries nothing, or a status and perhaps some text (5.5.1).
  private CloseWebSocketFrame close(ByteBuf payload) {
    int length = payload.readableBytes();
    int at = payload.readerIndex();
    boolean hasStatus =
        length == 0
            || (length > 1 && WebSocketCloseStatus.isValidStatusCode(payload.getUnsignedShort(at)));
    boolean hasText =
        length <= 2 || ByteBufUtil.isText(payload, at + 2, length - 2, StandardCharsets.UTF_8);
    if (hasStatus && hasText) {
      return new CloseWebSocketFrame(true, 0, payload);
    }
    payload.release();
    throw hasStatus
        ? corrupt(WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "close frame without a valid text")
        : corrupt(WebSocketCloseStatus.PROTOCOL_ERROR, "close frame without a valid status");
  }

  /// The next `length` bytes, unmasked where they are (5.3).
  private ByteBuf unmasked(ByteBuf in, int length) {
    int at = in.readerIndex();
    int end = at + length;
    for (; at + 4 <= end; at += 4) {
      in.setInt(at, in.getInt(at) ^ mask);
    }
    for (; at < end; at++) {
      in.setByte(at, in.getByte(at) ^ mask >>> 24);
      mask = Integer.rotateLeft(mask, 8);
    }
    return in.readRetainedSlice(length);
  }

  private void require(boolean isSo, String otherwise) {
    if (!isSo) {
      throw corrupt(WebSocketCloseStatus.PROTOCOL_ERROR, otherwise);
    }
  }

  private CorruptedWebSocketFrameException corrupt(WebSocketCloseStatus status, String detail) {
    isCorrupt = true;
    return new CorruptedWebSocketFrameException(status, detail);
  }
}
