package dev.midge.broker;

import dev.midge.session.Session;
import java.util.ArrayList;
import java.util.List;

/// What a broker holds on to, for tests that ask whether anything is left. Not while it runs in
/// threads of its own.
public final class Remains {
  private Remains() {}

  /// How many connections the loops have.
  public static int connections(Broker broker) {
    int connections = 0;
    for (int i = 0; i < broker.loopCount(); i++) {
      connections += broker.loop(i).connectionCount();
    }
    return connections;
  }

  /// How many messages wait for a client or for its acknowledgement.
  public static int waiting(Broker broker, String clientId) {
    Client client = broker.homeOf(clientId).client(clientId);
    if (client == null) {
      return 0;
    }
    Session session = client.session();
    return session.queue().count() + session.inflight().count();
  }

  /// What is left of messages and timers, in words.
  public static List<String> of(Broker broker) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < broker.loopCount(); i++) {
      BrokerLoop loop = broker.loop(i);
      if (loop.queuedBytes() != 0 || loop.inboxBytes() != 0 || loop.timers().count() != 0) {
        left.add(
            "loop %d: %d bytes queued, %d bytes handed over, %d timers"
                .formatted(i, loop.queuedBytes(), loop.inboxBytes(), loop.timers().count()));
      }
    }
    return left;
  }

  /// Checks the bounds of each queue, and that the sums are those of what is in them.
  ///
  /// @param messagesMax what the listener with the longest queues allows
  /// @param bytesMax likewise
  public static void requireConsistent(Broker broker, int messagesMax, long bytesMax) {
    for (int i = 0; i < broker.loopCount(); i++) {
      BrokerLoop loop = broker.loop(i);
      long queuedBytes = 0;
      for (Client client : loop.clients()) {
        Session session = client.session();
        if (session.queue().count() > messagesMax || session.queue().bytes() > bytesMax) {
          throw new AssertionError("too much waits for " + session.clientId());
        }
        queuedBytes += session.queue().bytes() + session.inflight().bytes() + client.keptBytes();
        Connection connection = client.connection();
        queuedBytes += connection == null ? 0 : connection.aliases().inboundBytes();
      }
      if (queuedBytes != loop.queuedBytes()) {
        throw new AssertionError(loop.queuedBytes() + " bytes queued, not " + queuedBytes);
      }
      if (queuedBytes > broker.limits().queuedBytesMax() / broker.loopCount()) {
        throw new AssertionError("too much waits on loop " + i);
      }
    }
  }
}
