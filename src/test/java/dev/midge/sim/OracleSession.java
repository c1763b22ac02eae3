package dev.midge.sim;

import dev.midge.packet.Packet.Subscribe.Request;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the server should remember of a client.
final class OracleSession {
  /// A subscription.
  record Wanted(Request request, QoS qos, int identifier) {}

  /// A retained message that a new subscription has asked for.
  ///
  /// @param isWithheld whether the subscription does not want it, because it is the client's own
  record Replay(Routing routing, TopicFilter filter, QoS qos, int[] ids, boolean isWithheld) {}

  /// A message sent with QoS 1 or 2, and not acknowledged to the end.
  static final class Sent {
    final OracleSession session;
    final Routing routing;
    final QoS qos;
    final int packetId;
    long order;
    Routing.@Nullable GroupTarget group;

    /// The connection that sent it last, or null when it is not known to have been sent.
    @Nullable FakeWire wire;

    boolean released;
    boolean got;

    /// The message by the session's own subscriptions, if it is that.
    Routing.@Nullable Target target;

    /// Whether the connection broke before it was acknowledged, so that others of the group may
    /// have it.
    boolean mayPass;

    Sent(
        OracleSession session,
        Routing routing,
        QoS qos,
        long order,
        @Nullable FakeWire wire,
        int packetId) {
      this.session = session;
      this.routing = routing;
      this.qos = qos;
      this.order = order;
      this.wire = wire;
      this.packetId = packetId;
    }
  }

  final String clientId;
  final Map<TopicFilter, Wanted> subscriptions = new LinkedHashMap<>();
  final TreeSet<String> groupsEver = new TreeSet<>();
  final Map<Integer, Sent> inflight = new HashMap<>();

  /// All that were sent with QoS 1 and 2, in their order.
  final List<Sent> sentEver = new ArrayList<>();

  final TreeSet<Integer> received = new TreeSet<>();

  /// The messages whose packet identifiers are in [#received].
  final Map<Integer, Routing> receivedWays = new HashMap<>();

  final List<Replay> replays = new ArrayList<>();

  /// Per stream of messages the place of the last one.
  final Map<String, Long> lastOrders = new HashMap<>();

  int home;
  long expirySeconds;
  @Nullable Routing will;
  long willDelaySeconds;

  /// The connection, or null.
  @Nullable FakeWire wire;

  long willAtMillis;
  long endsAtMillis;
  boolean ended;

  /// Whether a failure was injected, so that nothing is promised any more.
  boolean hit;

  long sentCount;

  OracleSession(String clientId) {
    this.clientId = clientId;
  }
}
