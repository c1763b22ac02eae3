package dev.midge.listener;

import dev.midge.broker.Connection;
import dev.midge.broker.Limits;
import dev.midge.broker.Shares;
import dev.midge.broker.Wire;
import dev.midge.codec.Encoder;
import dev.midge.codec.PublishEncoder;
import dev.midge.codec.UnacceptableConnect;
import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One channel as the broker sees it, and the last handler of its pipeline: bytes in, packets to
/// the [Connection]; packets out, gathered in one buffer that is flushed once at the end of the
/// turn. Loop thread only; the loop changes once, by [#moveTo].
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class NettyWire extends ChannelInboundHandlerAdapter implements Wire {
  private final NettyLoops loops;
  private final Channel channel;
  private final FrameReader frames;
  private final Limits limits;
  private final Connection connection;
  private final OutboundBytes outbound;
  private final Visit visit;

  /// How fast the client may be, or null if it may be as fast as it can.
  private @Nullable Pace pace;

  private NettyLoop loop;
  private TransportEvent.@Nullable LastFrame lastFrame;
  private ProtocolVersion version = ProtocolVersion.MQTT_3_1_1;
  private long packetBytesMax = Long.MAX_VALUE;

  private boolean isReading = true;

  /// Whether reading goes on by itself in a later turn.
  private boolean isYielding;

  /// Whether the channel is closed; what it brought may still be under way.
  private boolean isGone;

  private final Turn turn = new Turn();
  private boolean isClosing;
  private int countedInbound;

  /// Who the transport says the client is, or null if it does not know.
  private @Nullable String identity;

  private boolean isFinished;

  /// @param visit whom it is counted for
  /// @param pace how fast the client may be, or null if it may be as fast as it can
  NettyWire(
      NettyLoops loops,
      NettyLoop loop,
      Channel channel,
      Limits limits,
      Visit visit,
      @Nullable Pace pace) {
    this.visit = visit;
    this.pace = pace;
    this.loops = loops;
    this.loop = loop;
    this.channel = channel;
    this.frames = new FrameReader(limits.packetBytesMax(), this::packet);
    this.limits = limits;
    this.outbound = new OutboundBytes(this, channel, loop);
    this.connection = loop.broker().open(this, limits);
  }

  // From the network.

  @Override
  public void channelRead(ChannelHandlerContext context, Object received) {
    ByteBuf bytes = (ByteBuf) received;
    try {
      if (isClosing) {
        return;
      }
      loop.readClock();
      if (isReading && !isYielding) {
        beginTurn();
        frames.read(bytes, loop);
      } else {
        frames.readLater(bytes);
        channel.config().setAutoRead(false);
      }
    } catch (RuntimeException failure) {
      broken(failure);
    } finally {
      endTurn();
      bytes.release();
      measureInbound();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    isGone = true;
    if (!isYielding) {
      gone();
    }
  }

  /// The channel is closed, and what came before that was dealt with.
  private void gone() {
    loop.readClock();
    isClosing = true;
    frames.close();
    measureInbound();
    outbound.release();
    outbound.leave();
    connection.closed();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    loop.readClock();
    measureOutbound();
    if (isClosing) {
      return;
    }
    if (channel.isWritable()) {
      connection.writable();
    } else {
      connection.unwritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    loop.readClock();
    switch (event) {
      case TransportEvent.Ended ended -> {
        lastFrame = ended.lastFrame();
        connection.closed();
      }
      case TransportEvent.Identified identified -> identity = identified.userName();
      case TransportEvent.Behind behind -> pace = behind.pace();
      case TransportEvent.HandedOver _ -> {
        isClosing = true;
        visit.welcome();
        connection.handedOver();
      }
      case TransportEvent.Framed framed -> lastFrame = framed.lastFrame();
      case TransportEvent.Refused refused -> {
        lastFrame = refused.lastFrame();
        connection.disconnect(refused.reason(), refused.detail());
      }
      case TransportEvent.Finished _ -> {
        isFinished = true;
        endIfFinished();
      }
      default -> {}
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    switch (cause) {
      case IOException _ -> channel.close();
      case RuntimeException failure -> connection.failed("channel", failure);
      default -> connection.failed("channel", new IllegalStateException(cause));
    }
  }

  private boolean packet(byte[] bytes, int offset, int length) {
    ProtocolVersion spoken = connection.version();
    Packet packet =
        spoken == null
            ? loop.decoder()
                .decodeConnect(bytes, offset, length, limits.userPropertiesMax())
                .identifiedAs(identity)
            : loop.decoder()
                .decode(
                    spoken,
                    bytes,
                    offset,
                    length,
                    limits.userPropertiesMax(),
                    limits.filtersPerSubscribeMax());
    connection.receive(packet);
    return isReading
        && !isClosing
        && (pace == null || !pace.slows(packet, length, this))
        && !yielded(length);
  }

  private void beginTurn() {
    turn.begin(loop.nowNanos());
    if (pace != null) {
      pace.begin();
    }
  }

  private void endTurn() {
    if (pace != null) {
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
    NettyLoop here = loop;
    here.executeLater(() -> resumeReading(here));
    return true;
  }

  /// Ends the connection of a client that has sent all it will, when all of it was read.
  private void endIfFinished() {
    if (isFinished && isReading && !isYielding && !isClosing) {
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

  // From the broker.

  @Override
  public void accept(ProtocolVersion version, long packetBytesMax) {
    this.version = version;
    this.packetBytesMax = packetBytesMax;
  }

  @Override
  public Shares shares() {
    return visit.address().source() == null ? Shares.UNBOUNDED : visit.address();
  }

  @Override
  public void welcome() {
    visit.welcome();
  }

  @Override
  public boolean send(Packet packet) {
    long length = Encoder.length(packet);
    Packet fitting = packet;
    if (length > packetBytesMax) {
      fitting = Encoder.withoutProperties(packet);
      length = Encoder.length(fitting);
    }
    if (length > packetBytesMax) {
      return false;
    }
    if (!isClosing) {
      Encoder.encode(fitting, version, outbound.room((int) length));
    }
    return true;
  }

  @Override
  public boolean publish(
      Message message,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      int[] subscriptionIds,
      long expirySeconds,
      int topicAlias,
      boolean onlyAlias) {
    int remainingLength =
        PublishEncoder.remainingLength(
            version,
            onlyAlias ? 0 : message.topic().length(),
            qos,
            message.payload().length,
            message.properties(),
            subscriptionIds,
            expirySeconds,
            topicAlias);
    long length = PublishEncoder.packetLength(remainingLength);
    if (length > packetBytesMax || length > 268_435_460) {
      return false;
    }
    if (!isClosing) {
      PublishEncoder.encode(
          outbound.room((int) length),
          remainingLength,
          version,
          message.topic(),
          onlyAlias,
          qos,
          retain,
          duplicate,
          packetId,
          message.payload(),
          message.properties(),
          subscriptionIds,
          expirySeconds,
          topicAlias);
    }
    return true;
  }

  @Override
  public long pendingBytes() {
    return outbound.pending();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable() && (pace == null || !pace.isHoldingBack());
  }

  @Override
  public void reading(boolean on) {
    isReading = on;
    if (on && !isClosing) {
      // Not at once: the caller is in the middle of something.
      NettyLoop here = loop;
      here.execute(() -> resumeReading(here));
    }
  }

  @Override
  public void moveTo(int index, Runnable arrived) {
    outbound.flush();
    isYielding = false;
    outbound.leave();
    loop.inboundChanged(this, -countedInbound, false);
    countedInbound = 0;
    NettyLoop target = loops.loop(index);
    channel
        .deregister()
        .addListener(_ -> {
          loop = target;
          outbound.moved(target);
          target
              .eventLoop()
              .register(channel)
              .addListener(registered -> {
                if (registered.isSuccess()) {
                  target.readClock();
                  target.watchPace(this);
                  measureInbound();
                  arrived.run();
                } else {
                  channel.close();
                }
              });
        });
  }

  @Override
  public void close() {
    if (isClosing) {
      return;
    }
    boolean hasLastWords = !outbound.isEmpty() || lastFrame != null;
    boolean hasUnread = frames.hasKept();
    outbound.flush();
    isClosing = true;
    frames.close();
    measureInbound();
    if (hasLastWords || hasUnread || !channel.isWritable()) {
      if (lastFrame != null) {
        channel.write(lastFrame.make());
      }
      GentleClose.of(channel);
    } else {
      channel.close();
    }
  }

  @Override
  public String remoteAddress() {
    return Visit.text(channel);
  }

  // Gathering and flushing.

  /// Whether the channel belongs to this loop.
  boolean isOn(NettyLoop other) {
    return loop == other;
  }

  /// Writes what was gathered, unless the client has got as much as it may for now.
  void flush() {
    if (pace == null) {
      outbound.flush();
    } else {
      pace.flush(outbound, this);
    }
  }

  /// Goes on with what waits for the client to have rested, if it has; returns whether something
  /// still waits.
  boolean keepsWaiting() {
    return pace != null && !isClosing && pace.keepsWaiting(outbound, this);
  }

  /// The loop that the channel belongs to.
  NettyLoop loop() {
    return loop;
  }

  /// The broker's end.
  Connection connection() {
    return connection;
  }

  /// Tells the loop how much this wire waits to send.
  void measureOutbound() {
    outbound.measure();
  }

  /// The memory that an unfinished packet takes, in bytes.
  int keptBytes() {
    return frames.keptBytes();
  }

  /// Ends the connection, whose unfinished packet takes more memory than any other's.
  void shedInbound() {
    connection.disconnect(
        ReasonCode.QUOTA_EXCEEDED, "too many unfinished packets, and yours is the longest");
  }

  /// Ends the connection, which has more to read than any other, at once.
  void shedOutbound() {
    connection.disconnect(ReasonCode.QUOTA_EXCEEDED, "too much was sent that is not read");
    channel.close();
  }

  /// Tells the loop how much memory an unfinished packet takes.
  private void measureInbound() {
    int bytes = frames.keptBytes();
    if (bytes != countedInbound) {
      int difference = bytes - countedInbound;
      countedInbound = bytes;
      loop.inboundChanged(this, difference, bytes > 0);
    }
  }

  /// Reads on, unless the channel has left this loop since that was asked for.
  private void resumeReading(NettyLoop here) {
    if (!isOn(here)) {
      return;
    }
    isYielding = false;
    if (isReading && !isClosing) {
      readOn();
    }
    if (isGone && !isYielding) {
      gone();
    }
  }

  private void readOn() {
    loop.readClock();
    beginTurn();
    try {
      frames.resume();
    } catch (RuntimeException failure) {
      broken(failure);
    }
    endTurn();
    measureInbound();
    if (isReading && !isYielding && !isClosing) {
      channel.config().setAutoRead(true);
      endIfFinished();
    }
  }
}
