package dev.midge.listener;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The socket on which systemd, or what else supervises the process, wants to be told how it is, as
/// `sd_notify(3)` describes it. Any thread. Netty has it, since Java has no datagrams between
/// processes of one machine.
public final class ServiceSocket implements AutoCloseable {
  private final Socket socket;
  private final byte[] path;

  private ServiceSocket(Socket socket, byte[] path) {
    this.socket = socket;
    this.path = path;
  }

  /// Opens the way to a socket.
  ///
  /// @param name what NOTIFY_SOCKET says: a path, or a name after `@`
  /// @return nothing on a machine that has no such sockets
  public static Optional<ServiceSocket> open(String name) {
    if (!Epoll.isAvailable()) {
      return Optional.empty();
    }
    String path = name.startsWith("@") ? '\0' + name.substring(1) : name;
    return Optional.of(
        new ServiceSocket(Socket.newSocketDomainDgram(), path.getBytes(StandardCharsets.UTF_8)));
  }

  /// Tells a state, like `READY=1`; several are on a line each.
  ///
  /// @throws IOException if nobody takes it
  public synchronized void tell(String state) throws IOException {
    byte[] text = state.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocateDirect(text.length).put(text).flip();
    int sent = socket.sendToDomainSocket(buffer, 0, text.length, path);
    if (sent != text.length) {
      throw new IOException("nobody took '" + state + "'");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    socket.close();
  }
}
