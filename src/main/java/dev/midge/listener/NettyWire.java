package dev.midge.listener;

import dev.midge.broker.Connection;
import dev.midge.broker.Counter;
import dev.midge.broker.Inspection.SessionFigures;
import dev.midge.broker.Limits;
import dev.midge.broker.Shares;
import dev.midge.broker.Wire;
import dev.midge.codec.Encoder;
import dev.midge.codec.PublishEncoder;
import dev.midge.limit.Addresses;
import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One channel as the broker sees it, and the last handler of its pipeline: it has a side for what
/// comes and one for what goes. Loop thread only; the loop changes once, by [#moveTo].
// Netty completes its futures on the loop; what fails comes back as exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class NettyWire extends ChannelInboundHandlerAdapter implements Wire {
  private final NettyLoops loops;
  private final Channel channel;
  private final Connection connection;
  private final InboundPackets inbound;
  private final OutboundBytes outbound;
  private final Visit visit;
  private final Addresses addresses;

  /// How fast the client may be, or null if it may be as fast as it can.
  private @Nullable Pace pace;

  private NettyLoop loop;
  private TransportEvent.@Nullable LastFrame lastFrame;
  private ProtocolVersion version = ProtocolVersion.MQTT_3_1_1;
  private long packetBytesMax = Long.MAX_VALUE;

  /// Whether it was closed from here.
  private boolean isClosing;

  /// Whether the channel is closed; what it brought may still be under way.
  private boolean isLost;

  /// @param visit whom it is counted for
  /// @param pace how fast the client may be, or null if it may be as fast as it can
  /// @param addresses who has how much
  NettyWire(
      NettyLoops loops,
      NettyLoop loop,
      Channel channel,
      Limits limits,
      Visit visit,
      @Nullable Pace pace,
      Addresses addresses) {
    this.addresses = addresses;
    this.visit = visit;
    this.pace = pace;
    this.loops = loops;
    this.loop = loop;
    this.channel = channel;
    this.outbound = new OutboundBytes(this, channel, loop);
    this.connection = loop.broker().open(this, limits);
    this.inbound = new InboundPackets(this, channel, connection, limits);
    visit.lastsAsLongAs(inbound::hasKept);
  }

  // From the network.

  @Override
  public void channelRead(ChannelHandlerContext context, Object received) {
    ByteBuf bytes = (ByteBuf) received;
    try {
      inbound.read(bytes);
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loop.readClock();
    isLost = true;
    outbound.release();
    outbound.leave();
    inbound.lost();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    loop.readClock();
    measureOutbound();
    if (isMute()) {
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
        inbound.finished();
      }
      case TransportEvent.Identified identified -> inbound.identity(identified.userName());
      case TransportEvent.Behind behind -> pace = behind.pace();
      case TransportEvent.HandedOver _ -> {
        isClosing = true;
        inbound.close();
        visit.welcome();
        connection.handedOver();
      }
      case TransportEvent.Framed framed -> lastFrame = framed.lastFrame();
      case TransportEvent.Refused refused -> {
        lastFrame = refused.lastFrame();
        connection.disconnect(refused.reason(), refused.detail());
      }
      case TransportEvent.Finished _ -> inbound.finished();
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

  // From the broker.

  @Override
  public void accept(ProtocolVersion version, long packetBytesMax) {
    this.version = version;
    this.packetBytesMax = packetBytesMax;
  }

  @Override
  public Shares shares() {
    if (visit.isOwn()) {
      return Shares.SERVER;
    }
    return visit.address().source() == null ? Shares.UNBOUNDED : visit.address();
  }

  @Override
  public void welcome() {
    visit.welcome();
  }

  @Override
  public boolean fits(Packet packet) {
    return Encoder.length(packet) <= packetBytesMax;
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
    if (!isMute()) {
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
    if (!isMute()) {
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
    inbound.wanted(on);
  }

  @Override
  public void moveTo(int index, Runnable arrived) {
    NettyLoop target = loops.loop(index);
    outbound.flush();
    outbound.leave();
    inbound.leave();
    if (isLost) { // There is nothing to register any more, but something to read.
      loop = target;
      target.execute(() -> arrive(arrived));
      return;
    }
    channel
        .deregister()
        .addListener(_ -> {
          loop = target;
          target
              .eventLoop()
              .register(channel)
              .addListener(registered -> {
                if (registered.isSuccess()) {
                  target.readClock();
                  arrive(arrived);
                } else { // Closed in between, and no loop hears of it.
                  target.execute(() -> {
                    isLost = true;
                    arrive(arrived);
                  });
                }
              });
        });
  }

  /// The channel is on its new loop.
  private void arrive(Runnable arrived) {
    outbound.moved(loop);
    loop.watchPace(this);
    inbound.measure();
    arrived.run();
    if (isLost) {
      inbound.lost();
    }
  }

  @Override
  public void close() {
    if (isClosing) {
      return;
    }
    boolean hasLastWords = !outbound.isEmpty() || lastFrame != null;
    boolean hasUnread = inbound.hasKept();
    outbound.flush();
    isClosing = true;
    inbound.close();
    if (isLost) {
      visit.left();
    } else if (hasLastWords || hasUnread || !channel.isWritable()) {
      if (lastFrame != null) {
        channel.write(lastFrame.make());
      }
      GentleClose.of(channel);
    } else {
      channel.close();
    }
  }

  @Override
  public byte[] limits(SessionFigures session, Limits limits) {
    InetSocketAddress client = client();
    return LimitsJson.text(
        client == null ? null : addresses.figures(client.getAddress()), pace, session, limits);
  }

  @Override
  public String remoteAddress() {
    return Visit.text(channel);
  }

  // What both sides ask, and the loop.

  /// Whether nothing is written any more.
  private boolean isMute() {
    return isClosing || isLost;
  }

  /// Whether nobody is to be read any more.
  boolean isClosing() {
    return isClosing;
  }

  /// Whether the channel is closed.
  boolean isLost() {
    return isLost;
  }

  /// How fast the client may be, or null if it may be as fast as it can.
  @Nullable Pace pace() {
    return pace;
  }

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

  /// Where the client is, or null when it has gone already.
  @Nullable InetSocketAddress client() {
    return Visit.client(channel);
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
    return inbound.keptBytes();
  }

  /// Ends the connection, whose unfinished packet takes more memory than any other's.
  void shedInbound() {
    loop.broker().count(Counter.CLIENTS_OVER_INBOUND);
    connection.disconnect(
        ReasonCode.QUOTA_EXCEEDED, "too many unfinished packets, and yours is the longest");
  }

  /// Ends the connection, which has more to read than any other, at once.
  void shedOutbound() {
    loop.broker().count(Counter.CLIENTS_OVER_OUTBOUND);
    connection.disconnect(ReasonCode.QUOTA_EXCEEDED, "too much was sent that is not read");
    channel.close();
  }
}
