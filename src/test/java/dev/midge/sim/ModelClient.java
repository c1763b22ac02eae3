package dev.midge.sim;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingreq;
import dev.midge.packet.Packet.Pingresp;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A client that keeps to the specification to the letter: to its side of QoS 1 and 2, across
/// connections, to packet identifiers, to the receive maximum of the server. What it does is up to
/// the seed, how it does it is not.
final class ModelClient {
  /// A message that the client has sent and the server has not acknowledged to the end.
  private static final class Outgoing {
    final int number;
    final Publish publish;
    boolean released;

    Outgoing(int number, Publish publish) {
      this.number = number;
      this.publish = publish;
    }
  }

  private final World world;
  private final Wishes wishes;
  private final String id;
  private final ProtocolVersion version;

  private @Nullable FakeWire wire;
  private @Nullable Connect connect;
  private boolean connected;
  private int connections;

  // The session: what outlives the connection.
  private final Map<Integer, Outgoing> outgoing = new LinkedHashMap<>();
  private final TreeSet<Integer> held = new TreeSet<>();
  private final Set<Integer> gotExactlyOnce = new HashSet<>();
  private boolean startsClean = true;
  private @Nullable OracleSession session;
  private int lastPacketId;

  // The connection.
  private final TreeMap<Integer, Packet> unanswered = new TreeMap<>();
  private final ArrayDeque<Outgoing> resend = new ArrayDeque<>();
  private final Map<Integer, TopicName> aliases = new HashMap<>();
  private final Map<TopicName, Integer> ownAliases = new HashMap<>();
  private int underWay;
  private int receiveMax;
  private int aliasMax;

  ModelClient(World world, Wishes wishes, String id, ProtocolVersion version) {
    this.world = world;
    this.wishes = wishes;
    this.id = id;
    this.version = version;
  }

  String id() {
    return id;
  }

  ProtocolVersion version() {
    return version;
  }

  /// The connection that it uses now, or null.
  @Nullable FakeWire wire() {
    return wire;
  }

  boolean isConnected() {
    return connected;
  }

  /// Whether it waits for nothing.
  boolean isAtRest() {
    return outgoing.isEmpty() && held.isEmpty() && unanswered.isEmpty();
  }

  /// Whether nothing is promised to it.
  boolean isHit() {
    return world.faults().hasHit(id);
  }

  private void trace(String event) {
    world.trace(id + " " + event);
  }

  // Connecting.

  /// Opens a connection, whatever became of the one before.
  void connect(boolean cleanStart, boolean generous) {
    FakeWire before = wire;
    if (before != null) {
      trace("comes anew");
      if (world.oneIn(2)) {
        before.cut();
      } else {
        before.finish();
      }
    }
    lost();
    boolean clean = cleanStart || startsClean || isHit();
    Connect packet = wishes.connect(this, clean, generous);
    if (clean) {
      startsClean = true;
      outgoing.clear();
      held.clear();
      gotExactlyOnce.clear();
    }
    connect = packet;
    FakeLoop loop = world.pick(world.loops());
    String name = id + "/" + ++connections;
    trace("connects as " + name + " on loop " + loop.index());
    world.enter(
        loop,
        () -> {
          loop.readClock();
          wire = new FakeWire(world, name, this, loop, world.pick(world.scenario().limits()));
        });
    world.wires().add(wire());
    send(packet);
  }

  private void lost() {
    wire = null;
    connected = false;
    unanswered.clear();
    resend.clear();
    aliases.clear();
    ownAliases.clear();
    underWay = 0;
  }

  private void send(Packet packet) {
    if (wire != null) {
      wire.transmit(packet);
    }
  }

  /// Ends the connection by DISCONNECT.
  void disconnect(ReasonCode reason, Properties properties) {
    FakeWire mine = wire;
    if (mine != null) {
      trace("disconnects: " + reason);
      send(new Disconnect(reason, properties));
      mine.finish();
      lost();
    }
  }

  /// Loses its network connection.
  void cut() {
    FakeWire mine = wire;
    if (mine != null) {
      trace("is cut off");
      mine.cut();
      lost();
    }
  }

