package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicName;
import dev.midge.session.InboundIds;
import dev.midge.session.TopicAliases;

/// Messages that come from clients, from PUBLISH to the end of their acknowledgement (3.3, 4.3),
/// and wills. Home loop of the publisher only.
final class PublishFlow {
  /// What [#distribute] says of a message that was given to nobody, for want of room on disk; the
  /// client is told that a quota is exceeded (0x97).
  private static final ReasonCode REFUSED = ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;

  /// Of so many messages, a power of two, one is timed.
  private static final int TIMED = 64;

  private static final String NO_ROOM = "no room on disk to keep messages";

  private final BrokerLoop loop;
  private int distributed;

  PublishFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Takes a PUBLISH.
  void receive(Connection connection, Publish publish) {
    TopicName topic = resolve(connection.aliases(), publish);
    requireOffered(connection.limits(), publish.qos(), publish.retain());
    if (publish.qos() == QoS.EXACTLY_ONCE) {
      receiveExactlyOnce(connection, publish, topic);
      return;
    }
    if (publish.qos() == QoS.AT_MOST_ONCE) {
      distribute(connection, publish, topic);
      return;
    }
    requireRoom(connection);
    long before = loop.promises();
    ReasonCode outcome = distribute(connection, publish, topic);
    connection
        .answers()
        .send( // [MQTT-4.3.2-4]
            new Puback(
                publish.packetId(),
                answerable(connection, outcome),
                explanation(connection, outcome)),
            loop.receiptSince(before));
  }

  /// The message of a QoS 2 PUBLISH goes out when its identifier is first seen, and not again
  /// before it is released. [MQTT-4.3.3-8] [MQTT-4.3.3-10] One that was delivered is not refused,
  /// even if there was no room to retain it: its identifier would be free, and the message, sent
  /// again because PUBREC was lost, delivered twice.
  private void receiveExactlyOnce(Connection connection, Publish publish, TopicName topic) {
    Client client = connection.client();
    InboundIds received = client.session().received();
    int packetId = publish.packetId();
    ReasonCode outcome = ReasonCode.SUCCESS;
    ReasonCode answer = ReasonCode.SUCCESS;
    long before = loop.promises();
    if (!received.contains(packetId)) {
      requireRoom(connection);
      outcome = distribute(connection, publish, topic);
      answer =
          outcome == ReasonCode.QUOTA_EXCEEDED
              ? ReasonCode.SUCCESS
              : answerable(connection, outcome);
      if (!answer.isError()) {
        received.add(packetId);
        client.promise().received(client.session(), packetId);
        client.await(packetId, loop.receiptSince(before));
      }
    } else {
      client.again();
      connection.answers().holdUntil(client.awaited(packetId));
    }
    connection
        .answers()
        .send(
            new Pubrec(packetId, answer, explanation(connection, outcome)),
            loop.receiptSince(before));
  }

  /// Takes PUBREL: the identifier is free again. [MQTT-4.3.3-11]
  void released(Connection connection, Pubrel pubrel) {
    Client client = connection.client();
    int packetId = pubrel.packetId();
    long before = loop.promises();
    boolean known = client.session().received().remove(packetId);
    if (known) {
      client.promise().forgotten(client.session(), packetId);
    } else {
      client.again();
    }
    connection
        .answers()
        .send(
            new Pubcomp(
                packetId,
                known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                Properties.NONE),
            loop.receiptSince(before));
  }

  /// Publishes the will of a client that is gone. [MQTT-3.1.2-8]
  void publishWill(Client client, Will will) {
    if (!client.standing().mayWrite(will.topic())) {
      loop.tally().drop(Drop.NOT_AUTHORIZED);
      return;
    }
    loop.tally().count(Counter.WILLS_PUBLISHED);
    Message message =
        new Message(
            will.topic(),
            will.payload(),
            will.qos(),
            will.retain(),
            will.properties(),
            Message.deadlineMillis(will.expirySeconds(), loop.nowMillis()),
            client.session().clientId());
    retainAndRoute(
        message,
        client.limits(),
        client.holding().shares(),
        client.durability(),
        client.isDurable());
  }

  /// The topic of a PUBLISH, by its name or its alias. [MQTT-3.3.2-8] [MQTT-3.3.2-12]
  private TopicName resolve(TopicAliases aliases, Publish publish) {
    TopicName topic = publish.topic();
    int alias = publish.topicAlias();
    if (alias == 0 && topic != null) {
      return topic;
    }
    if (alias > aliases.inboundMax()) {
      throw new ProtocolViolation(
          ReasonCode.TOPIC_ALIAS_INVALID,
          "MQTT-3.3.2-9",
          "topic alias " + alias + ", allowed are 1 to " + aliases.inboundMax());
    }
    TopicName known = aliases.topic(alias);
    if (topic != null) {
      if (!loop.room().reserve(topic.length() - (known == null ? 0 : known.length()))) {
        throw new ProtocolViolation(
            ReasonCode.QUOTA_EXCEEDED, "", "no room to remember a topic alias");
      }
      aliases.learn(alias, topic);
      return topic;
    }
    if (known == null) {
      throw ProtocolViolation.protocolError("MQTT-3.3.2-12", "unknown topic alias " + alias);
    }
    return known;
  }

  /// What CONNACK said that the server does not do, a client must not ask for. [MQTT-3.2.2-11]
  /// [MQTT-3.2.2-14]
  static void requireOffered(Limits limits, QoS qos, boolean retain) {
    if (qos.compareTo(limits.qosMax()) > 0) {
      throw new ProtocolViolation(
          ReasonCode.QOS_NOT_SUPPORTED, "MQTT-3.2.2-11", "QoS " + qos.level());
    }
    if (retain && !limits.retain()) {
      throw new ProtocolViolation(
          ReasonCode.RETAIN_NOT_SUPPORTED, "MQTT-3.2.2-14", "messages are not retained here");
    }
  }

