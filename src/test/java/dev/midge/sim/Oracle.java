package dev.midge.sim;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Acknowledgement;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.session.Session;
import dev.midge.sim.KeptState.KeptSession;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Knows what the server should do, from every packet that it reads and every one that it sends: a
/// second server as it were, without a thought for speed. The state of the two is the same after
/// each event, and each message that the server sends is judged at once.
final class Oracle {
  private final World world;
  private final OracleClocks clocks;
  private final OracleDeliveries deliveries;
  private final OracleTopics topics;
  private final OraclePorts ports;
  private final OraclePromises promises;

  private final Map<String, OracleSession> sessions = new TreeMap<>();
  private final Map<Long, OracleSession> byNumber = new TreeMap<>();
  private final List<OracleSession> ever = new ArrayList<>();
  private final Map<String, Integer> homes = new TreeMap<>();
  private final Set<FakeWire> connecting = new LinkedHashSet<>();
  private final Set<Integer> shutDown = new TreeSet<>();
  private final IdentityHashMap<byte[], Routing> byPayload = new IdentityHashMap<>();
  private final List<Routing> routed = new ArrayList<>();

  /// Of the event that is under way.
  private final List<Routing> routedNow = new ArrayList<>();

  private int endedInflight;

  Oracle(World world) {
    this.world = world;
    this.clocks = new OracleClocks(world, this);
    this.deliveries = new OracleDeliveries(world, this);
    this.topics = new OracleTopics(world, this);
    this.ports = new OraclePorts(world);
    this.promises = new OraclePromises(world);
  }

  OracleClocks clocks() {
    return clocks;
  }

  OracleDeliveries deliveries() {
    return deliveries;
  }

  OracleTopics topics() {
    return topics;
  }

  OraclePromises promises() {
    return promises;
  }

  OraclePorts ports() {
    return ports;
  }

  /// The sessions that there should be, as they are now.
  List<OracleSession> sessions() {
    return List.copyOf(sessions.values());
  }

  @Nullable OracleSession session(String clientId) {
    return sessions.get(clientId);
  }

  /// All sessions that were ever a member of this group.
  List<OracleSession> members(String filter) {
    return ever.stream().filter(session -> session.groupsEver.contains(filter)).toList();
  }

  /// All ways that messages have taken.
  List<Routing> routed() {
    return routed;
  }

  /// Those of the event that is under way.
  List<Routing> routedNow() {
    return routedNow;
  }

  /// How many messages were in flight when their session ended.
  int endedInflight() {
    return endedInflight;
  }

  /// The loop that is the home of this client: the same one for ever.
  int home(String clientId) {
    return homes.computeIfAbsent(clientId, _ -> world.current().index());
  }

  /// The same for a client that has been there.
  int homeOf(String clientId) {
    return homes.getOrDefault(clientId, 0);
  }

  /// A loop has been shut down.
  void shutDown(int loop) {
    shutDown.add(loop);
  }

  boolean isShutDown(int loop) {
    return shutDown.contains(loop);
  }

  /// The server has ended, in whatever way, and is about to start with what is committed.
  void restart() {
    OracleRestart restart = new OracleRestart(world, this);
    Map<String, OracleSession> remaining = restart.sessions(byNumber, new LinkedHashSet<>(routed));
    for (OracleSession session : sessions.values()) {
      if (!remaining.containsValue(session)) {
        session.ended = true;
        session.wire = null;
      }
    }
    sessions.clear();
    sessions.putAll(remaining);
    topics.restart(restart);
    connecting.clear();
    shutDown.clear();
    routedNow.clear();
  }

  // Messages.

  /// Makes known a message that is about to be sent to the server.
  Routing announce(Routing routing) {
    byPayload.put(routing.payload(), routing);
    return routing;
  }

  /// The routing with this very payload.
  Routing routing(byte[] payload) {
    Routing routing = byPayload.get(payload);
    if (routing == null) {
      throw new SimulationFailure("payload of nobody");
    }
    return routing;
  }

