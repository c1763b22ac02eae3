package dev.midge.listener;

import dev.midge.listener.Endpoint.Proof;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A port that is open, and the listener behind it, which may give way to another while the port
/// stays open. Each connection stays with the listener that it came to.
final class Port extends ChannelInitializer<Channel> {
  /// Lets a port be opened at one address while it is open at another that is one of the same, or
  /// the other way round. Only as long as that is so: two servers would not notice each other.
  static final ChannelOption<Boolean> SHARED =
      Epoll.isAvailable()
          ? UnixChannelOption.SO_REUSEPORT
          : NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);

  /// How long those have who are just connecting when another port takes the place of one.
  private static final int DRAIN_MILLIS = 100;

  private final AtomicInteger connections = new AtomicInteger();
  private volatile Behind behind;
  private volatile @Nullable Channel channel;

  /// A listener.
  ///
  /// @param tls how its connections begin, or null without TLS
  /// @param proxy whose connections count for others, or null
  /// @param proof what came of the test of its TLS
  record Behind(
      ListenerSpec spec,
      @Nullable TlsDoor tls,
      @Nullable ProxyDoor proxy,
      MqttPipeline pipeline,
      Proof proof) {}

  Port(Behind behind) {
    this.behind = behind;
  }

  /// Gives those who connect from now on another listener.
  void become(Behind other) {
    behind = other;
  }

  /// The port is open.
  void bound(Channel bound) {
    channel = bound;
  }

  /// The listener behind it.
  ListenerSpec spec() {
    return behind.spec;
  }

  /// What came of the test of its TLS.
  Proof proof() {
    return behind.proof;
  }

  /// The test of its TLS was done, unless another listener has taken the place of the one tested.
  void proved(ListenerSpec tested, Proof proof) {
    Behind now = behind;
    if (now.spec.equals(tested)) {
      behind = new Behind(now.spec, now.tls, now.proxy, now.pipeline, proof);
    }
  }

  /// How connections begin, or null without TLS.
  @Nullable TlsDoor tls() {
    return behind.tls;
  }

  /// Whose connections count for others, or null.
  @Nullable ProxyDoor proxy() {
    return behind.proxy;
  }

  /// The number of the port, 1 to 65,535.
  int number() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("not open yet");
    }
    return ((InetSocketAddress) open.localAddress()).getPort();
  }

  /// Whether it is open. Any thread.
  boolean isOpen() {
    Channel open = channel;
    return open != null && open.isOpen();
  }

  /// How many connections came here and are open.
  int connections() {
    return connections.get();
  }

  /// Sets whether its number can be opened at another address as well.
  void isShared(boolean isShared) {
    Channel open = channel;
    if (open != null) {
      open.config().setOption(SHARED, isShared);
    }
  }

  /// Closes it when those have been accepted who are just connecting: others have another port to
  /// go to already. Returns when it is free for others.
  void drain() {
    Channel open = channel;
    if (open != null) {
      var _ =
          open.eventLoop()
              .schedule(
                  () -> {
                    var _ = open.close();
                  },
                  DRAIN_MILLIS,
                  TimeUnit.MILLISECONDS);
      open.closeFuture().awaitUninterruptibly();
    }
  }

  /// Closes it; connections stay. Returns when it is free for others.
  void close() {
    Channel open = channel;
    if (open != null) {
      open.close().awaitUninterruptibly();
    }
  }

  @Override
  protected void initChannel(Channel accepted) {
    behind.pipeline.begin(accepted, connections);
  }

  @Override
  public boolean isSharable() {
    return true;
  }
}
