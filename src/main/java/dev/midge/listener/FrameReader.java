package dev.midge.listener;

import dev.midge.codec.Framing;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts what a connection received into packets. Keeps bytes only when a read ends in the middle of
/// a packet, or when reading was stopped, and then as few as were received: never as many as a
/// packet announces. Loop thread only.
final class FrameReader {
  /// Takes one whole packet.
  interface Sink {
    /// Takes the packet of `length` bytes at `offset`; returns whether it wants the next one now.
    boolean packet(byte[] bytes, int offset, int length);
  }

  /// Packets up to this length are put together in the array of the loop, longer ones in one of
  /// their own.
  private static final int SCRATCH_BYTES_MAX = 128 << 10;

  private final int packetBytesMax;
  private final Sink sink;

  /// What is kept: `keptCount` bytes from the start of the array.
  private byte @Nullable [] kept;

  private int keptCount;

  /// The length of the packet that the kept bytes begin, or 0 when that is not known yet.
  private int wanted;

  /// Whether what is kept is the beginning of a packet that nothing but more bytes can go on with.
  private boolean isUnfinished;

  private boolean hasConnect;
  private boolean closed;

  FrameReader(int packetBytesMax, Sink sink) {
    this.packetBytesMax = packetBytesMax;
    this.sink = sink;
  }

  /// Whether bytes are kept.
  boolean hasKept() {
    return kept != null;
  }

  /// The memory that kept bytes take, in bytes.
  int keptBytes() {
    return kept == null ? 0 : kept.length;
  }

  /// How many bytes of a packet are there of which others are still to come.
  int unfinishedBytes() {
    return isUnfinished ? keptCount : 0;
  }

  /// Forgets what is kept and keeps nothing more.
  void close() {
    closed = true;
    take();
  }

  /// Takes all bytes of the buffer and gives whole packets to the sink for as long as it wants
  /// them.
  void read(ByteBuf in, NettyLoop loop) {
    if (keptCount + in.readableBytes() < wanted) {
      append(in);
      isUnfinished = true;
    } else if (wanted > SCRATCH_BYTES_MAX) {
      append(in);
      resume();
    } else {
      int start = keptCount;
      byte[] bytes = loop.scratch(start + in.readableBytes());
      if (kept != null) {
        System.arraycopy(kept, 0, bytes, 0, start);
        take();
      }
      int length = start + in.readableBytes();
      in.readBytes(bytes, start, length - start);
      cut(bytes, length);
    }
  }

  /// Takes all bytes of the buffer, to be given out by [#resume].
  void readLater(ByteBuf in) {
    append(in);
  }

  /// Goes on with what is kept.
  void resume() {
    int length = keptCount;
    byte[] bytes = take();
    if (bytes != null) {
      cut(bytes, length);
    }
  }

  private byte @Nullable [] take() {
    isUnfinished = false;
    byte[] bytes = kept;
    kept = null;
    keptCount = 0;
    wanted = 0;
    return bytes;
  }

  private void append(ByteBuf in) {
    int length = in.readableBytes();
    byte[] all = kept == null ? new byte[length] : kept;
    if (all.length - keptCount < length) {
      int enough = keptCount + length;
      int roomy = wanted > enough ? Math.min(wanted, 2 * all.length) : 2 * all.length;
      all = Arrays.copyOf(all, Math.max(enough, roomy));
    }
    in.readBytes(all, keptCount, length);
    kept = all;
    keptCount += length;
  }

  /// Gives out whole packets and keeps the rest.
  private void cut(byte[] bytes, int length) {
    int at = 0;
    boolean wanting = true;
    while (wanting && at < length) {
      int packetLength =
          hasConnect
              ? Framing.packetLength(bytes, at, length, packetBytesMax)
              : Framing.connectLength(bytes, at, length, packetBytesMax);
      if (packetLength == 0 || packetLength > length - at) {
        wanted = packetLength;
        isUnfinished = true;
        break;
      }
      hasConnect = true;
      at += packetLength;
      wanting = sink.packet(bytes, at - packetLength, packetLength);
    }
    if (at < length && !closed) {
      kept = Arrays.copyOfRange(bytes, at, length);
      keptCount = length - at;
    }
  }
}
