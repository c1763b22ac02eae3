package dev.midge.broker;

import dev.midge.packet.ReasonCode;

/// Who is told what happens to connections, one call per event of a connection's life. A port;
/// called on the loop of the connection, and must not block.
public interface Journal {
  /// A client was let in.
  void connected(Connection connection);

  /// A client was turned away before it was let in.
  void refused(Connection connection, ReasonCode reason, String detail);

  /// The connection of a client that was let in ended.
  void ended(Connection connection, Farewell farewell);

  /// Something went wrong on our side; it cost one connection, or one timer, and nothing else.
  void failed(String where, RuntimeException failure);
}
