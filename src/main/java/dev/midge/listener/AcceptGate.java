package dev.midge.listener;

import dev.midge.broker.Counter;
import dev.midge.limit.Addresses;
import dev.midge.limit.Admission;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/// Turns connections away that come from an address that has enough, as they are accepted: before
/// they have a pipeline or a loop, let alone TLS. One that is turned away costs the system calls to
/// accept it and to reset it; the server keeps nothing of it. It stands in the pipeline of the port
/// of one listener; loop thread of the port only.
final class AcceptGate extends ChannelInboundHandlerAdapter {
  private final NettyLoops loops;
  private final Addresses addresses;
  private final Port port;
  private final Probes probes;
  private final int connectionsMax;
  private final AtomicInteger connections;

  /// @param port the port that they come to
  /// @param probes which connections the server opened, and count for no address or for another
  /// @param connectionsMax how many connections all listeners have at most
  /// @param connections how many they have
  AcceptGate(
      NettyLoops loops,
      Addresses addresses,
      Port port,
      Probes probes,
      int connectionsMax,
      AtomicInteger connections) {
    this.port = port;
    this.probes = probes;
    this.connectionsMax = connectionsMax;
    this.connections = connections;
    this.loops = loops;
    this.addresses = addresses;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    if (!(accepted instanceof Channel child)) {
      context.fireChannelRead(accepted);
    } else if (port.spec().transport() == Transport.OPERATOR) {
      if (probes.include(child)) {
        Visit.of(child).own();
      }
      context.fireChannelRead(accepted); // Who is to look after a full server must get in.
    } else if (connections.get() >= connectionsMax) {
      turnAway(context, child, Counter.CONNECTIONS_TURNED_AWAY);
    } else {
      admit(context, child);
    }
  }

  private void admit(ChannelHandlerContext context, Channel child) {
    ProxyDoor proxy = port.proxy();
    boolean isSite = port.spec().transport() == Transport.HTTP;
    InetSocketAddress guest = probes.guest(child);
    if (probes.include(child)) {
      Visit.of(child).own();
    } else if (guest != null) {
      Admission admission = Visit.of(child).comesFrom(guest, addresses);
      if (admission != Admission.ADMITTED) {
        turnAway(context, child, counter(admission));
        return;
      }
    } else if (!addresses.isUnlimited()
        && (proxy == null || !proxy.isProxy(child))
        && child.remoteAddress() instanceof InetSocketAddress remote) {
      Addresses.Entry entry =
          isSite ? addresses.enterSite(remote.getAddress()) : addresses.enter(remote.getAddress());
      if (entry.admission() != Admission.ADMITTED) {
        turnAway(context, child, counter(entry.admission()));
        return;
      }
      Visit.of(child).countFor(entry.address(), addresses);
    }
    connections.incrementAndGet();
    var _ = child.closeFuture().addListener(_ -> connections.decrementAndGet());
    context.fireChannelRead(child);
  }

  /// Resets the connection, which was not registered with any loop: what is closed in the ordinary
  /// way is remembered by the kernel for a minute.
  private void turnAway(ChannelHandlerContext context, Channel child, Counter reason) {
    loops.of(context.channel()).broker().count(reason);
    child.config().setOption(ChannelOption.SO_LINGER, 0);
    child.unsafe().closeForcibly();
  }

  /// What counts those that were turned away for this reason.
  static Counter counter(Admission admission) {
    return switch (admission) {
      case TOO_MANY_CONNECTS -> Counter.CONNECTS_OVER_RATE;
      case BANNED -> Counter.CONNECTS_WHILE_BANNED;
      case TOO_MANY_FAILURES -> Counter.CONNECTS_AFTER_FAILURES;
      default -> Counter.CONNECTIONS_OVER_ADDRESS;
    };
  }
}
