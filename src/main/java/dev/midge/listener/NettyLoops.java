package dev.midge.listener;

import dev.midge.broker.Broker;
import dev.midge.broker.Loop;
import dev.midge.limit.Addresses;
import dev.midge.limit.CommonBucket;
import dev.midge.limit.Rate;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The event loops of the server, in a fixed order: the place of a loop in it is what the home of a
/// client is found by. Native epoll where there is one, else NIO.
public final class NettyLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final List<NettyLoop> loops = new ArrayList<>();
  private final CommonBucket bytesOut;

  /// What would hold up a loop, such as a signature. Each TLS handshake has one task at a time, and
  /// there are only so many of them.
  private final ExecutorService aside =
      Executors.newFixedThreadPool(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
          new DefaultThreadFactory("tls-work", true));

  /// Starts this many loops.
  ///
  /// @param inboundBytesMax the memory that unfinished packets of all connections may take, in
  ///   bytes
  /// @param bytesOut how much goes to all MQTT clients together
  public NettyLoops(int count, long inboundBytesMax, Rate bytesOut) {
    this.bytesOut = new CommonBucket(bytesOut);
    var threads = new DefaultThreadFactory("mqtt-loop");
    this.group =
        Epoll.isAvailable()
            ? new EpollEventLoopGroup(count, threads)
            : new NioEventLoopGroup(count, threads);
    MonotonicClock clock = new MonotonicClock();
    InboundBudget inbound = new InboundBudget(inboundBytesMax);
    for (EventExecutor executor : group) {
      loops.add(new NettyLoop((EventLoop) executor, clock, inbound));
    }
  }

  /// The loops in their order, for making a [Broker].
  public List<? extends Loop> all() {
    return loops;
  }

  /// Gives each loop its part of the broker.
  public void start(Broker broker) {
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).start(broker.loop(i));
    }
  }

  /// Ends the connections of those who are banned by now, in the next tick of each loop: whoever is
  /// banned how often, the loops look once for all of them. Any thread.
  public void endBanned(Addresses addresses) {
    loops.forEach(loop -> loop.endBanned(addresses));
  }

  /// Whether every loop does what it is given to do, within so many milliseconds for all of them.
  /// Blocks for as long.
  public boolean turn(long withinMillis) {
    CountDownLatch left = new CountDownLatch(loops.size());
    loops.forEach(loop -> loop.execute(left::countDown));
    try {
      return left.await(withinMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// How the operating system is asked for events: `epoll` or `nio`.
  public String transport() {
    return Epoll.isAvailable() ? "epoll" : "nio";
  }

  /// Stops all loops, when what they do is done, and waits for that.
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    aside.shutdown();
  }

  /// Does what would hold up a loop. Any thread.
  Executor aside() {
    return aside;
  }

  /// What is left of that which may go to all MQTT clients together, or null if it is any amount.
  @Nullable CommonBucket bytesOut() {
    return bytesOut.isNone() ? null : bytesOut;
  }

  EventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  NettyLoop loop(int index) {
    return loops.get(index);
  }

  /// The loop that the channel is registered with.
  @SuppressWarnings("ReferenceEquality") // There is one object for each loop.
  NettyLoop of(Channel channel) {
    for (NettyLoop loop : loops) {
      if (loop.eventLoop() == channel.eventLoop()) {
        return loop;
      }
    }
    throw new IllegalStateException("channel of another group");
  }
}
