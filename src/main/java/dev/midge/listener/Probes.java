package dev.midge.listener;

import dev.midge.probe.OwnConnections;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The connections that the server opens to itself. Those by which it sees how it is are no
/// clients, and neither counted nor told of; those that it opens for a visitor of its web site
/// count for the address of that visitor. Any thread.
final class Probes implements OwnConnections {
  private static final InetAddress SERVER = new InetSocketAddress(0).getAddress();

  /// A loop that is behind hears of a connection when it is over already, but not later than this.
  private static final long LATE_NANOS = 30_000_000_000L;

  /// @param whose for whom it is opened, or the wildcard address for the server itself
  /// @param overNanos when it was over, or null while it is not
  private record Own(InetAddress whose, @Nullable Long overNanos) {}

  /// By where each comes from.
  private final Map<InetSocketAddress, Own> opened = new ConcurrentHashMap<>();

  @Override
  public void begin(InetSocketAddress from) {
    begin(from, SERVER);
  }

  @Override
  public void begin(InetSocketAddress from, InetAddress visitor) {
    long now = System.nanoTime();
    opened.values().removeIf(own -> own.overNanos() != null && now - own.overNanos() > LATE_NANOS);
    opened.put(from, new Own(visitor, null));
  }

  @Override
  public void end(InetSocketAddress from) {
    opened.computeIfPresent(from, (_, own) -> new Own(own.whose(), System.nanoTime()));
  }

  /// Whether the other end of this channel is the server itself, for its own sake.
  boolean include(Channel channel) {
    InetAddress whose = whose(channel);
    return whose != null && whose.equals(SERVER);
  }

  /// Whether the server is at the other end of this channel, for its own sake or for a visitor.
  boolean opened(Channel channel) {
    return whose(channel) != null;
  }

  /// Where the visitor is for whom the server opened the connection of this channel, or null.
  @Nullable InetSocketAddress guest(Channel channel) {
    InetAddress whose = whose(channel);
    return whose == null
            || whose.equals(SERVER)
            || !(channel.remoteAddress() instanceof InetSocketAddress remote)
        ? null
        : new InetSocketAddress(whose, remote.getPort());
  }

  private @Nullable InetAddress whose(Channel channel) {
    if (opened.isEmpty() || !(channel.remoteAddress() instanceof InetSocketAddress remote)) {
      return null;
    }
    Own own = opened.get(remote);
    return own == null ? null : own.whose();
  }
}
