package dev.midge.store;

import dev.midge.broker.Durability;
import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover.Receiver;
import dev.midge.broker.StoredRetained;
import dev.midge.broker.StoredSession.StoredSubscription;
import dev.midge.packet.Message;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How values are written and read: the same in a command and in a column family. A change here is
/// a new [Database#FORMAT], unless it is something more at the end that may be missing.
final class Records {
  private static final int RETAIN = 4;
  private static final int GROUP = 8;
  private static final int NO_LOCAL = 16;

  /// The lasting part of a session.
  record SessionRecord(
      String clientId, StateLog.Terms terms, long expirySeconds, @Nullable Will will) {}

  /// What is known of the queue of a session without going through it.
  record Summary(
      long queuedFrom,
      int queuedCount,
      long queuedBytes,
      long lastSequence,
      int inflightCount,
      long inflightBytes) {
    static final Summary EMPTY = new Summary(0, 0, 0, 0, 0, 0);
  }

  /// A delivery without its message.
  record QueueRecord(
      long messageNumber,
      QoS qos,
      boolean retain,
      int[] subscriptionIds,
      @Nullable TopicFilter group) {

    StoredDelivery with(
        Message message, long sequence, int packetId, long order, boolean released) {
      return new StoredDelivery(
          sequence,
          messageNumber,
          message,
          qos,
          retain,
          subscriptionIds,
          group,
          packetId,
          order,
          released);
    }
  }

  /// What is retained for a topic.
  ///
  /// @param change the number of the change
  /// @param stored null when nothing is since `clearedMillis`
  record RetainedRecord(long change, @Nullable StoredRetained stored, long clearedMillis) {}

  /// A message on its way from loop to loop, without the message.
  record HandoverRecord(
      long messageNumber, @Nullable TopicFilter group, List<Receiver> receivers) {}

  private Records() {}

  static void message(ByteWriter to, Message message) {
    to.one(message.qos().level() | (message.retain() ? RETAIN : 0))
        .bytes(message.topic().utf8())
        .number(message.expiresAtMillis())
        .text(message.publisherId())
        .bytes(message.properties().encoded())
        .bytes(message.payload());
  }

  static Message message(ByteReader from) {
    int flags = from.one();
    TopicName topic = topic(from);
    long expiresAtMillis = from.number();
    String publisherId = from.text();
    Properties properties = Properties.ofEncoded(from.bytes());
    return new Message(
        topic,
        from.bytes(),
        QoS.of(flags & 3),
        (flags & RETAIN) != 0,
        properties,
        expiresAtMillis,
        publisherId);
  }

  static void session(ByteWriter to, Session session, StateLog.Terms terms) {
    to.text(session.clientId())
        .text(terms.listener())
        .one(terms.durability().ordinal())
        .number(terms.endsAtMillis())
        .number(terms.willAtMillis())
        .number(session.expirySeconds());
    Will will = session.will();
    to.one(will == null ? 0 : 1);
    if (will != null) {
      to.one(will.qos().level() | (will.retain() ? RETAIN : 0))
          .bytes(will.topic().utf8())
          .number(will.delaySeconds())
          .number(will.expirySeconds())
          .bytes(will.properties().encoded())
          .bytes(will.payload());
    }
    StateLog.Origin origin = terms.origin();
    if (origin != null) {
      to.one(origin.isProved() ? 1 : 0).text(origin.address()).text(origin.userName());
    }
  }

  static SessionRecord session(ByteReader from) {
    String clientId = from.text();
    String listener = from.text();
    Durability durability = Durability.values()[from.one()];
    long endsAtMillis = from.number();
    long willAtMillis = from.number();
    long expirySeconds = from.number();
    Will will = from.one() == 0 ? null : will(from);
    return new SessionRecord(
        clientId,
        new StateLog.Terms(
            listener,
            from.hasMore() ? origin(from) : null, // It may not be known.
            durability,
            endsAtMillis,
            willAtMillis),
        expirySeconds,
        will);
  }

  private static StateLog.Origin origin(ByteReader from) {
    boolean isProved = from.one() == 1;
    String address = from.text();
    return new StateLog.Origin(address, from.text(), isProved);
  }

  private static Will will(ByteReader from) {
    int flags = from.one();
    TopicName topic = topic(from);
    long delaySeconds = from.number();
    long expirySeconds = from.number();
    Properties properties = Properties.ofEncoded(from.bytes());
    return new Will(
        topic,
        from.bytes(),
        QoS.of(flags & 3),
        (flags & RETAIN) != 0,
        delaySeconds,
        expirySeconds,
        properties);
  }

