package dev.midge.listener;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The connections that the server opens to itself, for a test: they are no clients, and neither
/// counted nor told of. Any thread.
final class Probes {
  private final Set<InetSocketAddress> own = ConcurrentHashMap.newKeySet();

  /// A connection will come from this address.
  void begin(InetSocketAddress from) {
    own.add(from);
  }

  /// The connection from this address has been closed.
  void end(InetSocketAddress from) {
    own.remove(from);
  }

  /// Whether the other end of this channel is the server itself.
  boolean include(Channel channel) {
    return !own.isEmpty()
        && channel.remoteAddress() instanceof InetSocketAddress remote
        && own.contains(remote);
  }
}
