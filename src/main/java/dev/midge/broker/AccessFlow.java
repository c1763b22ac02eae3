package dev.midge.broker;

import dev.midge.packet.Packet.Will;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What clients may do, from CONNECT to each change of the rules. Loop thread of the connection
/// only.
final class AccessFlow {
  private final BrokerLoop loop;

  AccessFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Learns who a client is, at CONNECT or by another authentication later, and so what it may do.
  ///
  /// @throws ProtocolViolation when it may not even stay
  void identified(Connection connection, Identity identity) {
    Standing standing = connection.standing();
    standing.identity(identity);
    Permission permission =
        connection.isOwn()
            ? Permission.OWN
            : permission(connection.limits(), connection.clientId(), identity);
    if (permission == null) {
      throw new ProtocolViolation(ReasonCode.NOT_AUTHORIZED, "", "no access rules for this client");
    }
    standing.permission(permission);
  }

  /// A client that is let in again by another authentication: what it may not do any more ends.
  void identifiedAgain(Connection connection, Identity identity) {
    identified(connection, identity);
    watch(connection);
    withdraw(connection.client());
  }

  /// A will needs the permission that a PUBLISH would.
  void requireAllowed(Connection connection, @Nullable Will will) {
    if (will != null && !connection.standing().mayWrite(will.topic())) {
      throw new ProtocolViolation(
          ReasonCode.NOT_AUTHORIZED, "", "not allowed to publish to the will topic");
    }
  }

  /// The rules may have changed while a client was on its way here; there is nothing yet that it
  /// could be told but by CONNACK. [MQTT-3.2.0-1]
  ///
  /// @throws ProtocolViolation when it may not come in any more
  void judgeAgain(Connection connection, @Nullable Will will) {
    Identity identity = connection.standing().identity();
    if (identity != null) {
      identified(connection, identity);
      requireAllowed(connection, will);
    }
  }

  /// A client is let in, perhaps to a session in which it was allowed more. From now on its
  /// connection ends with the proof of who it is.
  void established(Connection connection) {
    watch(connection);
    withdraw(connection.client());
  }

  private void watch(Connection connection) {
    Standing standing = connection.standing();
    ended(standing);
    Identity identity = standing.identity();
    if (identity != null && identity.endsAtMillis() != Long.MAX_VALUE) {
      Timer end =
          new Timer("end of a proof") {
            @Override
            void fire(long nowMillis) {
              connection.disconnect(
                  ReasonCode.MAXIMUM_CONNECT_TIME, "the proof of who you are has ended");
            }
          };
      standing.end(end);
      loop.timers().set(end, identity.endsAtMillis());
    }
  }

  /// There is no connection any more for the proof to end.
  void ended(Standing standing) {
    Timer end = standing.end();
    if (end != null) {
      loop.timers().cancel(end);
      standing.end(null);
    }
  }

  /// The rules have changed: they hold for all clients of this loop from now on.
  void review() {
    for (Client client : List.copyOf(loop.clients())) {
      loop.attempt("access rules", () -> review(client));
    }
  }

  private void review(Client client) {
    Standing standing = client.standing();
    Identity identity = standing.identity();
    if (identity == null) { // What is sent to it is judged when it is back.
      return;
    }
    Connection connection = client.connection();
    if (connection != null && connection.isOwn()) {
      return; // No rules are for it.
    }
    Permission permission = permission(client.limits(), client.session().clientId(), identity);
    standing.permission(permission == null ? Permission.NOTHING : permission);
    if (permission != null) {
      withdraw(client);
    } else if (connection != null) {
      connection.disconnect(ReasonCode.NOT_AUTHORIZED, "the access rules have changed");
    }
  }

  /// Ends the subscriptions that the client may not have any more.
  private void withdraw(Client client) {
    Standing standing = client.standing();
    if (standing.isFree()) {
      return;
    }
    for (TopicFilter filter : List.copyOf(client.session().subscriptions().keySet())) {
      long seconds = standing.subscriptionSeconds(filter);
      if (seconds == 0 || (seconds != Permission.NO_END && !client.hasHad(filter))) {
        loop.subscribes().withdraw(client, filter);
      }
    }
  }

  private @Nullable Permission permission(Limits limits, String clientId, Identity identity) {
    return loop.authorizer().permission(limits, clientId, identity);
  }
}
