package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingreq;
import dev.midge.packet.Packet.Pingresp;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.session.TopicAliases;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One network connection, from its opening to its end: takes the client's packets, asks the flow
/// that knows the rules for each, and is the only one that ends it. Belongs to the loop that
/// accepted it until its client is known, then to the home loop of that client; touched by no other
/// thread.
///
/// Whatever goes wrong while a packet is dealt with ends here: a broken rule by the answer that the
/// specification gives to it, a mistake of ours by the end of this one connection.
public final class Connection {
  private enum Phase {
    /// Waits for CONNECT.
    NEW,
    /// CONNECT came and has not been answered.
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  /// Longer topics get no alias: the server has to remember each that does.
  private static final int ALIASED_BYTES_MAX = 1024;

  private final Wire wire;
  private final Limits limits;
  private final ReadGate gate;
  private final Silence silence = new Silence(this);

  private BrokerLoop loop;

  private Lane lane;

  private Phase phase = Phase.NEW;
  private @Nullable ProtocolVersion version;
  private String clientId = "";
  private String claimedName = "";
  private Standing standing = new Standing();
  private @Nullable Client client;
  private TopicAliases aliases = new TopicAliases(0, 0);
  private @Nullable Authentication authentication;
  private @Nullable Outgoing outgoing;
  private final Answers answers = new Answers(this);
  private Durability durability = Durability.NONE;
  private boolean wantsProblemInformation = true;

  Connection(BrokerLoop loop, Wire wire, Limits limits) {
    this.loop = loop;
    this.wire = wire;
    this.limits = limits;
    this.gate = new ReadGate(wire);
    this.lane = tally().lane(limits.listener(), null);
    silence.allow(limits.connectSecondsMax() * 1000L);
  }

  // What the wire tells.

  /// Takes the next packet of the client.
  public void receive(Packet packet) {
    silence.heard(loop.nowMillis());
    try {
      if (phase == Phase.NEW && packet instanceof Connect connect) {
        speak(connect.version());
      }
      lane.countReceived(packet);
      switch (phase) {
        case NEW -> receiveFirst(packet);
        case CONNECTING -> receiveWhileConnecting(packet);
        case CONNECTED -> dispatch(packet);
        case CLOSED -> {}
      }
    } catch (ProtocolViolation violation) {
      violated(violation);
    } catch (RuntimeException failure) {
      failed("packet " + packet.type(), failure);
    }
  }

  /// Hears that what the client sent is no packet that it may send.
  public void violated(ProtocolViolation violation) {
    if (phase != Phase.CLOSED) {
      tally().count(Counter.VIOLATIONS);
      end(Farewell.violation(violation));
    }
  }

  /// Hears that the client sent a CONNECT that cannot be accepted, to be answered in this version.
  public void refused(ProtocolVersion spoken, ProtocolViolation violation) {
    if (phase == Phase.NEW) {
      speak(spoken);
      wire.accept(spoken, Long.MAX_VALUE);
    }
    violated(violation);
  }

  /// Hears that so many bytes came from the client, and were looked at.
  public void arrived(int bytes) {
    lane.countReceivedBytes(bytes);
  }

  /// Hears that so many bytes went to the client.
  public void flushed(long bytes) {
    lane.countSentBytes(bytes);
  }

  /// Hears that the wire has room again.
  public void writable() {
    guard(
        "writing",
        () -> {
          gate.open(ReadGate.Reason.OUTBOUND);
          if (client != null && phase == Phase.CONNECTED) {
            loop.deliveries().pump(client);
          }
        });
  }

  /// Hears that the client reads too slowly: the wire has no room just now.
  public void unwritable() {
    guard(
        "writing",
        () -> {
          if (client != null && phase == Phase.CONNECTED) {
            client.updateReadiness();
          }
        });
  }

  /// Hears that the client sends faster than it may, or that it may go on.
  public void slowed(boolean isSlowed) {
    guard("reading", () -> gate.set(ReadGate.Reason.RATE, isSlowed));
  }

  /// Hears that the network connection is gone.
  public void closed() {
    end(Farewell.lost());
  }

  /// Hears that the network connection is not for MQTT: others go on with it.
  public void handedOver() {
    phase = Phase.CLOSED;
    loop.timers().cancel(silence);
    loop.left(this);
    tally().count(Counter.CONNECTIONS_CLOSED);
  }

  /// Hears of a mistake of ours in dealing with this connection, which ends it.
  public void failed(String where, RuntimeException failure) {
    loop.failed(where, failure);
    end(Farewell.byServer(ReasonCode.UNSPECIFIED_ERROR, "internal error"));
  }

  /// Ends the connection because the server wants it so; the client is told why if it can be.
  public void disconnect(ReasonCode reason, String detail) {
    end(Farewell.byServer(reason, detail));
  }