  /// The server sends a message that it may have to send: if it is a will that was delayed until
  /// the session that is ended just now by CONNECT, this is the moment.
  void demand(Routing routing) {
    if (routing.order > 0) {
      return;
    }
    OracleSession session = sessions.get(routing.publisherId());
    if (session != null && session.will == routing && isReplaced(session)) {
      endSession(session, world.current().nowMillis());
      return;
    }
    if (!world.faults().hasEverHit(routing.publisherId())) {
      throw new SimulationFailure(routing + " is a will that is not due");
    }
    route(routing, world.current().nowMillis());
    topics.uncertain(routing);
  }

  /// The log hears that a session has ended: perhaps by a CONNECT, which is answered when that is
  /// committed.
  void endedByConnect(String clientId) {
    OracleSession session = sessions.get(clientId);
    if (session != null && !world.current().isTicking() && isReplaced(session)) {
      endSession(session, world.current().nowMillis());
    }
  }

  private boolean isReplaced(OracleSession session) {
    return session.wire == null
        && connecting.stream().anyMatch(wire -> wire.view().isStartingAnew(session.clientId));
  }

  private void route(Routing routing, long nowMillis) {
    routing.routedMillis = nowMillis;
    routed.add(routing);
    routing.order = routed.size();
    routedNow.add(routing);
    topics.route(routing);
    if (world.faults().hasHit(routing.publisherId())) {
      topics.uncertain(routing);
    }
    world.trace("expected: " + routing + " for " + topics.receivers(routing));
  }

  /// Publishes the will of a session, if it has one.
  void publishWill(OracleSession session, long nowMillis) {
    Routing will = session.will;
    session.will = null;
    if (will != null) {
      route(will, nowMillis);
    }
  }

  /// Ends a session with all that belongs to it.
  void endSession(OracleSession session, long nowMillis) {
    world.trace("expected: session of " + session.clientId + " ends");
    sessions.remove(session.clientId);
    session.ended = true;
    endedInflight += session.inflight.size();
    for (Routing routing : routedNow) {
      topics.uncertain(routing, session);
    }
    deliveries.broken(session);
    publishWill(session, nowMillis);
  }

  /// An event begins.
  void begin() {
    routedNow.clear();
  }

  /// A failure was injected, at the expense of this client.
  void hit(String clientId) {
    OracleSession session = sessions.get(clientId);
    if (session != null) {
      session.hit = true;
    }
    for (Routing routing : routedNow) {
      if (routing.publisherId().equals(clientId)) {
        topics.uncertain(routing);
      }
    }
    for (FakeWire wire : connecting) {
      Connect connect = wire.view().connect;
      if (connect != null && connect.clientId().equals(clientId) && connect.will() != null) {
        topics.unknown(connect.will());
      }
    }
  }

  // What the server reads.

  /// The server is about to take a packet of a client.
  void handed(FakeWire wire, Packet packet) {
    WireView view = wire.view();
    OracleSession session = view.session;
    switch (packet) {
      case Connect connect -> {
        view.connect = connect;
        connecting.add(wire);
      }
      case Publish publish when session != null -> published(wire, session, publish);
      case Puback puback when session != null ->
          deliveries.acknowledged(wire, session, puback.packetId());
      case Pubrec pubrec when session != null -> {
        OracleSession.Sent sent = session.inflight.get(pubrec.packetId());
        if (pubrec.reason().isError()) {
          deliveries.acknowledged(wire, session, pubrec.packetId());
        } else if (sent != null) {
          sent.released = true;
        }
      }
      case Pubcomp pubcomp when session != null ->
          deliveries.acknowledged(wire, session, pubcomp.packetId());
      case Pubrel pubrel when session != null -> session.received.remove(pubrel.packetId());
      case Subscribe subscribe when session != null -> topics.subscribe(wire, session, subscribe);
      case Unsubscribe unsubscribe when session != null ->
          topics.unsubscribe(wire, session, unsubscribe);
      case Disconnect disconnect -> view.goodbye = disconnect;
      default -> {}
    }
  }

