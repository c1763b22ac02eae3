package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// What one channel is to send: packets are gathered in one buffer, which is flushed once at the
/// end of the turn. Loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class OutboundBytes {
  /// What is gathered is written when it would grow beyond this.
  private static final int BUFFER_BYTES_MAX = 16 << 10;

  private static final int BUFFER_BYTES_MIN = 128;

  private final NettyWire wire;
  private final Channel channel;
  private NettyLoop loop;

  /// What is gathered, or null.
  private @Nullable ByteBuf gathered;

  /// How much was gathered in the last turn: the next one will want about as much.
  private int usualBytes = BUFFER_BYTES_MIN;

  private boolean isUnflushed;

  /// What was gathered since somebody asked.
  private long gatheredBytes;

  /// What the loop knows of.
  private long countedBytes;

  OutboundBytes(NettyWire wire, Channel channel, NettyLoop loop) {
    this.wire = wire;
    this.channel = channel;
    this.loop = loop;
  }

  /// Whether nothing is gathered.
  boolean isEmpty() {
    return gathered == null;
  }

  /// What is gathered, and what was written that the socket has not taken, in bytes.
  long pending() {
    ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
    return (gathered == null ? 0 : gathered.readableBytes())
        + (written == null ? 0 : written.totalPendingWriteBytes());
  }

  /// How many bytes were gathered since this was last asked.
  long gathered() {
    long bytes = gatheredBytes;
    gatheredBytes = 0;
    return bytes;
  }

  /// The buffer to append `length` bytes to.
  ByteBuf room(int length) {
    loop.gathered(length);
    gatheredBytes += length;
    ByteBuf buffer = gathered;
    if (buffer != null
        && buffer.writableBytes() < length
        && buffer.readableBytes() + length > BUFFER_BYTES_MAX) {
      gathered = null;
      wire.connection().flushed(buffer.readableBytes());
      channel.write(buffer, channel.voidPromise());
      buffer = null;
      usualBytes = BUFFER_BYTES_MAX;
    }
    if (buffer == null) {
      buffer = channel.alloc().directBuffer(Math.max(length, usualBytes));
      gathered = buffer;
    }
    if (!isUnflushed) {
      isUnflushed = true;
      loop.flushLater(wire);
    }
    return buffer;
  }

  /// Writes what was gathered.
  void flush() {
    isUnflushed = false;
    ByteBuf buffer = gathered;
    if (buffer != null) {
      gathered = null;
      wire.connection().flushed(buffer.readableBytes());
      usualBytes = Math.clamp(buffer.readableBytes(), BUFFER_BYTES_MIN, BUFFER_BYTES_MAX);
      channel.writeAndFlush(buffer, channel.voidPromise());
    }
    measure();
  }

  /// Tells the loop how much waits to be sent.
  void measure() {
    tell(pending());
  }

  /// Tells the loop that nothing waits on it any more, since the channel closed or leaves for
  /// another loop.
  void leave() {
    tell(0);
  }

  /// The channel is on another loop now.
  void moved(NettyLoop target) {
    loop = target;
  }

  /// Forgets what was gathered.
  void release() {
    if (gathered != null) {
      gathered.release();
      gathered = null;
    }
  }

  private void tell(long bytes) {
    if (bytes != countedBytes) {
      loop.outboundChanged(wire, bytes - countedBytes, bytes > 0);
      countedBytes = bytes;
    }
  }
}
