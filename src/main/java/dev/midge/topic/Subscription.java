package dev.midge.topic;

import dev.midge.packet.QoS;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a subscriber asked to receive, without the filter under which it stands in the index; or
/// the union of several that match the same message, so that it is sent once: with the highest QoS
/// and all identifiers. [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4] Immutable.
public final class Subscription {
  private static final int[] NO_IDS = {};

  private final Subscriber subscriber;
  private final QoS qos;
  private final boolean retainAsPublished;
  private final int[] identifiers;

  /// What of it holds for the subscriber's own messages: itself, less, or nothing.
  private final @Nullable Subscription forOwnMessages;

  /// A subscription with the options of SUBSCRIBE (3.8.3.1).
  ///
  /// @param identifier 1 to 268,435,455, or 0 for none
  public Subscription(
      Subscriber subscriber, QoS qos, boolean noLocal, boolean retainAsPublished, int identifier) {
    this(
        subscriber,
        qos,
        noLocal,
        retainAsPublished,
        identifier == 0 ? NO_IDS : new int[] {identifier});
  }

  private Subscription(
      Subscriber subscriber,
      QoS qos,
      boolean noLocal,
      boolean retainAsPublished,
      int[] identifiers) {
    this.subscriber = subscriber;
    this.qos = qos;
    this.retainAsPublished = retainAsPublished;
    this.identifiers = identifiers;
    this.forOwnMessages = noLocal ? null : this;
  }

  /// What held for one message when it was published: one subscription, or the union of several.
  public static Subscription ofMessage(
      Subscriber subscriber, QoS qos, boolean retainAsPublished, int[] identifiers) {
    return new Subscription(subscriber, qos, false, retainAsPublished, identifiers);
  }

  private Subscription(Collection<Subscription> parts, boolean ownMessages) {
    this.subscriber = parts.iterator().next().subscriber;
    this.qos = parts.stream().map(Subscription::qos).reduce(QoS.AT_MOST_ONCE, QoS::atLeast);
    this.retainAsPublished = parts.stream().anyMatch(Subscription::retainAsPublished);
    this.identifiers =
        parts.stream().flatMapToInt(part -> IntStream.of(part.identifiers)).toArray();
    List<Subscription> own = parts.stream().filter(part -> part.forOwnMessages != null).toList();
    if (ownMessages || own.size() == parts.size()) {
      this.forOwnMessages = this;
    } else {
      this.forOwnMessages = own.isEmpty() ? null : new Subscription(own, true);
    }
  }

  /// The union of one or more subscriptions of one subscriber.
  static Subscription union(List<Subscription> parts) {
    return parts.size() == 1 ? parts.getFirst() : new Subscription(parts, false);
  }

  /// Who subscribed.
  public Subscriber subscriber() {
    return subscriber;
  }

  /// The granted maximum quality of service.
  public QoS qos() {
    return qos;
  }

  /// Whether forwarded messages keep the RETAIN flag of their publisher. [MQTT-3.3.1-13]
  public boolean retainAsPublished() {
    return retainAsPublished;
  }

  /// The subscription identifiers to send along, possibly none; callers must not change them.
  public int[] identifiers() {
    return identifiers;
  }

  /// What of it holds for messages that the subscriber itself published, or null when *no local*
  /// excludes them. [MQTT-3.8.3-3]
  public @Nullable Subscription forOwnMessages() {
    return forOwnMessages;
  }
}