  /// Leaves, with a session that ends with the connection.
  void leaveForGood() {
    disconnect(
        ReasonCode.SUCCESS,
        version == ProtocolVersion.MQTT_5
            ? Properties.builder().number(Property.SESSION_EXPIRY_INTERVAL, 0).build()
            : Properties.NONE);
  }

  /// For how long the session was to outlive the connection when it was asked for.
  long expiryAskedSeconds() {
    return connect == null ? 0 : connect.properties().number(Property.SESSION_EXPIRY_INTERVAL, 0);
  }

  // Sending.

  /// Publishes a message, if it may.
  void publish(Publish wish, int number) {
    if (wish.qos() == QoS.AT_MOST_ONCE) {
      transmit(number, wish, 0, false);
    } else if (resend.isEmpty() && underWay < receiveMax && outgoing.size() < 100) {
      Outgoing mine = new Outgoing(number, wish);
      int packetId = nextPacketId();
      outgoing.put(packetId, mine);
      underWay++;
      transmit(number, wish, packetId, false);
    }
  }

  private void transmit(int number, Publish wish, int packetId, boolean duplicate) {
    byte[] payload = wish.payload().clone();
    TopicName topic = wish.topic();
    if (topic == null) {
      throw new SimulationFailure("wish without a topic");
    }
    world
        .oracle()
        .announce(
            new Routing(
                number, id, topic, payload, wish.qos(), wish.retain(), wish.expirySeconds()));
    Integer known = ownAliases.get(topic);
    int alias = known == null ? 0 : known;
    if (known == null && ownAliases.size() < aliasMax && world.oneIn(2)) {
      alias = ownAliases.size() + 1;
      ownAliases.put(topic, alias);
    }
    trace("publishes message " + number);
    send(
        new Publish(
            known == null ? topic : null,
            alias,
            payload,
            wish.qos(),
            wish.retain(),
            duplicate,
            packetId,
            wish.expirySeconds(),
            wish.properties()));
  }

  private int nextPacketId() {
    do {
      lastPacketId = lastPacketId % 65_535 + 1;
    } while (outgoing.containsKey(lastPacketId) || unanswered.containsKey(lastPacketId));
    return lastPacketId;
  }

  /// Subscribes.
  void subscribe(Subscribe wish) {
    int packetId = nextPacketId();
    Subscribe packet =
        new Subscribe(packetId, wish.requests(), wish.subscriptionId(), wish.properties());
    unanswered.put(packetId, packet);
    send(packet);
  }

  /// Unsubscribes.
  void unsubscribe(Unsubscribe wish) {
    int packetId = nextPacketId();
    Unsubscribe packet = new Unsubscribe(packetId, wish.filters(), wish.properties());
    unanswered.put(packetId, packet);
    send(packet);
  }

  void ping() {
    send(Pingreq.PINGREQ);
  }

  private void resendNext() {
    while (!resend.isEmpty() && underWay < receiveMax) {
      Outgoing mine = resend.remove();
      for (var entry : outgoing.entrySet()) {
        if (entry.getValue() == mine && !mine.released) {
          underWay++;
          transmit(mine.number, mine.publish, entry.getKey(), true);
        }
      }
    }
  }

  // Receiving.

  /// Takes the next frame, or notices that the server has closed.
  void receive() {
    FakeWire mine = wire;
    if (mine == null) {
      return;
    }
    Frame frame = mine.receive();
    switch (frame) {
      case null -> {
        if (mine.isAtEnd()) {
          trace("is left");
          mine.finish();
          lost();
        }
      }
      case Frame.Control control -> control(mine, control.packet());
      case Frame.Application application -> application(application);
    }
  }

