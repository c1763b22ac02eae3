package dev.midge.sim;

import dev.midge.broker.Remains;
import dev.midge.broker.StateLog.Terms;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredHandover;
import dev.midge.broker.StoredSession;
import dev.midge.broker.StoredSession.StoredSubscription;
import dev.midge.packet.Message;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.TopicFilter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a store knows of sessions and retained messages at some point of its history.
final class KeptState {
  /// What it knows of one session.
  static final class KeptSession {
    final long number;
    final String clientId;
    Terms terms;
    long expirySeconds;
    @Nullable Will will;
    final TreeMap<String, StoredSubscription> subscriptions = new TreeMap<>();
    final TreeSet<Integer> received = new TreeSet<>();

    /// By sequence number: those that wait and those in flight.
    final TreeMap<Long, StoredDelivery> deliveries = new TreeMap<>();

    /// The sequence numbers of those in flight, in the order of sending.
    final LinkedHashSet<Long> sent = new LinkedHashSet<>();

    long lastSequence;

    KeptSession(long number, String clientId, Terms terms) {
      this.number = number;
      this.clientId = clientId;
      this.terms = terms;
    }

    /// Whether it has ended, and is there only for what others are to get of it.
    boolean isOver() {
      return terms.endsAtMillis() == Terms.OVER;
    }

    private KeptSession copy() {
      KeptSession copy = new KeptSession(number, clientId, terms);
      copy.expirySeconds = expirySeconds;
      copy.will = will;
      copy.subscriptions.putAll(subscriptions);
      copy.received.addAll(received);
      copy.deliveries.putAll(deliveries);
      copy.sent.addAll(sent);
      copy.lastSequence = lastSequence;
      return copy;
    }

    /// The deliveries that wait, in their order.
    List<StoredDelivery> queued() {
      return deliveries.values().stream().filter(delivery -> delivery.packetId() == 0).toList();
    }

    /// The deliveries in flight, in the order of sending.
    List<StoredDelivery> inflight() {
      List<StoredDelivery> inflight = new ArrayList<>();
      for (long sequence : sent) {
        StoredDelivery delivery = deliveries.get(sequence);
        if (delivery != null) {
          inflight.add(delivery);
        }
      }
      return inflight;
    }

    /// The delivery in flight with this packet identifier, or null.
    @Nullable StoredDelivery inflight(int packetId) {
      return inflight().stream()
          .filter(delivery -> delivery.packetId() == packetId)
          .findFirst()
          .orElse(null);
    }

    void subscribed(TopicFilter filter, StoredSubscription subscription) {
      subscriptions.put(filter.toString(), subscription);
    }

    /// In the words in which the broker tells of it.
    Remains.Kept asKept(boolean withInflight) {
      List<StoredDelivery> inflight = inflight();
      return new Remains.Kept(
          number,
          clientId,
          subscriptions.keySet(),
          List.copyOf(received),
          inflight.size(),
          withInflight ? inflight.stream().map(StoredDelivery::packetId).toList() : null,
          queued().size(),
          lastSequence);
    }

    /// As the broker gets it at its start.
    StoredSession stored() {
      List<StoredDelivery> queued = queued();
      return new StoredSession(
          number,
          clientId,
          terms,
          expirySeconds,
          will,
          List.copyOf(subscriptions.values()),
          received.stream().mapToInt(Integer::intValue).toArray(),
          inflight().size(),
          inflight().stream().mapToLong(delivery -> delivery.message().sizeBytes()).sum(),
          queued.isEmpty() ? lastSequence + 1 : queued.getFirst().sequence(),
          queued.size(),
          queued.stream().mapToLong(delivery -> delivery.message().sizeBytes()).sum(),
          lastSequence);
    }
  }

  private final TreeMap<Long, KeptSession> sessions = new TreeMap<>();
  private final TreeMap<String, Message> retained = new TreeMap<>();

  /// By topic the number of the last change of what is retained for it.
  private final TreeMap<String, Long> retainedChanges = new TreeMap<>();

  /// By number.
  private final TreeMap<Long, StoredHandover> handovers = new TreeMap<>();

  /// The same, for another history from here on, which counts changes anew.
  KeptState copy() {
    KeptState copy = new KeptState();
    sessions.forEach((number, session) -> copy.sessions.put(number, session.copy()));
    copy.retained.putAll(retained);
    copy.handovers.putAll(handovers);
    return copy;
  }

  /// All sessions, those that are over among them.
  Collection<KeptSession> sessions() {
    return sessions.values();
  }

  /// The sessions that have not ended.
  List<KeptSession> living() {
    return sessions.values().stream().filter(session -> !session.isOver()).toList();
  }

  /// A session begins; should a failure have hidden the end of an earlier one, it has ended now.
  void begin(KeptSession session) {
    sessions
        .values()
        .removeIf(earlier -> earlier.clientId.equals(session.clientId) && !earlier.isOver());
    sessions.put(session.number, session);
  }

  boolean end(long number) {
    return sessions.remove(number) != null;
  }

  /// The session with this number, or null.
  @Nullable KeptSession session(long number) {
    return sessions.get(number);
  }

  /// The session of a client, or null.
  @Nullable KeptSession session(String clientId) {
    return living().stream()
        .filter(session -> session.clientId.equals(clientId))
        .findFirst()
        .orElse(null);
  }

  /// The retained messages by topic.
  Map<String, Message> retained() {
    return retained;
  }

  /// A message, or nothing, is retained for a topic.
  void retain(String topic, @Nullable Message message, long change) {
    if (retainedChanges.getOrDefault(topic, 0L) < change) {
      retainedChanges.put(topic, change);
      retained.remove(topic);
      if (message != null) {
        retained.put(topic, message);
      }
    }
  }

  /// What is on its way from loop to loop, by number; the caller may change it.
  Map<Long, StoredHandover> handovers() {
    return handovers;
  }
}
