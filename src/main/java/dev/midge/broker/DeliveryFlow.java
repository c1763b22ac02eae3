package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Messages on their way to clients, from the match to the last acknowledgement (3.3.4, 4.3, 4.4,
/// 4.6, 4.9). Home loop only.
final class DeliveryFlow {
  private static final int PACKET_IDS = 65_535;

  /// How many messages, or steps towards a retained one, one client gets before others have a turn.
  private static final int STEPS_PER_TURN = 500;

  private final BrokerLoop loop;

  /// Those that could not be sent to because too much waited for others to read it.
  private final Set<Connection> starved = new LinkedHashSet<>();

  DeliveryFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Delivers a message to a client of this loop, now or later. A failure costs that client's
  /// connection, not its publisher's.
  ///
  /// @param group the group on whose behalf the client receives it, or null
  void deliver(Message message, Subscription wanted, @Nullable SharedGroup group) {
    Client client = (Client) wanted.subscriber();
    try {
      Subscription subscription = applicable(client, message, wanted);
      if (subscription != null) {
        deliver(client, message, subscription, group);
      }
    } catch (RuntimeException failure) {
      Connection connection = client.connection();
      if (connection != null) {
        connection.failed("delivery", failure);
      } else {
        loop.failed("delivery", failure);
      }
    }
  }

  /// What of a subscription holds for this message, or null when nothing does. [MQTT-3.8.3-3]
  private static @Nullable Subscription applicable(
      Client client, Message message, Subscription subscription) {
    return message.publisherId().equals(client.session().clientId())
        ? subscription.forOwnMessages()
        : subscription;
  }

  private void deliver(
      Client client, Message message, Subscription subscription, @Nullable SharedGroup group) {
    if (group != null && client.connection() == null) {
      // The member was chosen on another loop, before it left.
      Subscription successor =
          group.hasSuccessor(client, client.isEnded()) ? group.successorOf(client) : null;
      if (successor != null) {
        loop.router().forward(message, successor, group);
        return;
      }
    }
    if (client.isEnded()) {
      loop.tally().drop(Drop.SESSION_ENDED);
      return;
    }
    QoS qos = message.qos().atMost(subscription.qos()); // [MQTT-3.8.4-8]
    boolean retain = subscription.retainAsPublished() && message.retain(); // [MQTT-3.3.1-12]
    Connection connection = client.connection();
    if (qos == QoS.AT_MOST_ONCE
        && connection != null
        && !client.session().queue().holdsAtMostOnce()) { // [MQTT-4.6.0-6]
      sendAtMostOnce(connection, message, retain, subscription.identifiers());
      return;
    }
    Delivery delivery = new Delivery(message, qos, retain, subscription.identifiers(), group);
    if (connection != null
        && client.session().queue().isEmpty()
        && maySend(connection, client.session())
        && hasRoom(client, message)) {
      client.log().queued(client.session(), delivery);
      send(client, connection, delivery);
      client.updateReadiness();
    } else {
      enqueue(client, delivery);
    }
  }

  private void sendAtMostOnce(
      Connection connection, Message message, boolean retain, int[] subscriptionIds) {
    long pending = connection.wire().pendingBytes();
    if (pending > 0 && pending + message.sizeBytes() > connection.limits().outboundBytesMax()) {
      loop.tally().drop(Drop.OUTBOUND_BYTES);
    } else if (pending > 0 ? loop.isOutboundFull() : loop.isOutboundExhausted()) {
      loop.tally().drop(Drop.SERVER_OUTBOUND_BYTES);
    } else if (message.isExpired(loop.nowMillis())) {
      loop.tally().drop(Drop.EXPIRED);
    } else if (!connection.publish(message, QoS.AT_MOST_ONCE, retain, false, 0, subscriptionIds)) {
      loop.tally().drop(Drop.PACKET_TOO_LARGE);
    }
  }

  private void enqueue(Client client, Delivery delivery) {
    Session session = client.session();
    Limits limits = client.limits();
    if (delivery.qos() == QoS.AT_MOST_ONCE && client.connection() == null && !limits.queueQos0()) {
      loop.tally().drop(Drop.OFFLINE);
      return;
    }
    int size = delivery.message().sizeBytes();
    if (session.queue().count() >= limits.queueMessagesMax()) {
      dropExpired(client);
    }
    if (session.queue().count() >= limits.queueMessagesMax()) {
      loop.tally().drop(Drop.QUEUE_MESSAGES);
    } else if (waitingBytes(session) + size > limits.queueBytesMax()) {
      loop.tally().drop(Drop.QUEUE_BYTES);
    } else if (!loop.reserveQueue(size)) {
      loop.tally().drop(Drop.SERVER_QUEUE_BYTES);
    } else {
      session.queue().add(delivery);
      client.log().queued(session, delivery);
      client.updateReadiness();
    }
  }

  /// Whether there is room for a message that is sent at once and then waits to be acknowledged.
  /// One is always taken, however long it is.
  private boolean hasRoom(Client client, Message message) {
    long waiting = waitingBytes(client.session());
    return (waiting == 0 || waiting + message.sizeBytes() <= client.limits().queueBytesMax())
        && loop.hasQueueRoom(message.sizeBytes());
  }

  /// The memory of what waits for the client, or for its acknowledgement, in bytes.
  private static long waitingBytes(Session session) {
    return session.queue().bytes() + session.inflight().bytes();
  }

  private void dropExpired(Client client) {
    List<Delivery> expired = client.session().queue().removeExpired(loop.nowMillis());
    for (Delivery delivery : expired) {
      loop.releaseQueue(delivery.message().sizeBytes());
      loop.tally().drop(Drop.EXPIRED);
    }
    expired.forEach(delivery -> client.log().removed(client.session(), delivery));
  }

  private boolean maySend(Connection connection, Session session) {
    Outgoing outgoing = connection.outgoing();
    if (loop.isOutboundExhausted()) {
      starved.add(connection);
      return false;
    }
    return outgoing.hasQuota()
        && !outgoing.isResuming()
        && session.inflight().count() < PACKET_IDS
        && connection.wire().isWritable();
  }

  /// Sends a delivery that is in no queue (any more). It takes room until it is acknowledged. One
  /// that is too long for the client counts as sent. [MQTT-3.1.2-25]
  private void send(Client client, Connection connection, Delivery delivery) {
    Session session = client.session();
    Message message = delivery.message();
    if (message.isExpired(loop.nowMillis())) {
      loop.tally().drop(Drop.EXPIRED);
      client.log().removed(session, delivery);
      return;
    }
    if (delivery.qos() == QoS.AT_MOST_ONCE) {
      sendAtMostOnce(connection, message, delivery.retain(), delivery.subscriptionIds());
      client.log().removed(session, delivery);
      return;
    }
    session.inflight().add(delivery);
    loop.takeQueue(message.sizeBytes());
    if (publish(connection, delivery, false)) {
      connection.outgoing().spend(delivery);
      client.log().advanced(session, delivery);
    } else {
      session.inflight().remove(delivery);
      loop.releaseQueue(message.sizeBytes());
      loop.tally().drop(Drop.PACKET_TOO_LARGE);
      client.log().removed(session, delivery);
    }
  }

  private static boolean publish(Connection connection, Delivery delivery, boolean duplicate) {
    return connection.publish(
        delivery.message(),
        delivery.qos(),
        delivery.retain(),
        duplicate,
        delivery.packetId(),
        delivery.subscriptionIds());
  }

  /// Sends what waits for the client, as far as its quota and the wire allow; much of it, or what
  /// takes long to find, in several turns.
  void pump(Client client) {
    Connection connection = client.connection();
    if (connection == null || !connection.isConnected()) {
      return;
    }
    Outgoing outgoing = connection.outgoing();
    for (int i = 0; connection.wire().isWritable() && !outgoing.goesOnLater(); i++) {
      if (i == STEPS_PER_TURN) {
        outgoing.goesOnLater(true);
        loop.executeLater(() ->
            connection.guard(
                "sending",
                () -> {
                  outgoing.goesOnLater(false);
                  pump(client);
                }));
      } else if (!sendNext(client, connection)) {
        break;
      }
    }
    client.updateReadiness();
  }

  /// Goes on with those that got nothing because too much waited for others to read it.
  void pumpStarved() {
    if (!starved.isEmpty() && !loop.isOutboundExhausted()) {
      List<Connection> waiting = List.copyOf(starved);
      starved.clear();
      for (Connection connection : waiting) {
        connection.guard("sending", () -> pump(connection.client()));
      }
    }
  }

  /// Sends one thing of each kind that may be sent: retained messages do not hold up live ones, nor
  /// live ones them. Returns false when nothing may.
  private boolean sendNext(Client client, Connection connection) {
    if (connection.outgoing().isResuming()) {
      return resendNext(client, connection);
    }
    boolean sent = sendNextQueued(client, connection);
    return sendNextRetained(client, connection) || sent;
  }

  private boolean sendNextQueued(Client client, Connection connection) {
    Delivery next = client.session().queue().peek();
    if (next == null
        || (next.qos() != QoS.AT_MOST_ONCE && !maySend(connection, client.session()))) {
      return false;
    }
    client.session().queue().removeFirst();
    loop.releaseQueue(next.message().sizeBytes());
    send(client, connection, next);
    return true;
  }

  private boolean sendNextRetained(Client client, Connection connection) {
    RetainedReplay replay = connection.outgoing().peekReplay();
    if (replay == null) {
      return false;
    }
    Subscription subscription = replay.subscription();
    if (subscription.qos() != QoS.AT_MOST_ONCE
        && (!maySend(connection, client.session())
            || client.session().inflight().bytes() > client.limits().queueBytesMax() / 2)) {
      return false;
    }
    Message message = replay.cursor().next(loop.nowMillis());
    if (message == null) {
      if (replay.cursor().isDone()) {
        connection.outgoing().removeReplay();
      }
      return true;
    }
    if (applicable(client, message, subscription) == null) {
      return true;
    }
    loop.tally().count(Counter.RETAINED_SENT);
    QoS qos = message.qos().atMost(subscription.qos());
    boolean retain = true; // [v3: MQTT-3.3.1-8]
    if (qos == QoS.AT_MOST_ONCE) {
      sendAtMostOnce(connection, message, retain, subscription.identifiers());
      return true;
    }
    if (!loop.hasQueueRoom(message.sizeBytes())) {
      loop.tally().drop(Drop.SERVER_QUEUE_BYTES);
      return true;
    }
    Delivery delivery = new Delivery(message, qos, retain, subscription.identifiers(), null);
    client.log().queued(client.session(), delivery);
    send(client, connection, delivery);
    return true;
  }

  /// Begins to send again what an earlier connection left unacknowledged: the only time at which
  /// anything is sent twice. [MQTT-4.4.0-1] PUBRELs go first, because they must not wait for the
  /// client to acknowledge messages. [MQTT-3.3.4-10]
  void resume(Client client, Connection connection) {
    Outgoing outgoing = connection.outgoing();
    for (Delivery delivery : client.session().inflight().inOrder()) {
      delivery.inWindow(false);
      if (delivery.state() == State.RELEASED) {
        connection.send(new Pubrel(delivery.packetId(), ReasonCode.SUCCESS, Properties.NONE));
        outgoing.spend(delivery);
      } else {
        outgoing.resend(delivery);
      }
    }
    pump(client);
  }

  private boolean resendNext(Client client, Connection connection) {
    Outgoing outgoing = connection.outgoing();
    Delivery delivery = outgoing.peekResend();
    if (delivery == null) {
      return false;
    }
    if (delivery.state() == State.RELEASED
        || client.session().inflight().find(delivery.packetId()) != delivery) {
      outgoing.removeResend(); // Acknowledged in the meantime.
      return true;
    }
    if (!outgoing.hasQuota()) {
      return false;
    }
    if (loop.isOutboundExhausted()) {
      starved.add(connection);
      return false;
    }
    outgoing.removeResend();
    if (publish(connection, delivery, true)) { // [MQTT-3.3.1-1]
      outgoing.spend(delivery);
    } else {
      finish(client, delivery);
      loop.tally().drop(Drop.PACKET_TOO_LARGE);
    }
    return true;
  }

  /// Takes PUBACK: a delivery of QoS 1 is done with. One that the client refuses is, too.
  void acknowledged(Connection connection, Puback puback) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(puback.packetId());
    if (delivery != null) {
      require(delivery.qos() == QoS.AT_LEAST_ONCE, "PUBACK for QoS 2");
      finish(client, delivery);
      connection.outgoing().earn(delivery);
      pump(client);
    }
  }

  /// Takes PUBREC: a delivery of QoS 2 has arrived, or was refused. [MQTT-4.3.3-4]
  void received(Connection connection, Pubrec pubrec) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(pubrec.packetId());
    if (delivery == null) {
      if (!pubrec.reason().isError()) {
        connection.send(
            new Pubrel(pubrec.packetId(), ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.NONE));
      }
      return;
    }
    require(delivery.qos() == QoS.EXACTLY_ONCE, "PUBREC for QoS 1");
    if (pubrec.reason().isError()) {
      finish(client, delivery);
      connection.outgoing().earn(delivery);
      pump(client);
      return;
    }
    if (delivery.state() == State.PUBLISHED) {
      client.session().inflight().release(delivery);
      connection.outgoing().spend(delivery);
      client.log().advanced(client.session(), delivery);
    }
    connection.send(new Pubrel(pubrec.packetId(), ReasonCode.SUCCESS, Properties.NONE));
  }

  /// Takes PUBCOMP: a delivery of QoS 2 is done with.
  void completed(Connection connection, Pubcomp pubcomp) {
    Client client = connection.client();
    Delivery delivery = client.session().inflight().find(pubcomp.packetId());
    if (delivery != null) {
      require(delivery.state() == State.RELEASED, "PUBCOMP before PUBREC");
      finish(client, delivery);
      connection.outgoing().earn(delivery);
      pump(client);
    }
  }

  /// An acknowledgement must be the one that comes next in its flow (4.3).
  private static void require(boolean isNext, String detail) {
    if (!isNext) {
      throw ProtocolViolation.protocolError("", detail);
    }
  }

  private void finish(Client client, Delivery delivery) {
    client.session().inflight().remove(delivery);
    loop.releaseQueue(delivery.message().sizeBytes());
    client.log().removed(client.session(), delivery);
  }

  /// Passes on to other members of their groups what the client will not deliver: what waits, and
  /// what it did not acknowledge with QoS 1. A delivery of QoS 2 that was begun belongs to this
  /// client for good. [MQTT-4.8.2-4] [MQTT-4.8.2-5]
  ///
  /// @param toAbsent whether a member that is not connected may take over
  void passOn(Client client, boolean toAbsent) {
    Session session = client.session();
    for (Delivery delivery : session.inflight().inOrder()) {
      if (delivery.qos() == QoS.AT_LEAST_ONCE && hasSuccessor(client, delivery, toAbsent)) {
        session.inflight().remove(delivery);
        loop.releaseQueue(delivery.message().sizeBytes());
        passOn(client, delivery);
        client.log().removed(session, delivery);
      }
    }
    passOnQueued(client, toAbsent, _ -> true);
  }

  /// Passes on what waits for the client on behalf of groups that it has left; what is in flight is
  /// completed. [MQTT-3.10.4-3]
  void passOnUnsubscribed(Client client) {
    Set<TopicFilter> kept = client.session().subscriptions().keySet();
    passOnQueued(client, true, group -> !kept.contains(group.filter()));
  }

  private void passOnQueued(Client client, boolean toAbsent, Predicate<SharedGroup> condition) {
    Session session = client.session();
    List<Delivery> waiting =
        session
            .queue()
            .removeIf(delivery ->
                delivery.group() != null
                    && condition.test(delivery.group())
                    && hasSuccessor(client, delivery, toAbsent));
    for (Delivery delivery : waiting) {
      loop.releaseQueue(delivery.message().sizeBytes());
      passOn(client, delivery);
    }
    client.updateReadiness();
    waiting.forEach(delivery -> client.log().removed(session, delivery));
  }

  private static boolean hasSuccessor(Client client, Delivery delivery, boolean toAbsent) {
    SharedGroup group = delivery.group();
    return group != null && group.hasSuccessor(client, toAbsent);
  }

  private void passOn(Client client, Delivery delivery) {
    SharedGroup group = delivery.group();
    Subscription successor = group == null ? null : group.successorOf(client);
    if (group != null && successor != null) {
      loop.router().forward(delivery.message(), successor, group);
    } else {
      loop.tally().drop(Drop.SESSION_ENDED);
    }
  }

  /// Counts and forgets all that still waits for a client whose session has ended.
  void discard(Client client) {
    Session session = client.session();
    for (Delivery delivery : session.queue().removeIf(_ -> true)) {
      loop.releaseQueue(delivery.message().sizeBytes());
      loop.tally().drop(Drop.SESSION_ENDED);
    }
    for (Delivery delivery : session.inflight().inOrder()) {
      loop.releaseQueue(delivery.message().sizeBytes());
    }
    loop.tally().drop(Drop.SESSION_ENDED, session.inflight().count());
  }
}
