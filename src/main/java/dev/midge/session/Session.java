package dev.midge.session;

import dev.midge.packet.Packet.Will;
import dev.midge.packet.TopicFilter;
import dev.midge.topic.Subscription;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the server remembers of one client identifier, connected or not (4.1): its subscriptions,
/// the deliveries on their way to it, the identifiers of what is on its way from it, and the will.
/// Home loop only.
public final class Session {
  /// The `expirySeconds` of a session that never expires. (3.1.2.11.2)
  public static final long NEVER = 0xFFFF_FFFFL;

  private final String clientId;
  private final Map<TopicFilter, Subscription> subscriptions = LinkedHashMap.newLinkedHashMap(1);
  private final Inflight inflight = new Inflight();
  private final DeliveryQueue queue = new DeliveryQueue();
  private final InboundIds received = new InboundIds();

  private long expirySeconds;
  private @Nullable Will will;
  private long number;
  private long lastSequence;

  /// An empty session.
  public Session(String clientId) {
    this.clientId = clientId;
  }

  /// The client identifier, unique in the server. [MQTT-3.1.3-2]
  public String clientId() {
    return clientId;
  }

  /// The subscriptions by filter; the caller may change them.
  public Map<TopicFilter, Subscription> subscriptions() {
    return subscriptions;
  }

  /// The deliveries sent and not yet acknowledged to the end.
  public Inflight inflight() {
    return inflight;
  }

  /// The deliveries that wait to be sent.
  public DeliveryQueue queue() {
    return queue;
  }

  /// The identifiers of QoS 2 messages received and not yet released.
  public InboundIds received() {
    return received;
  }

  /// For how long the session outlives its connection, in seconds; 0 not at all, [#NEVER] for ever.
  public long expirySeconds() {
    return expirySeconds;
  }

  /// Sets for how long it outlives its connection.
  public void expirySeconds(long expirySeconds) {
    this.expirySeconds = expirySeconds;
  }

  /// Whether it outlives its connection.
  public boolean isPersistent() {
    return expirySeconds > 0;
  }

  /// The number under which a log keeps it, or 0.
  public long number() {
    return number;
  }

  /// Notes under which number a log keeps it.
  public void number(long number) {
    this.number = number;
  }

  /// The sequence number that was given to a delivery last, or 0.
  public long lastSequence() {
    return lastSequence;
  }

  /// Continues with the sequence numbers of an earlier process.
  public void lastSequence(long lastSequence) {
    this.lastSequence = lastSequence;
  }

  /// The sequence number of the next delivery.
  public long nextSequence() {
    return ++lastSequence;
  }

  /// The will that is still to be published or withdrawn, or null.
  public @Nullable Will will() {
    return will;
  }

  /// Sets or withdraws the will.
  public void will(@Nullable Will will) {
    this.will = will;
  }
}