  /// Hears that a loop that it publishes to has caught up.
  void caughtUp() {
    guard("reading", () -> gate.open(ReadGate.Reason.INBOX));
  }

  /// Does something for this connection, unless it has ended; what goes wrong ends it.
  void guard(String where, Runnable task) {
    if (phase == Phase.CLOSED) {
      return;
    }
    try {
      task.run();
    } catch (ProtocolViolation violation) {
      violated(violation);
    } catch (RuntimeException failure) {
      failed(where, failure);
    }
  }

  // What others may know of it.

  /// What the client speaks, or null before its CONNECT.
  public @Nullable ProtocolVersion version() {
    return version;
  }

  /// The client identifier, empty before CONNECT was accepted.
  public String clientId() {
    return clientId;
  }

  /// The user name that it claims or, once that is known, has; or empty.
  public String userName() {
    Identity identity = standing.identity();
    return identity == null ? claimedName : identity.userName();
  }

  /// What the listener allows.
  public Limits limits() {
    return limits;
  }

  /// Where the client is, as text for people.
  public String remoteAddress() {
    return wire.remoteAddress();
  }

  /// Whether the server itself is the client, to see how it is: then nobody hears of it.
  public boolean isOwn() {
    return wire.shares().equals(Shares.SERVER);
  }

  /// The way to the client.
  public Wire wire() {
    return wire;
  }

  // What the flows use.

  BrokerLoop loop() {
    return loop;
  }

  /// Where it is counted.
  Tally tally() {
    return isOwn() ? loop.ownTally() : loop.tally();
  }

  ReadGate gate() {
    return gate;
  }

  /// What the client is answered, in its order.
  Answers answers() {
    return answers;
  }

  TopicAliases aliases() {
    return aliases;
  }