  /// A client must not have more messages under way than the server said it takes: those of QoS 2
  /// that are not released, and those whose acknowledgement is held back. [MQTT-3.3.4-7]
  private static void requireRoom(Connection connection) {
    int max = connection.spoken().hasProperties() ? connection.limits().receiveMax() : 65_535;
    int underWay =
        connection.client().session().received().count() + connection.answers().lastToPublisher();
    if (underWay >= max) {
      throw new ProtocolViolation(
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          "MQTT-3.3.4-7",
          "more than " + max + " messages of QoS 1 and 2 under way");
    }
  }

  /// Gives the message to all that are to get it; returns what an acknowledgement says of that.
  private ReasonCode distribute(Connection connection, Publish publish, TopicName topic) {
    if (topic.isReserved() && !connection.isOwn()) {
      loop.tally().drop(Drop.RESERVED_TOPIC);
      return ReasonCode.NOT_AUTHORIZED;
    }
    if (!fits(connection.limits(), topic)) {
      loop.tally().drop(Drop.TOPIC_TOO_LARGE);
      return ReasonCode.TOPIC_NAME_INVALID;
    }
    if (!connection.standing().mayWrite(topic)) {
      loop.tally().drop(Drop.NOT_AUTHORIZED);
      return ReasonCode.NOT_AUTHORIZED;
    }
    if (publish.qos() != QoS.AT_MOST_ONCE && isStoreFull(connection)) {
      loop.tally().drop(Drop.STORE_FULL);
      return REFUSED;
    }
    Message message =
        new Message(
            topic,
            publish.payload(),
            publish.qos(),
            publish.retain(),
            publish.properties(),
            Message.deadlineMillis(publish.expirySeconds(), loop.nowMillis()),
            connection.clientId());
    // Of QoS 2 it is written down that it came: it is not accepted again when a receiver's loop has
    // not written it down.
    boolean isHeld = message.qos() == QoS.EXACTLY_ONCE && connection.client().isDurable();
    boolean isTimed = (++distributed & TIMED - 1) == 0;
    long begunNanos = isTimed ? loop.readNanos() : 0;
    ReasonCode outcome =
        retainAndRoute(
            message,
            connection.limits(),
            connection.client().holding().shares(),
            connection.durability(),
            isHeld);
    if (isTimed) {
      loop.tally().routing().note(loop.readNanos() - begunNanos);
    }
    loop.router().slow(connection);
    return outcome;
  }

  /// Whether there is no room on disk to keep what the client publishes. Before 5.0 it cannot be
  /// told so: its connection ends, and what was not acknowledged is for it to send again.
  private boolean isStoreFull(Connection connection) {
    if (connection.durability() == Durability.NONE || loop.log().room() != StateLog.Room.NONE) {
      return false;
    }
    if (!connection.spoken().refusesPublishInAck()) {
      loop.tally().drop(Drop.STORE_FULL);
      throw new ProtocolViolation(ReasonCode.QUOTA_EXCEEDED, "", NO_ROOM);
    }
    return true;
  }

  /// Whether a topic is within what the listener allows.
  static boolean fits(Limits limits, TopicName topic) {
    return topic.length() <= limits.topicBytesMax()
        && (topic.length() < limits.topicLevelsMax()
            || topic.levelCount() <= limits.topicLevelsMax());
  }

  /// Retains the message if it asks for it, and sends it on its way to those who subscribed. A
  /// message that there is no room to retain is delivered all the same.
  ///
  /// @param isHeld whether what is written in this turn says that it is done with
  private ReasonCode retainAndRoute(
      Message message, Limits limits, Shares shares, Durability durability, boolean isHeld) {
    boolean retained =
        !message.retain() || !limits.retain() || retain(message, limits, shares, durability);
    boolean wanted = loop.router().route(message, isHeld);
    if (!retained) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    return wanted ? ReasonCode.SUCCESS : ReasonCode.NO_MATCHING_SUBSCRIBERS;
  }

  private boolean retain(Message message, Limits limits, Shares shares, Durability durability) {
    Ceilings ceilings = limits.ceilings();
    if (message.payload().length > ceilings.retainedMessageBytesMax()) {
      loop.tally().drop(Drop.RETAINED_TOO_LARGE);
      return false;
    }
    long seconds = ceilings.retainedSecondsMax();
    Message kept = seconds == 0 ? message : message.expiringBy(loop.nowMillis() + seconds * 1000);
    return loop.router().retain(kept, shares, durability);
  }

  /// Before 5.0 there is no way to refuse a PUBLISH but to close; it is acknowledged and dropped,
  /// as other brokers do. [v3: MQTT-3.3.5-2]
  private static ReasonCode answerable(Connection connection, ReasonCode outcome) {
    if (!connection.spoken().refusesPublishInAck()) {
      return ReasonCode.SUCCESS;
    }
    return outcome == REFUSED ? ReasonCode.QUOTA_EXCEEDED : outcome;
  }

  /// A reason string where the code alone does not tell what to do about it.
  private static Properties explanation(Connection connection, ReasonCode outcome) {
    return switch (outcome) {
      case TOPIC_NAME_INVALID -> connection.explained("topic has too many levels or bytes");
      case IMPLEMENTATION_SPECIFIC_ERROR -> connection.explained(NO_ROOM);
      case QUOTA_EXCEEDED -> connection.explained("delivered, but no room to retain it");
      default -> Properties.NONE;
    };
  }
}