  private void published(FakeWire wire, OracleSession session, Publish publish) {
    Routing routing = routing(publish.payload());
    boolean exactlyOnce = publish.qos() == QoS.EXACTLY_ONCE;
    if (exactlyOnce && session.received.contains(publish.packetId())) {
      Routing known = session.receivedWays.get(publish.packetId());
      if (known != null) {
        wire.view().unanswered.put(publish.packetId(), known);
      }
      return;
    }
    boolean refused = routing.topic().toString().startsWith("denied");
    if (!refused) {
      route(routing, world.current().nowMillis());
    }
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      promises.published(wire, session, routing);
      wire.view().unanswered.put(publish.packetId(), routing);
    }
    Connect connect = wire.view().connect;
    if (exactlyOnce
        && !(refused && connect != null && connect.version() == ProtocolVersion.MQTT_5)) {
      session.received.add(publish.packetId());
      session.receivedWays.put(publish.packetId(), routing);
    }
  }

  // What the server sends.

  /// The server sends a packet that is not PUBLISH.
  void sent(FakeWire wire, Packet packet) {
    WireView view = wire.view();
    switch (packet) {
      case Connack connack -> connack(wire, connack);
      case Suback suback -> topics.answered(wire, suback);
      case Unsuback unsuback -> topics.answered(wire, unsuback);
      case Acknowledgement acknowledgement -> acknowledged(wire, acknowledgement);
      case Disconnect disconnect -> {
        if (disconnect.reason() == ReasonCode.QUOTA_EXCEEDED) {
          routedNow.forEach(each -> topics.refused(view.session, each)); // No room for its alias.
        }
        if (view.connect == null || view.connect.version() != ProtocolVersion.MQTT_5) {
          throw new SimulationFailure("DISCONNECT to " + wire);
        }
      }
      default -> {}
    }
  }

  private void acknowledged(FakeWire wire, Acknowledgement acknowledgement) {
    boolean allowed =
        switch (acknowledgement.reason()) {
          case SUCCESS, PACKET_IDENTIFIER_NOT_FOUND, NO_MATCHING_SUBSCRIBERS, NOT_AUTHORIZED ->
              true;
          case QUOTA_EXCEEDED -> world.scenario().tiny();
          default -> false;
        };
    if (!allowed) {
      throw new SimulationFailure("answer " + acknowledgement);
    }
    OracleSession session = wire.view().session;
    if (session != null && acknowledgement instanceof Pubcomp) {
      promises.stepped(session, acknowledgement.packetId(), false);
    }
    if (!(acknowledgement instanceof Puback) && !(acknowledgement instanceof Pubrec)) {
      return;
    }
    Routing routing = wire.view().unanswered.remove(acknowledgement.packetId());
    if (session != null
        && acknowledgement instanceof Pubrec
        && !acknowledgement.reason().isError()) {
      promises.stepped(session, acknowledgement.packetId(), true);
    }
    if (routing != null && routing.order > 0 && !acknowledgement.reason().isError()) {
      promises.acknowledged(routing);
    }
    if (routing != null
        && acknowledgement.reason() == ReasonCode.NO_MATCHING_SUBSCRIBERS
        && !world.faults().hasEverHitAny()
        && !(routing.targets.isEmpty() && routing.groups.isEmpty())) {
      throw new SimulationFailure("somebody subscribed: " + acknowledgement);
    }
  }

  private void connack(FakeWire wire, Connack connack) {
    WireView view = wire.view();
    view.answered = true;
    connecting.remove(wire);
    if (connack.reason().isError()) {
      return;
    }
    Connect connect = view.connect;
    if (connect == null || isShutDown(world.current().index())) {
      throw new SimulationFailure("let in for nothing: " + wire);
    }
    long nowMillis = world.current().nowMillis();
    String clientId = connect.clientId();
    OracleSession known = sessions.get(clientId);
    if (known != null && known.wire != null) {
      throw new SimulationFailure(known.wire + " is not taken over");
    }
    if (known != null && connect.cleanStart()) {
      endSession(known, nowMillis);
      known = null;
    }
    if (connack.sessionPresent() != (known != null) && !world.faults().hasHit(clientId)) {
      throw new SimulationFailure("session present: " + connack.sessionPresent());
    }
    if (connect.cleanStart()) {
      world.faults().healed(clientId);
    }
    OracleSession session = known == null ? new OracleSession(clientId) : known;
    sessions.put(clientId, session);
    if (known == null) {
      ever.add(session);
    }
    KeptSession kept = world.store().written().session(clientId);
    if (kept != null) {
      byNumber.put(kept.number, session);
    }
    session.home = world.current().index();
    establish(wire, session, connect, connack);
  }

  private void establish(FakeWire wire, OracleSession session, Connect connect, Connack connack) {
    WireView view = wire.view();
    view.session = session;
    view.established = session;
    session.wire = wire;
    long asked =
        connect.version() == ProtocolVersion.MQTT_5
            ? connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0)
            : connect.cleanStart() ? 0 : Session.NEVER;
    session.expirySeconds =
        connack
            .properties()
            .number(
                Property.SESSION_EXPIRY_INTERVAL,
                Math.min(asked, wire.limits().sessionSecondsMax()));
    if (session.expirySeconds != Math.min(asked, wire.limits().sessionSecondsMax())) {
      throw new SimulationFailure("granted expiry " + session.expirySeconds);
    }
    Will will = connect.will();
    session.will = will == null ? null : routing(will.payload());
    session.willDelaySeconds = will == null ? 0 : will.delaySeconds();
    view.keepAliveSeconds =
        (int) connack.properties().number(Property.SERVER_KEEP_ALIVE, connect.keepAliveSeconds());
    if (wire.limits().keepAliveSecondsMax() > 0
        && (view.keepAliveSeconds == 0
            || view.keepAliveSeconds > wire.limits().keepAliveSecondsMax())) {
      view.keepAliveSeconds = wire.limits().keepAliveSecondsMax();
    }
    view.receiveMax =
        Math.min(
            (int) connect.properties().number(Property.RECEIVE_MAXIMUM, 65_535),
            wire.limits().inflightMax());
    view.heardMillis = world.current().nowMillis();
  }

  /// The server has accepted bytes to send: not without bound.
  void outbound(FakeWire wire, long pendingBytes) {
    long allowed =
        Math.max(wire.limits().outboundBytesMax(), world.scenario().outboundHighBytes()) + 2000;
    if (pendingBytes > allowed) {
      throw new SimulationFailure(wire + " has " + pendingBytes + " bytes to send");
    }
  }

  /// The server has closed a connection, for whatever reason; what belongs to its end comes next.
  void closed(FakeWire wire, FakeLoop loop) {
    WireView view = wire.view();
    view.closed = true;
    connecting.remove(wire);
    OracleSession session = view.session;
    if (session == null) {
      return;
    }
    view.session = null;
    session.wire = null;
    deliveries.broken(session);
    Disconnect goodbye = view.goodbye;
    if (goodbye != null) {
      if (goodbye.reason() == ReasonCode.SUCCESS) {
        session.will = null;
      }
      session.expirySeconds =
          Math.min(
              goodbye.properties().number(Property.SESSION_EXPIRY_INTERVAL, session.expirySeconds),
              wire.limits().sessionSecondsMax());
    }
    if (isShutDown(session.home)) {
      return;
    }
    long nowMillis = loop.nowMillis();
    if (session.expirySeconds == 0) {
      endSession(session, nowMillis);
      return;
    }
    session.willAtMillis = nowMillis + session.willDelaySeconds * 1000;
    session.endsAtMillis =
        session.expirySeconds == Session.NEVER
            ? Long.MAX_VALUE
            : nowMillis + session.expirySeconds * 1000;
    if (session.willDelaySeconds == 0) {
      publishWill(session, nowMillis);
    }
  }
}
