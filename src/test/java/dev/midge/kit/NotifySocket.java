package dev.midge.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The end of systemd's notification socket that systemd has.
public final class NotifySocket implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final EpollEventLoopGroup loop = new EpollEventLoopGroup(1);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Path path;

  private NotifySocket(Path path) {
    this.path = path;
  }

  /// Opens one.
  public static NotifySocket at(Path path) {
    NotifySocket socket = new NotifySocket(path);
    new Bootstrap()
        .group(socket.loop)
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(
                  ChannelHandlerContext context, DomainDatagramPacket packet) {
                socket.told.add(packet.content().toString(StandardCharsets.UTF_8));
              }
            })
        .bind(new DomainSocketAddress(path.toString()))
        .syncUninterruptibly();
    return socket;
  }

  /// What a service finds in its environment.
  ///
  /// @param watchdogMicros how often it is to say that it works
  public Map<String, String> environment(String watchdogMicros) {
    return Map.of("NOTIFY_SOCKET", path.toString(), "WATCHDOG_USEC", watchdogMicros);
  }

  /// The next message; waits for it.
  public String next() throws InterruptedException {
    String next = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("what a server tells").isNotNull();
    return next;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