  private void control(FakeWire mine, Packet packet) {
    trace("gets " + packet.type());
    switch (packet) {
      case Connack connack when connack.reason().isError() -> {
        mine.finish();
        lost();
      }
      case Connack connack -> letIn(connack);
      case Puback puback -> {
        require(remove(puback.packetId()), "PUBACK for nothing");
        resendNext();
      }
      case Pubrec pubrec when pubrec.reason().isError() -> {
        require(remove(pubrec.packetId()), "PUBREC for nothing");
        resendNext();
      }
      case Pubrec pubrec -> {
        Outgoing own = outgoing.get(pubrec.packetId());
        require(own != null, "PUBREC for nothing");
        if (own != null) {
          own.released = true;
        }
        send(new Pubrel(pubrec.packetId(), ReasonCode.SUCCESS, Properties.NONE));
      }
      case Pubcomp pubcomp -> {
        require(remove(pubcomp.packetId()), "PUBCOMP for nothing");
        resendNext();
      }
      case Pubrel pubrel -> {
        boolean known = held.remove(pubrel.packetId());
        send(
            new Pubcomp(
                pubrel.packetId(),
                known || version != ProtocolVersion.MQTT_5
                    ? ReasonCode.SUCCESS
                    : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                Properties.NONE));
      }
      case Suback suback ->
          require(
              unanswered.remove(suback.packetId()) instanceof Subscribe subscribe
                  && subscribe.requests().size() == suback.reasons().size(),
              "SUBACK for nothing");
      case Unsuback unsuback ->
          require(
              unanswered.remove(unsuback.packetId()) instanceof Unsubscribe,
              "UNSUBACK for nothing");
      case Disconnect _ -> {
        mine.finish();
        lost();
      }
      case Pingresp _ -> {}
      default -> throw new SimulationFailure(id + " gets " + packet);
    }
  }

  private void letIn(Connack connack) {
    require(!connected && connect != null, "second CONNACK");
    connected = true;
    startsClean = false;
    receiveMax =
        version == ProtocolVersion.MQTT_5
            ? (int) connack.properties().number(Property.RECEIVE_MAXIMUM, 65_535)
            : 20;
    aliasMax = (int) connack.properties().number(Property.TOPIC_ALIAS_MAXIMUM, 0);
    // When CONNACK of a new session is lost, the next one tells of a session that is present and
    // not the one that the client knows. The specification has no remedy for that; here it is
    // known.
    OracleSession known = session;
    session = wire == null ? null : wire.view().established;
    if (!connack.sessionPresent() || known != session) {
      outgoing.clear();
      held.clear();
      return;
    }
    for (var entry : outgoing.entrySet()) {
      if (entry.getValue().released) {
        underWay++;
        send(new Pubrel(entry.getKey(), ReasonCode.SUCCESS, Properties.NONE));
      } else {
        resend.add(entry.getValue());
      }
    }
    resendNext();
  }

  private boolean remove(int packetId) {
    underWay--;
    return outgoing.remove(packetId) != null;
  }

  private void application(Frame.Application frame) {
    Routing routing = frame.routing();
    TopicName topic = frame.topic();
    if (topic == null) {
      topic = aliases.get(frame.topicAlias());
    } else if (frame.topicAlias() > 0) {
      aliases.put(frame.topicAlias(), topic);
    }
    require(routing.topic().equals(topic), "wrong topic or alias: " + topic);
    trace("gets " + routing + " " + frame.qos() + (frame.duplicate() ? " dup" : ""));
    frame.got().run();
    switch (frame.qos()) {
      case AT_MOST_ONCE -> {}
      case AT_LEAST_ONCE -> send(new Puback(frame.packetId(), refusal(frame), Properties.NONE));
      case EXACTLY_ONCE -> {
        ReasonCode reason = held.contains(frame.packetId()) ? ReasonCode.SUCCESS : refusal(frame);
        if (!reason.isError() && held.add(frame.packetId()) && !frame.isApart()) {
          require(gotExactlyOnce.add(routing.number()), "second delivery of " + routing);
        }
        send(new Pubrec(frame.packetId(), reason, Properties.NONE));
      }
    }
  }

  /// The server gives up a message in the middle of its delivery.
  void givenUp(int packetId) {
    held.remove(packetId);
  }

  /// Now and then a client of MQTT 5.0 refuses a message.
  private ReasonCode refusal(Frame.Application frame) {
    return version == ProtocolVersion.MQTT_5 && !frame.duplicate() && world.oneIn(50)
        ? ReasonCode.NOT_AUTHORIZED
        : ReasonCode.SUCCESS;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds && !isHit()) {
      throw new SimulationFailure(id + ": " + otherwise);
    }
  }
}
