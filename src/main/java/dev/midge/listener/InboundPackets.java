package dev.midge.listener;

import dev.midge.broker.Connection;
import dev.midge.broker.Limits;
import dev.midge.codec.UnacceptableConnect;
import dev.midge.packet.Packet;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/// What one channel brings: bytes are cut into packets, decoded and given to the broker for as long
/// as it wants them and the client has its turn; what comes then is kept until reading goes on.
/// What came before the client left is dealt with like anything else: it may end with a DISCONNECT,
/// and then there is no will to publish. [MQTT-3.14.4-3] Loop thread only.
final class InboundPackets {
  private final NettyWire wire;
  private final Channel channel;
  private final Connection connection;
  private final Limits limits;
  private final FrameReader frames;
  private final Turn turn = new Turn();

  /// Who the transport says the client is, or null if it does not know.
  private @Nullable String identity;

  /// Whether the broker wants packets.
  private boolean isWanted = true;

  /// Whether reading goes on by itself in a later turn.
  private boolean isYielding;

  /// Whether the client has sent all that it will.
  private boolean isFinished;

  /// What the loop knows of.
  private int countedBytes;

  InboundPackets(NettyWire wire, Channel channel, Connection connection, Limits limits) {
    this.wire = wire;
    this.channel = channel;
    this.connection = connection;
    this.limits = limits;
    this.frames = new FrameReader(limits.packetBytesMax(), this::packet);
  }

  /// Takes all bytes of the buffer.
  void read(ByteBuf bytes) {
    if (wire.isClosing()) {
      return;
    }
    NettyLoop loop = wire.loop();
    loop.readClock();
    int length = bytes.readableBytes();
    try {
      if (isWanted && !isYielding) {
        beginTurn(loop);
        frames.read(bytes, loop);
      } else {
        frames.readLater(bytes);
        channel.config().setAutoRead(false);
      }
    } catch (RuntimeException failure) {
      broken(failure);
    } finally {
      connection.arrived(length); // Not before: by now its version may be known.
      endTurn();
      measure();
    }
  }

  /// Stops or resumes reading, as the broker wants it.
  void wanted(boolean on) {
    isWanted = on;
    if (on && !wire.isClosing()) {
      // Not at once: the caller is in the middle of something.
      isYielding = true;
      NettyLoop here = wire.loop();
      here.execute(() -> resume(here));
    }
  }

  /// The transport knows who the client is.
  void identity(String userName) {
    identity = userName;
  }

  /// The client has sent all that it will, but may still read.
  void finished() {
    isFinished = true;
    endIfRead();
  }

  /// The channel is closed. That nobody reads the answers is no reason to wait any more.
  void lost() {
    if (!isWanted) {
      connection.writable();
    }
    endIfRead();
  }

  /// Whether bytes wait to be read.
  boolean hasKept() {
    return frames.hasKept();
  }

  /// The memory that an unfinished packet takes, or what waits to be read, in bytes.
  int keptBytes() {
    return frames.keptBytes();
  }

  /// Tells the loop how much memory is taken.
  void measure() {
    tell(frames.keptBytes());
  }

  /// The channel leaves for another loop, with reading stopped.
  void leave() {
    isYielding = false;
    tell(0);
  }

  /// Forgets what is kept and keeps nothing more.
  void close() {
    frames.close();
    measure();
  }

  private void tell(int bytes) {
    if (bytes != countedBytes) {
      int difference = bytes - countedBytes;
      countedBytes = bytes;
      wire.loop().inboundChanged(wire, difference, bytes > 0);
    }
  }

  private boolean packet(byte[] bytes, int offset, int length) {
    ProtocolVersion spoken = connection.version();
    Packet packet =
        spoken == null
            ? wire.loop()
                .decoder()
                .decodeConnect(bytes, offset, length, limits.userProperties())
                .identifiedAs(identity)
            : wire.loop()
                .decoder()
                .decode(
                    spoken,
                    bytes,
                    offset,
                    length,
                    limits.userProperties(),
                    limits.filtersPerSubscribeMax());
    connection.receive(packet);
    Pace pace = wire.pace();
    return isWanted
        && !wire.isClosing()
        && (pace == null || !pace.slows(packet, length, wire))
        && !yielded(length);
  }

  private void beginTurn(NettyLoop loop) {
    turn.begin(loop.nowNanos());
    Pace pace = wire.pace();
    if (pace != null) {
      pace.begin();
    }
  }

  private void endTurn() {
    Pace pace = wire.pace();
    if (pace != null) {
      pace.unfinished(frames.unfinishedBytes(), wire);
      pace.end();
    }
  }

  /// Whether the client has had its turn, after a packet of this length; then reading goes on
  /// later.
  private boolean yielded(int length) {
    if (!turn.isOverAfter(length)) {
      return false;
    }
    isYielding = true;
    channel.config().setAutoRead(false);
    NettyLoop here = wire.loop();
    here.executeLater(() -> resume(here));
    return true;
  }

  /// Reads on, unless the channel has left this loop since that was asked for.
  private void resume(NettyLoop here) {
    if (!wire.isOn(here)) {
      return;
    }
    isYielding = false;
    if (isWanted && !wire.isClosing()) {
      here.readClock();
      beginTurn(here);
      try {
        frames.resume();
      } catch (RuntimeException failure) {
        broken(failure);
      }
      endTurn();
      measure();
    }
    if (isWanted && !isYielding && !wire.isClosing() && !wire.isLost()) {
      channel.config().setAutoRead(true);
    }
    endIfRead();
  }

  /// Ends the connection of a client that has left, or has sent all that it will, when all of it
  /// was read.
  private void endIfRead() {
    boolean isRead = isWanted && !isYielding;
    boolean isOver = isRead ? isFinished || wire.isLost() : wire.isLost() && !frames.hasKept();
    if (isOver) {
      connection.closed();
    }
  }

  /// What was received cannot be decoded, by the client's fault or by ours.
  private void broken(RuntimeException failure) {
    switch (failure) {
      case ProtocolViolation violation -> connection.violated(violation);
      case UnacceptableConnect connect ->
          connection.refused(connect.version(), connect.violation());
      default -> connection.failed("decoding", failure);
    }
  }
}