  boolean isConnected() {
    return phase == Phase.CONNECTED;
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /// The version, once CONNECT came.
  ProtocolVersion spoken() {
    return Objects.requireNonNull(version);
  }

  /// The client, once it was let in.
  Client client() {
    return Objects.requireNonNull(client);
  }

  /// What is on its way to the client, once it was let in.
  Outgoing outgoing() {
    return Objects.requireNonNull(outgoing);
  }

  /// Whether a message can be sent at once, of whatever QoS.
  boolean takesMore() {
    return outgoing().hasQuota() && wire.isWritable();
  }

  @Nullable Authentication authentication() {
    return authentication;
  }

  void authentication(@Nullable Authentication authentication) {
    this.authentication = authentication;
  }

  /// What the session, if it begins now, and what it publishes are to outlive.
  Durability durability() {
    return durability;
  }

  /// Who the client is, and what it may do.
  Standing standing() {
    return standing;
  }

  /// CONNECT came: until it is answered nothing else is read.
  void beginConnecting(Connect connect, String clientId, Durability durability) {
    this.phase = Phase.CONNECTING;
    this.clientId = clientId;
    this.durability = durability;
    this.claimedName = connect.userName() == null ? "" : connect.userName();
    this.wantsProblemInformation =
        connect.properties().number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
    gate.close(ReadGate.Reason.CONNECTING);
  }

  /// Goes over to another loop, of which the caller is the thread from now on.
  void arrive(BrokerLoop home) {
    loop = home;
    lane = tally().lane(limits.listener(), version);
    loop.arrived(this);
  }

  /// Takes the connection off the loop that it is about to leave.
  void depart() {
    loop.timers().cancel(silence);
    loop.left(this);
  }

  /// The client is let in.
  ///
  /// @param keepAliveSeconds what both sides keep to, 0 for no limit
  void establish(Client client, TopicAliases aliases, Outgoing outgoing, int keepAliveSeconds) {
    this.phase = Phase.CONNECTED;
    this.client = client;
    this.aliases = aliases;
    this.outgoing = outgoing;
    lane.countIn();
    client.attach(this, limits);
    silence.allow(keepAliveSeconds * 1500L);
  }

  /// Sends a packet that is not PUBLISH. A client that does not read its answers is not read
  /// either, until the wire is writable again; while it is, nobody would say so.
  void send(Packet packet) {
    if (!wire.send(packet)) {
      end(Farewell.byServer(ReasonCode.PACKET_TOO_LARGE, packet.type() + " is too long for you"));
      return;
    }
    lane.countSent(packet.type());
    if (!wire.isWritable()
        && wire.pendingBytes() > (loop.isOutboundFull() ? 0 : limits.outboundBytesMax())) {
      gate.close(ReadGate.Reason.OUTBOUND);
    }
  }

  /// Sends a PUBLISH, by the alias of its topic if it has one; returns false when it is too long
  /// for the client.
  boolean publish(
      Message message,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      int[] subscriptionIds) {
    int alias = aliases.known(message.topic());
    boolean known = alias != 0;
    if (!known && message.topic().length() <= ALIASED_BYTES_MAX) {
      alias = aliases.next();
    }
    long expirySeconds = message.expirySeconds(loop.nowMillis());
    boolean sent =
        wire.publish(
            message,
            qos,
            retain,
            duplicate,
            packetId,
            subscriptionIds,
            expirySeconds,
            alias,
            known);
    if (!sent && alias != 0) { // An alias takes room, too.
      alias = 0;
      sent =
          wire.publish(
              message, qos, retain, duplicate, packetId, subscriptionIds, expirySeconds, 0, false);
    }
    if (sent) {
      lane.countPublished(message.payload().length);
      if (alias != 0 && !known) {
        aliases.assign(message.topic());
      }
    }
    return sent;
  }

  /// A reason string, unless the client asked for none. [MQTT-3.1.2-29]
  Properties explained(String detail) {
    return detail.isEmpty() || !wantsProblemInformation
        ? Properties.NONE
        : Properties.builder().text(Property.REASON_STRING, detail).build();
  }

  /// Ends the connection, once; the first reason counts. Whatever fails on the way, the end is
  /// reached: half an end would leave a session that is never resumed and never expires.
  void end(Farewell farewell) {
    if (phase == Phase.CLOSED) {
      return;
    }
    Phase before = phase;
    phase = Phase.CLOSED;
    answers.clear();
    loop.timers().cancel(silence);
    loop.accesses().ended(standing);
    loop.left(this);
    tally().count(Counter.CONNECTIONS_CLOSED);
    if (farewell.side() == Farewell.Side.SERVER) {
      loop.attempt("farewell", () -> tell(before, farewell));
    }
    loop.attempt("closing", wire::close);
    if (before == Phase.CONNECTED) {
      lane.countOut();
      loop.room().release(aliases.inboundBytes());
      loop.journal().ended(this, farewell);
      loop.departures().detach(client(), farewell);
    } else {
      if (farewell.isForWantOfRoom()) {
        wire.welcome();
      }
      tally().count(Counter.CONNECTS_REFUSED);
      lane.countRefused(farewell.reason());
      loop.journal().refused(this, farewell.reason(), farewell.detail());
    }
    // What may be long must go now: the network connection lingers until this was read.
    clientId = "";
    claimedName = "";
    standing = new Standing();
    aliases = new TopicAliases(0, 0);
  }

  // The journey of a packet.

  /// It is known what the client speaks.
  private void speak(ProtocolVersion spoken) {
    version = spoken;
    lane = tally().lane(limits.listener(), spoken);
  }

  private void receiveFirst(Packet packet) {
    if (!(packet instanceof Connect connect)) {
      throw ProtocolViolation.protocolError("MQTT-3.1.0-1", "first packet is not CONNECT");
    }
    long packetBytesMax = connect.properties().number(Property.MAXIMUM_PACKET_SIZE, Long.MAX_VALUE);
    wire.accept(connect.version(), packetBytesMax);
    loop.connects().receive(this, connect);
  }

  /// Between CONNECT and CONNACK only authentication goes on. [MQTT-3.1.2-30]
  private void receiveWhileConnecting(Packet packet) {
    switch (packet) {
      case Auth auth -> loop.authentications().receive(this, auth);
      case Disconnect disconnect -> end(Farewell.byClient(disconnect.reason()));
      default ->
          throw ProtocolViolation.protocolError("MQTT-3.1.2-30", packet.type() + " before CONNACK");
    }
  }

  private void dispatch(Packet packet) {
    switch (packet) {
      case Publish publish -> loop.publishes().receive(this, publish);
      case Puback puback -> loop.acks().acknowledged(this, puback);
      case Pubrec pubrec -> loop.acks().received(this, pubrec);
      case Pubrel pubrel -> loop.publishes().released(this, pubrel);
      case Pubcomp pubcomp -> loop.acks().completed(this, pubcomp);
      case Pingreq _ -> send(Pingresp.PINGRESP); // [MQTT-3.12.4-1]
      case Subscribe subscribe -> loop.subscribes().receive(this, subscribe);
      case Unsubscribe unsubscribe -> loop.subscribes().receive(this, unsubscribe);
      case Disconnect disconnect -> loop.departures().receive(this, disconnect);
      case Auth auth -> loop.authentications().receive(this, auth);
      case Connect _ -> throw ProtocolViolation.protocolError("MQTT-3.1.0-2", "second CONNECT");
      default ->
          throw ProtocolViolation.protocolError("", packet.type() + " is only sent by servers");
    }
  }

  private void tell(Phase before, Farewell farewell) {
    Packet packet = version == null ? null : farewell.packet(version, before == Phase.CONNECTED);
    if (packet != null && wire.send(packet)) {
      lane.countSent(packet.type());
    }
  }
}
