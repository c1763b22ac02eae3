package dev.midge.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// One connection to the broker: says CONNECT, cuts what it receives into packets where they lie,
/// and gathers its answers to the packets of one read. Loop thread only.
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
abstract class Client extends ChannelInboundHandlerAdapter {

  /// What a client tells of itself.
  interface Watcher {
    /// It was let in, and is subscribed if it is to be.
    void ready(Client client);

    /// The connection is gone, although the client did not close it, or was never let in.
    void failed(Client client, String why);

    /// The client closed the connection, and it is gone.
    default void closed(Client client) {}
  }

  private final byte[] connect;
  private final Watcher watcher;

  private @Nullable Channel channel;

  /// The beginning of a packet that was not received to its end, or null.
  private @Nullable ByteBuf begun;

  /// Answers to what the present read brought, or null.
  private @Nullable ByteBuf answers;

  private boolean isClosing;
  private boolean isFailed;

  Client(byte[] connect, Watcher watcher) {
    this.connect = connect;
    this.watcher = watcher;
  }

  // What comes, for the kinds of clients to take.

  /// The broker let the client in.
  abstract void accepted();

  /// A PUBLISH came, whose bytes after the fixed header are those from `bodyAt` to before `end`.
  abstract void published(ByteBuf in, int firstByte, int bodyAt, int end);

  /// A packet came that is about the PUBLISH or SUBSCRIBE of this identifier.
  abstract void answered(int type, int packetId);

  // What the kinds of clients use.

  final Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected");
    }
    return channel;
  }

  final void ready() {
    watcher.ready(this);
  }

  /// Sends a packet at once.
  final void send(byte[] frame) {
    channel().writeAndFlush(channel().alloc().directBuffer(frame.length).writeBytes(frame));
  }

  /// Sends a packet of four bytes when the present read has ended.
  final void answer(int firstByte, int packetId) {
    if (answers == null) {
      answers = channel().alloc().directBuffer(1024);
    }
    answers.writeInt(firstByte << 24 | 2 << 16 | packetId);
  }

  /// Takes leave.
  final void leave() {
    isClosing = true;
    if (channel != null && channel.isActive()) {
      send(Frames.disconnect());
      channel.close();
    }
  }

  /// Is gone without a word.
  final void cut() {
    isClosing = true;
    if (channel != null) {
      channel.pipeline().firstContext().close(); // Past TLS and WebSocket, which would say it.
    }
  }

  // From the network.

  @Override
  public final void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    send(connect);
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object received) {
    ByteBuf in = (ByteBuf) received;
    try {
      if (begun != null) {
        completeBegun(begun, in);
      }
      if (in.isReadable()) {
        packets(in);
      }
      if (in.isReadable()) {
        int packetLength = packetLength(in, in.readerIndex(), in.writerIndex());
        begun = channel().alloc().directBuffer(Math.max(packetLength, 256)).writeBytes(in);
      }
    } finally {
      in.release();
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext context) {
    if (answers != null) {
      channel().writeAndFlush(answers, channel().voidPromise());
      answers = null;
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    if (begun != null) {
      begun.release();
      begun = null;
    }
    if (answers != null) {
      answers.release();
      answers = null;
    }
    if (isClosing && !isFailed) {
      watcher.closed(this);
    } else {
      fail("the broker closed the connection");
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(cause.toString());
    context.close();
  }

  private void fail(String why) {
    if (!isClosing) {
      isClosing = true;
      isFailed = true;
      watcher.failed(this, why);
    }
  }

  /// Moves bytes until the packet that was begun is complete, and takes it.
  private void completeBegun(ByteBuf packet, ByteBuf in) {
    while (in.isReadable()) {
      int length = packetLength(packet, 0, packet.writerIndex());
      int missing = length == 0 ? 1 : length - packet.readableBytes();
      packet.writeBytes(in, Math.min(missing, in.readableBytes()));
      if (length > 0 && packet.readableBytes() == length) {
        packets(packet);
        packet.release();
        begun = null;
        return;
      }
    }
    // A packet may have ended with the last byte of its header.
    if (packetLength(packet, 0, packet.writerIndex()) == packet.readableBytes()) {
      packets(packet);
      packet.release();
      begun = null;
    }
  }

  /// Takes all whole packets.
  private void packets(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      int length = packetLength(in, at, end);
      if (length == 0 || length > end - at) {
        break;
      }
      packet(in, at, at + length);
      at += length;
    }
    in.readerIndex(at);
  }

  private void packet(ByteBuf in, int at, int end) {
    int firstByte = in.getUnsignedByte(at);
    int type = firstByte >>> 4;
    int bodyAt = bodyAt(in, at);
    switch (type) {
      case Frames.PUBLISH -> published(in, firstByte, bodyAt, end);
      case Frames.PUBACK, Frames.PUBREC, Frames.PUBREL, Frames.PUBCOMP, Frames.SUBACK ->
          answered(type, in.getUnsignedShort(bodyAt));
      case Frames.CONNACK -> {
        int code = in.getUnsignedByte(bodyAt + 1);
        if (code == 0) {
          accepted();
        } else {
          fail("the broker refused the connection with code " + code);
        }
      }
      default -> {}
    }
  }

  private static int bodyAt(ByteBuf in, int at) {
    int bodyAt = at + 1;
    while (in.getByte(bodyAt) < 0) {
      bodyAt++;
    }
    return bodyAt + 1;
  }

  /// The length of the packet at `at`, or 0 when its header does not end before `end`.
  private static int packetLength(ByteBuf in, int at, int end) {
    int remainingLength = 0;
    for (int i = 1; i <= 4 && at + i < end; i++) {
      int next = in.getByte(at + i);
      remainingLength |= (next & 0x7F) << (7 * (i - 1));
      if (next >= 0) {
        return 1 + i + remainingLength;
      }
    }
    return 0;
  }
}
