package dev.midge.listener;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// A connection that the server opens to one of its ports and ends without a word, to see whether
/// its loops look after it: it is answered when they have ended it too. Blocks; any thread.
final class Knock {
  private static final int PATIENCE_MILLIS = 2_000;

  private Knock() {}

  /// Whether somebody answers there.
  ///
  /// @param probes who is told of the connection, so that nobody takes it for a client
  static boolean isAnswered(InetSocketAddress address, Probes probes) {
    InetSocketAddress own = null;
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address.getAddress(), 0));
      own = (InetSocketAddress) socket.getLocalSocketAddress();
      probes.begin(own);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(address, PATIENCE_MILLIS);
      socket.shutdownOutput();
      return socket.getInputStream().read() == -1;
    } catch (IOException e) {
      return false;
    } finally {
      if (own != null) {
        probes.end(own);
      }
    }
  }
}
