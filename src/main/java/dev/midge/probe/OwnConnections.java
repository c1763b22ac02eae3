package dev.midge.probe;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Is told of connections before they are opened, so that a server knows those that come from
/// itself. A port. Any thread.
public interface OwnConnections {
  /// Somebody whose connections are those of any client.
  OwnConnections NONE =
      new OwnConnections() {
        @Override
        public void begin(InetSocketAddress from) {}

        @Override
        public void begin(InetSocketAddress from, InetAddress visitor) {}

        @Override
        public void end(InetSocketAddress from) {}
      };

  /// A connection will come from this address, to see how the server is.
  void begin(InetSocketAddress from);

  /// A connection will come from this address, for somebody at another.
  void begin(InetSocketAddress from, InetAddress visitor);

  /// The connection from this address has been closed.
  void end(InetSocketAddress from);
}
