package dev.midge.broker;

import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolViolation;
import dev.midge.session.Session;
import org.jspecify.annotations.Nullable;

/// What becomes of a client when its connection ends: its will, its session, the messages that wait
/// for it (3.1.2.5, 3.1.2.11, 3.14, 4.1). Home loop only.
final class DepartureFlow {
  private final BrokerLoop loop;

  DepartureFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Takes DISCONNECT.
  void receive(Connection connection, Disconnect disconnect) {
    Session session = connection.client().session();
    long asked =
        disconnect.properties().number(Property.SESSION_EXPIRY_INTERVAL, session.expirySeconds());
    if (asked != 0 && session.expirySeconds() == 0) {
      throw ProtocolViolation.protocolError(
          "", "session expiry at DISCONNECT, but none at CONNECT");
    }
    session.expirySeconds(Math.min(asked, connection.limits().sessionSecondsMax()));
    connection.end(Farewell.byClient(disconnect.reason()));
  }

  /// The connection of a client that was let in has ended.
  void detach(Client client, Farewell farewell) {
    Session session = client.session();
    client.detach();
    session.inflight().trim();
    if (farewell.withdrawsWill()) {
      session.will(null); // [MQTT-3.14.4-3]
    }
    long nowMillis = loop.nowMillis();
    long endsAtMillis = endsAtMillis(session, nowMillis);
    long willAtMillis = willAtMillis(session, nowMillis);
    if (loop.isShuttingDown()) {
      loop.attempt("session log", () -> client.settle(endsAtMillis, willAtMillis));
      return; // Wills that are kept may wait for the next start (3.1.2.5), others were published.
    }
    if (!session.isPersistent()) {
      endSession(client); // [MQTT-4.1.0-2]
      return;
    }
    loop.attempt("passing on", () -> loop.shares().passOn(client, false));
    loop.attempt("session log", () -> client.settle(endsAtMillis, willAtMillis));
    if (client.isDurable()) {
      client.letGo();
    }
    new Absence(client, willAtMillis, endsAtMillis).advance(nowMillis);
  }

  /// An earlier process kept the session. A client that was connected when that process ended is
  /// gone since now.
  void restored(Client client, StateLog.Terms terms) {
    Session session = client.session();
    long nowMillis = loop.nowMillis();
    long endsAtMillis = terms.endsAtMillis();
    long willAtMillis = terms.willAtMillis();
    if (endsAtMillis == Long.MAX_VALUE) {
      endsAtMillis = endsAtMillis(session, nowMillis);
    }
    if (willAtMillis == Long.MAX_VALUE) {
      willAtMillis = willAtMillis(session, nowMillis);
    }
    Absence absence = new Absence(client, willAtMillis, endsAtMillis);
    client.absence(absence);
    loop.timers().set(absence, nowMillis);
  }

  private static long endsAtMillis(Session session, long nowMillis) {
    return session.expirySeconds() == Session.NEVER
        ? Long.MAX_VALUE
        : nowMillis + session.expirySeconds() * 1000;
  }

  private static long willAtMillis(Session session, long nowMillis) {
    Will will = session.will();
    return will == null ? Long.MAX_VALUE : nowMillis + will.delaySeconds() * 1000;
  }

  /// The client is back before its session ended: nothing of its absence remains. [MQTT-3.1.3-9]
  void returned(Client client) {
    Timer absence = client.absence();
    if (absence != null) {
      loop.timers().cancel(absence);
      client.absence(null);
    }
  }

  /// The session ends, with everything that belongs to it. Its will, if it is still to come, comes
  /// now. [MQTT-3.1.2-8] [MQTT-4.1.0-2]
  void endSession(Client client) {
    returned(client);
    boolean leavesMore = EstateFlow.isLeftBy(client);
    loop.forget(client);
    loop.subscribes().removeAll(client);
    loop.attempt("passing on", () -> loop.shares().passOn(client, true));
    Will will = client.session().will();
    client.session().will(null); // [MQTT-3.1.2-10]
    if (leavesMore) {
      client.letGo();
      loop.attempt("session log", () -> loop.estates().leave(client));
    } else {
      loop.deliveries().discard(client);
      loop.attempt("session log", () -> client.promise().ended(client.session()));
    }
    publishWill(client, will);
    client.holding().end();
  }

  /// Publishes the will, if there is one, and forgets it. [MQTT-3.1.2-10]
  void leaveWill(Client client) {
    Will will = client.session().will();
    client.session().will(null);
    publishWill(client, will);
  }

  private void publishWill(Client client, @Nullable Will will) {
    if (will != null) {
      loop.attempt("will", () -> loop.publishes().publishWill(client, will));
    }
  }

  /// The time between the end of a connection and either the next one or the end of the session.
  private final class Absence extends Timer {
    private final Client client;
    private final long willAtMillis;
    private final long endsAtMillis;

    Absence(Client client, long willAtMillis, long endsAtMillis) {
      super("absence of a client");
      this.client = client;
      this.willAtMillis = willAtMillis;
      this.endsAtMillis = endsAtMillis;
    }

    /// Does what is due and waits for the rest.
    void advance(long nowMillis) {
      client.absence(null);
      if (endsAtMillis <= nowMillis) {
        loop.tally().count(Counter.SESSIONS_EXPIRED);
        endSession(client);
        return;
      }
      if (willAtMillis <= nowMillis) {
        leaveWill(client);
        loop.attempt("session log", () -> client.settle(endsAtMillis, Long.MAX_VALUE));
      }
      long dueMillis =
          client.session().will() == null ? endsAtMillis : Math.min(willAtMillis, endsAtMillis);
      if (dueMillis != Long.MAX_VALUE) {
        client.absence(this);
        loop.timers().set(this, dueMillis);
      }
    }

    @Override
    void fire(long nowMillis) {
      advance(nowMillis);
    }
  }
}
