package dev.midge.broker;

import dev.midge.packet.ReasonCode;
import java.util.Comparator;

/// What gives way when memory is nearly full in spite of all bounds. Home loop only.
final class ShedFlow {
  /// Whoever takes less is not what fills the memory.
  private static final long BYTES_MIN = 64 << 10;

  private ShedFlow() {}

  /// Ends the connection of the client of this loop for which most is in memory, unless that is
  /// little for all of them. What is kept of its session is on disk, and waits there.
  static void shed(BrokerLoop loop) {
    loop.clients().stream()
        .filter(client -> client.connection() != null && bytes(client) >= BYTES_MIN)
        .max(Comparator.comparingLong(ShedFlow::bytes))
        .ifPresent(client -> shed(loop, client));
  }

  private static void shed(BrokerLoop loop, Client client) {
    Connection connection = client.connection();
    if (connection != null) {
      loop.tally().count(Counter.CLIENTS_SHED);
      connection.disconnect(
          ReasonCode.QUOTA_EXCEEDED, "memory is nearly full, and most of it waits for you");
    }
  }

  private static long bytes(Client client) {
    Connection connection = client.connection();
    return client.session().queue().memoryBytes()
        + client.session().inflight().memoryBytes()
        + (connection == null ? 0 : connection.wire().pendingBytes());
  }
}
