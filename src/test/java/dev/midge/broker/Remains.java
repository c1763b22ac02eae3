package dev.midge.broker;

import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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

  /// What a broker remembers of a session that a log keeps, too.
  ///
  /// @param filters the filters of its subscriptions
  /// @param received the packet identifiers received and not released
  /// @param inflight the packet identifiers in flight in the order of sending, or null while only
  ///   the log knows them
  public record Kept(
      long number,
      String clientId,
      Set<String> filters,
      List<Integer> received,
      int inflightCount,
      @Nullable List<Integer> inflight,
      int queuedCount,
      long lastSequence) {}

  /// All sessions that a log keeps.
  public static List<Kept> kept(Broker broker) {
    List<Kept> all = new ArrayList<>();
    for (int i = 0; i < broker.loopCount(); i++) {
      for (Client client : broker.loop(i).clients()) {
        if (client.isDurable()) {
          all.add(kept(client.session()));
        }
      }
    }
    return all;
  }

  private static Kept kept(Session session) {
    TreeSet<String> filters = new TreeSet<>();
    session.subscriptions().keySet().forEach(filter -> filters.add(filter.toString()));
    return new Kept(
        session.number(),
        session.clientId(),
        filters,
        IntStream.of(session.received().all()).boxed().toList(),
        session.inflight().count(),
        session.inflight().isAbsent()
            ? null
            : session.inflight().inOrder().stream().map(Delivery::packetId).toList(),
        session.queue().count(),
        session.lastSequence());
  }

  /// What is left of messages and timers, in words.
  public static List<String> of(Broker broker) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < broker.loopCount(); i++) {
      BrokerLoop loop = broker.loop(i);
      if (loop.room().bytes() != 0 || loop.inbox().bytes() != 0 || loop.timers().count() != 0) {
        left.add(
            "loop %d: %d bytes queued, %d bytes handed over, %d timers"
                .formatted(i, loop.room().bytes(), loop.inbox().bytes(), loop.timers().count()));
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
      long queuedBytes = loop.recalls().reservedBytes();
      for (Client client : loop.clients()) {
        Session session = client.session();
        if (session.queue().count() > messagesMax || session.queue().bytes() > bytesMax) {
          throw new AssertionError("too much waits for " + session.clientId());
        }
        queuedBytes +=
            session.queue().memoryBytes() + session.inflight().memoryBytes() + client.keptBytes();
        Connection connection = client.connection();
        queuedBytes += connection == null ? 0 : connection.aliases().inboundBytes();
      }
      if (queuedBytes != loop.room().bytes()) {
        throw new AssertionError(loop.room().bytes() + " bytes queued, not " + queuedBytes);
      }
      // What one session had in flight is fetched as a whole.
      if (queuedBytes > broker.limits().queuedBytesMax() / broker.loopCount() + bytesMax) {
        throw new AssertionError(
            "%d bytes wait on loop %d, %d of them being fetched"
                .formatted(queuedBytes, i, loop.recalls().reservedBytes()));
      }
    }
  }
}
