package dev.midge.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The event loop that the clients of a run live on. Its methods are for the thread of the command,
/// except where they say otherwise.
// Netty completes its futures on the loop; what fails is told to the watcher.
@SuppressWarnings("FutureReturnValueIgnored")
final class Generator implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;
  private static final int CONNECTING_MAX = 64;

  private static final double POLL_SECONDS = 0.005;
  private static final int QUIET_POLLS = 1000;
  private static final int ADDRESSES = 16;
  private static final List<InetAddress> LOOPBACK = loopbackAddresses();

  private static final int KNOCK_MILLIS = 20;

  private static final InetAddress FLOODER = loopback(99);

  private final Target target;
  private final @Nullable TlsClients tls;
  private final @Nullable WebSocketClients webSockets;
  private final EventLoopGroup group;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private int connections;

  Generator(Target target) {
    this.target = target;
    this.tls = target.tls() == null ? null : new TlsClients(target.tls());
    this.webSockets = target.path().isEmpty() ? null : new WebSocketClients(target.webSocketUri());
    DefaultThreadFactory threads = new DefaultThreadFactory("load", true);
    this.group =
        Epoll.isAvailable()
            ? new EpollEventLoopGroup(1, threads)
            : new NioEventLoopGroup(1, threads);
    this.loop = group.next();
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true);
  }

  /// The loop itself.
  EventLoop loop() {
    return loop;
  }

  /// Does something on the loop and returns what comes of it.
  <T> T call(Callable<T> task) {
    return await(loop.submit(task));
  }

  /// Does something on the loop.
  void run(Runnable task) {
    await(loop.submit(task, true));
  }

  /// Waits.
  void pause(double seconds) {
    long nanos = (long) (seconds * 1e9);
    await(loop.schedule(() -> true, nanos, TimeUnit.NANOSECONDS));
  }

  /// Waits until a count that the loop keeps has grown to `wanted`, or has not grown for five
  /// seconds; returns what it is then.
  long awaitCount(LongSupplier count, long wanted) {
    long last = -1;
    for (int quiet = 0; quiet < QUIET_POLLS; quiet++) {
      long now = call(count::getAsLong);
      if (now >= wanted) {
        return now;
      }
      quiet = now == last ? quiet : 0;
      last = now;
      pause(POLL_SECONDS);
    }
    return last;
  }

  /// Connects clients, a few at a time, and returns when all are ready.
  ///
  /// @param make makes one that reports to the watcher given
  <C extends Client> List<C> connectAll(int count, Client.Watcher watcher, MakeClient<C> make) {
    Semaphore room = new Semaphore(CONNECTING_MAX);
    AtomicReference<String> failure = new AtomicReference<>("");
    Client.Watcher counting =
        new Client.Watcher() {
          @Override
          public void ready(Client client) {
            room.release();
          }

          @Override
          public void failed(Client client, String why) {
            failure.compareAndSet("", why);
            watcher.failed(client, why);
            room.release();
          }
        };
    List<C> clients = new ArrayList<>(count);
    for (int i = 0; i < count && failure.get().isEmpty(); i++) {
      acquire(room, 1);
      C client = make.make(i, counting);
      clients.add(client);
      run(() -> connect(client, counting));
    }
    acquire(room, CONNECTING_MAX);
    if (!failure.get().isEmpty()) {
      throw new LoadFailure(
          "%s: %d of %d clients were connected, then: %s"
              .formatted(target.name(), clients.size() - 1, count, failure.get()));
    }
    return clients;
  }

  /// Makes the client with a number.
  interface MakeClient<C extends Client> {
    C make(int number, Client.Watcher watcher);
  }

  /// Begins to connect a client. Loop thread only.
  void connect(Client client, Client.Watcher watcher) {
    bootstrap
        .clone()
        .handler(pipeline(client))
        .connect(target.address(), localAddress())
        .addListener(connected -> {
          if (!connected.isSuccess()) {
            watcher.failed(client, String.valueOf(connected.cause().getMessage()));
          }
        });
  }

  /// What lies between a client and the network, and the client itself.
  private ChannelHandler pipeline(Client client) {
    if (tls == null && webSockets == null) {
      return client;
    }
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (tls != null) {
          channel.pipeline().addLast(tls.handler(channel, target.address()));
        }
        if (webSockets != null) {
          webSockets.addTo(channel.pipeline());
        }
        channel.pipeline().addLast(client);
      }
    };
  }

  /// How many clients could not resume a session that should; 0 if none should.
  long notResumed() {
    return tls == null || target.tls() == null || !target.tls().resumes()
        ? 0
        : tls.wholeHandshakes();
  }

  /// Opens a connection from an address that no client comes from, and forgets it as soon as it is
  /// open or is refused. Loop thread only.
  ///
  /// @param done what follows
  void knock(Runnable done) {
    bootstrap
        .clone()
        .option(ChannelOption.SO_LINGER, 0)
        .handler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelActive(ChannelHandlerContext context) {
                // The broker is to see it before it is gone.
                context
                    .channel()
                    .eventLoop()
                    .schedule(() -> context.close(), KNOCK_MILLIS, TimeUnit.MILLISECONDS);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
              }
            })
        .connect(target.address(), target.isLoopback() ? new InetSocketAddress(FLOODER, 0) : null)
        .channel()
        .closeFuture()
        .addListener(_ -> done.run());
  }

  /// Where the next connection comes from: on this machine from one address after the other, since
  /// an address has too few ports for a storm; elsewhere the system knows.
  private @Nullable SocketAddress localAddress() {
    int turn = connections++ % ADDRESSES;
    boolean isChoice = Epoll.isAvailable() && target.isLoopback();
    return isChoice && target.address().getAddress() instanceof Inet4Address
        ? new InetSocketAddress(LOOPBACK.get(turn), 0)
        : null;
  }

  private static List<InetAddress> loopbackAddresses() {
    List<InetAddress> addresses = new ArrayList<>();
    for (int i = 1; i <= ADDRESSES; i++) {
      addresses.add(loopback(i));
    }
    return addresses;
  }

  private static InetAddress loopback(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void acquire(Semaphore room, int permits) {
    try {
      if (!room.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new LoadFailure("the broker did not answer for " + PATIENCE_SECONDS + " seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("interrupted", e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("interrupted", e);
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      throw new IllegalStateException("the load generator failed", e);
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
