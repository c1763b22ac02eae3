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
  /// Where each comes from, and for whom, or the wildcard address for the server itself.
  private final Map<InetSocketAddress, InetAddress> opened = new ConcurrentHashMap<>();

  private static final InetAddress SERVER = new InetSocketAddress(0).getAddress();

  @Override
  public void begin(InetSocketAddress from) {
    opened.put(from, SERVER);
  }

  @Override
  public void begin(InetSocketAddress from, InetAddress visitor) {
    opened.put(from, visitor);
  }

  @Override
  public void end(InetSocketAddress from) {
    opened.remove(from);
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
    return !opened.isEmpty() && channel.remoteAddress() instanceof InetSocketAddress remote
        ? opened.get(remote)
        : null;
  }
}
