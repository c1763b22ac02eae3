package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;
import dev.midge.session.DeliveryQueue;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messages on their way to clients, from the match to the last acknowledgement (3.3.4, 4.3, 4.4,
/// 4.6, 4.9). Home loop only.
final class DeliveryFlow {
  private static final int PACKET_IDS = 65_535;

  /// How much of a queue that the log keeps is in memory while its client is connected.
  static final int PAGE_MESSAGES = 64;

  /// The same in bytes, roughly.
  static final long PAGE_BYTES = 64 << 10;

  /// How much may wait behind a SUBACK that waits before QoS 0 messages are dropped.
  private static final int HELD_MAX = 10_000;

  /// How many messages, or steps towards a retained one, one client gets before others have a turn.
  private static final int STEPS_PER_TURN = 500;

  private final BrokerLoop loop;

  /// Those that could not be sent to because too much waited for others to read it, or because they
  /// had got as many retained messages in that second as they may.
  private final Set<Connection> starved = new LinkedHashSet<>();

  DeliveryFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Delivers a message to a client of this loop, now or later. A failure costs that client's
  /// connection, not its publisher's.
  ///
  /// @param group the group on whose behalf the client receives it, or null
  /// @param isHeld whether it must not be lost should it go on to another loop
  void deliver(Message message, Subscription wanted, @Nullable SharedGroup group, boolean isHeld) {
    Client client = (Client) wanted.subscriber();
    try {
      Subscription subscription = applicable(client, message, wanted, group, isHeld);
      if (subscription != null) {
        deliverHere(client, message, subscription, group, isHeld);
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
  private @Nullable Subscription applicable(
      Client client,
      Message message,
      Subscription subscription,
      @Nullable SharedGroup group,
      boolean isHeld) {
    if (isKeptFrom(client, message, group, isHeld)) {
      return null;
    }
    return message.publisherId().equals(client.session().clientId())
        ? subscription.forOwnMessages()
        : subscription;
  }

  /// Whether the client may not read the message: then another of its group gets it who may, or it
  /// is counted.
  private boolean isKeptFrom(
      Client client, Message message, @Nullable SharedGroup group, boolean isHeld) {
    if (client.standing().mayRead(message.topic())) {
      return false;
    }
    Subscription other = group == null ? null : group.successorOf(client, message.topic());
    if (other == null) {
      loop.tally().drop(Drop.NOT_READABLE);
    } else {
      loop.router().forward(message, other, group, isHeld);
    }
    return true;
  }

  private void deliverHere(
      Client client,
      Message message,
      Subscription subscription,
      @Nullable SharedGroup group,
      boolean isHeld) {
    if (group != null && client.connection() == null) {
      // The member was chosen on another loop, before it left.
      Subscription successor =
          group.hasSuccessor(client, message.topic(), client.isEnded())
              ? group.successorOf(client, message.topic())
              : null;
      if (successor != null) {
        loop.router().forward(message, successor, group, isHeld);
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
      client.promise().queued(client.session(), delivery);
      send(client, connection, delivery);
      client.updateReadiness();
    } else {
      enqueue(client, delivery);
    }
  }

  private void sendAtMostOnce(
      Connection connection, Message message, boolean retain, int[] subscriptionIds) {
    if (!connection.answers().holdsMessages()) {
      sendAtMostOnceNow(connection, message, retain, subscriptionIds);
    } else if (connection.answers().count() < HELD_MAX) {
      connection
          .answers()
          .holdMessage(
              QoS.AT_MOST_ONCE,
              () -> sendAtMostOnceNow(connection, message, retain, subscriptionIds));
    } else {
      loop.tally().drop(Drop.OUTBOUND_BYTES);
    }
  }

  private void sendAtMostOnceNow(
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
    } else if (!client.holding().shares().isThereFor(Share.QUEUED_BYTES, size)) {
      loop.tally().drop(Drop.ADDRESS_QUEUE_BYTES);
    } else if (client.isDurable()) {
      enqueueDurable(client, delivery);
    } else if (!loop.room().reserve(size)) {
      loop.tally().drop(Drop.SERVER_QUEUE_BYTES);
    } else {
      session.queue().add(delivery);
      client.updateReadiness();
    }
  }

  /// Queues a delivery that the log keeps: in memory only as long as it is one of the next to be
  /// sent.
  private void enqueueDurable(Client client, Delivery delivery) {
    DeliveryQueue queue = client.session().queue();
    StateLog.Room room = loop.log().room();
    if (room == StateLog.Room.NONE
        || (room == StateLog.Room.LITTLE && delivery.qos() == QoS.AT_MOST_ONCE)) {
      loop.tally().drop(Drop.STORE_FULL);
      return;
    }
    StateLog log = delivery.qos() == QoS.AT_MOST_ONCE ? client.note() : client.promise();
    log.queued(client.session(), delivery);
    boolean isNext =
        client.connection() != null
            && queue.absent() == 0
            && queue.inMemory() < PAGE_MESSAGES
            && queue.bytes() < PAGE_BYTES
            && loop.room().reserve(delivery.message().sizeBytes());
    if (isNext) {
      queue.add(delivery);
    } else {
      queue.addAbsent(delivery);
      Connection connection = client.connection();
      if (connection != null && !connection.outgoing().isResuming() && queue.wantsPage(1)) {
        loop.recalls().page(client, connection); // There may be nothing else that gets it going.
      }
    }
    client.updateReadiness();
  }

  /// Whether there is room for a message that is sent at once and then waits to be acknowledged.
  /// One is always taken, however long it is.
  private boolean hasRoom(Client client, Message message) {
    long waiting = waitingBytes(client.session());
    return (waiting == 0 || waiting + message.sizeBytes() <= client.limits().queueBytesMax())
        && loop.room().isThereFor(message.sizeBytes());
  }

  /// The memory of what waits for the client, or for its acknowledgement, in bytes.
  private static long waitingBytes(Session session) {
    return session.queue().bytes() + session.inflight().bytes();
  }

  private void dropExpired(Client client) {
    List<Delivery> expired = client.session().queue().removeExpired(loop.nowMillis());
    for (Delivery delivery : expired) {
      client.dequeued(delivery);
      loop.tally().drop(Drop.EXPIRED);
    }
    expired.forEach(delivery -> client.note().removed(client.session(), delivery));
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
      client.note().removed(session, delivery);
      return;
    }
    if (delivery.qos() == QoS.AT_MOST_ONCE) {
      sendAtMostOnce(connection, message, delivery.retain(), delivery.subscriptionIds());
      client.note().removed(session, delivery);
      return;
    }
    client.addInflight(delivery);
    connection.outgoing().spend(delivery);
    if (delivery.qos() == QoS.EXACTLY_ONCE && client.isDurable()) {
      // A packet identifier that the client saw and we forgot would let it take the message twice.
      client.promise().sent(session, delivery);
      connection.answers().hold(loop.receipt(), () -> publishHeld(client, connection, delivery));
      return;
    }
    client.note().sent(session, delivery);
    Answers answers = connection.answers();
    // Sent again, a durable one comes behind those that wait now, so it must not overtake them.
    if (answers.holdsMessages() || (client.isDurable() && answers.count() > 0)) {
      answers.holdMessage(delivery.qos(), () -> publishHeld(client, connection, delivery));
    } else {
      publishInflight(client, connection, delivery);
    }
  }

  /// Sends a delivery that is in flight for the first time; returns false when it is too long for
  /// the client, and so done with.
  private boolean publishInflight(Client client, Connection connection, Delivery delivery) {
    if (publish(connection, delivery, false)) {
      return true;
    }
    client.finish(delivery);
    connection.outgoing().earn(delivery);
    loop.tally().drop(Drop.PACKET_TOO_LARGE);
    return false;
  }

  /// The same for one that had to wait: nobody else sends what comes next when it is done with. One
  /// that the client has answered already, by guessing its identifier, is not sent: it may be done
  /// with, and must not be so twice.
  private void publishHeld(Client client, Connection connection, Delivery delivery) {
    boolean isAnswered =
        delivery.state() == State.RELEASED
            || client.session().inflight().find(delivery.packetId()) != delivery;
    if (!isAnswered && !publishInflight(client, connection, delivery)) {
      pump(client);
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
    if (client.session().queue().wantsPage(PAGE_MESSAGES / 2)) {
      loop.recalls().page(client, connection);
    }
    client.updateReadiness();
  }

  /// Goes on with those that got nothing.
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
    client.dequeued(next);
    if (isKeptFrom(client, next.message(), next.group(), client.isDurable())) {
      // It was put there for somebody who might.
      client.note().removed(client.session(), next);
    } else {
      send(client, connection, next);
    }
    return true;
  }

  private boolean sendNextRetained(Client client, Connection connection) {
    RetainedReplay replay = connection.outgoing().peekReplay();
    if (replay == null || connection.answers().holdsSuback() || isPutOff(client, connection)) {
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
    if (applicable(client, message, subscription, null, false) == null) {
      return true;
    }
    loop.tally().count(Counter.RETAINED_SENT);
    if (connection.outgoing().replayed() == client.limits().ceilings().retainedPerSecondMax()) {
      loop.tally().count(Counter.RETAINED_PUT_OFF);
    }
    QoS qos = message.qos().atMost(subscription.qos());
    boolean retain = true; // [v3: MQTT-3.3.1-8]
    if (qos == QoS.AT_MOST_ONCE) {
      sendAtMostOnce(connection, message, retain, subscription.identifiers());
      return true;
    }
    if (!loop.room().isThereFor(message.sizeBytes())) {
      loop.tally().drop(Drop.SERVER_QUEUE_BYTES);
      return true;
    }
    Delivery delivery = new Delivery(message, qos, retain, subscription.identifiers(), null);
    client.note().queued(client.session(), delivery);
    send(client, connection, delivery);
    return true;
  }

  /// Whether a client has got as many retained messages in this second as it may.
  private boolean isPutOff(Client client, Connection connection) {
    int perSecondMax = client.limits().ceilings().retainedPerSecondMax();
    if (perSecondMax == 0 || connection.outgoing().mayReplay(perSecondMax, loop.nowMillis())) {
      return false;
    }
    starved.add(connection);
    return true;
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
    boolean mayPassOn = delivery.qos() == QoS.AT_LEAST_ONCE; // [MQTT-4.8.2-4] [MQTT-4.8.2-5]
    SharedGroup group = mayPassOn ? delivery.group() : null;
    if (isKeptFrom(client, delivery.message(), group, client.isDurable())) {
      client.finish(delivery);
    } else if (publish(connection, delivery, true)) { // [MQTT-3.3.1-1]
      outgoing.spend(delivery);
    } else {
      client.finish(delivery);
      loop.tally().drop(Drop.PACKET_TOO_LARGE);
    }
    return true;
  }

  /// Counts and forgets all that still waits for a client whose session has ended.
  void discard(Client client) {
    Session session = client.session();
    loop.tally().drop(Drop.SESSION_ENDED, session.queue().count() + session.inflight().count());
    client.letGo();
  }
}