  static void subscription(ByteWriter to, Subscription subscription) {
    int[] identifiers = subscription.identifiers();
    to.one(
            subscription.qos().level()
                | (subscription.retainAsPublished() ? RETAIN : 0)
                | (subscription.forOwnMessages() == null ? NO_LOCAL : 0))
        .number(identifiers.length == 0 ? 0 : identifiers[0]);
  }

  static StoredSubscription subscription(String filter, ByteReader from) {
    int flags = from.one();
    return new StoredSubscription(
        TopicFilter.of(filter),
        QoS.of(flags & 3),
        (flags & NO_LOCAL) != 0,
        (flags & RETAIN) != 0,
        from.count());
  }

  static void queued(ByteWriter to, Delivery delivery, long messageNumber) {
    SharedGroup group = delivery.group();
    to.number(messageNumber)
        .one(
            delivery.qos().level()
                | (delivery.retain() ? RETAIN : 0)
                | (group == null ? 0 : GROUP));
    identifiers(to, delivery.subscriptionIds());
    if (group != null) {
      to.text(group.filter().toString());
    }
  }

  static QueueRecord queued(ByteReader from) {
    long messageNumber = from.number();
    int flags = from.one();
    int[] identifiers = identifiers(from);
    return new QueueRecord(
        messageNumber,
        QoS.of(flags & 3),
        (flags & RETAIN) != 0,
        identifiers,
        (flags & GROUP) == 0 ? null : TopicFilter.of(from.text()));
  }

  static void summary(ByteWriter to, Session session) {
    to.number(session.queue().firstSequence())
        .number(session.queue().count())
        .number(session.queue().bytes())
        .number(session.lastSequence())
        .number(session.inflight().count())
        .number(session.inflight().bytes());
  }

  static Summary summary(ByteReader from) {
    return new Summary(
        from.number(), from.count(), from.number(), from.number(), from.count(), from.number());
  }

  static void retained(ByteWriter to, Message message, String address) {
    message(to, message);
    if (!address.isEmpty()) {
      to.text(address);
    }
  }

  static byte[] retained(long change, byte[] retained) {
    return new ByteWriter(retained.length + 20).number(change).bytes(retained).toBytes();
  }

  static byte[] cleared(long change, long clearedMillis) {
    return new ByteWriter(20).number(change).number(0).number(clearedMillis).toBytes();
  }

  static RetainedRecord retained(ByteReader from) {
    long change = from.number();
    byte[] retained = from.bytes();
    if (retained.length == 0) {
      return new RetainedRecord(change, null, from.number());
    }
    ByteReader reader = new ByteReader(retained);
    Message message = message(reader);
    String address = reader.hasMore() ? reader.text() : ""; // It may not be known.
    return new RetainedRecord(change, new StoredRetained(message, address), Long.MAX_VALUE);
  }

  /// Writes those receivers that are kept and want more than QoS 0; returns how many there are.
  static int receivers(ByteWriter to, Subscription[] receivers, @Nullable SharedGroup group) {
    int count = 0;
    to.text(group == null ? "" : group.filter().toString());
    for (Subscription receiver : receivers) {
      long session = receiver.subscriber().keptAs();
      if (session != 0 && receiver.qos() != QoS.AT_MOST_ONCE) {
        count++;
        to.number(session)
            .one(receiver.qos().level() | (receiver.retainAsPublished() ? RETAIN : 0));
        identifiers(to, receiver.identifiers());
      }
    }
    return count;
  }

  static HandoverRecord handover(ByteReader from) {
    long messageNumber = from.number();
    String group = from.text();
    List<Receiver> receivers = new ArrayList<>();
    while (from.hasMore()) {
      long session = from.number();
      int flags = from.one();
      receivers.add(
          new Receiver(session, QoS.of(flags & 3), (flags & RETAIN) != 0, identifiers(from)));
    }
    return new HandoverRecord(
        messageNumber, group.isEmpty() ? null : TopicFilter.of(group), receivers);
  }

  private static void identifiers(ByteWriter to, int[] identifiers) {
    to.number(identifiers.length);
    for (int identifier : identifiers) {
      to.number(identifier);
    }
  }

  private static int[] identifiers(ByteReader from) {
    int[] identifiers = new int[from.count()];
    for (int i = 0; i < identifiers.length; i++) {
      identifiers[i] = from.count();
    }
    return identifiers;
  }

  private static TopicName topic(ByteReader from) {
    byte[] utf8 = from.bytes();
    return TopicName.of(utf8, 0, utf8.length);
  }
}
