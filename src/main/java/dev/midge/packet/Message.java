package dev.midge.packet;

import org.jspecify.annotations.Nullable;

/// An application message on its way through the server: what was published, by whom, until when it
/// is worth something. Immutable; all its receivers share it and its payload.
///
/// @param payload callers must not change it
/// @param retain whether it was published with the RETAIN flag
/// @param properties those of PUBLISH that are passed on as they are
/// @param expiresAtMillis when it expires, in milliseconds since the epoch, or [#NEVER]
/// @param publisherId the client identifier of its publisher, or empty when the server made it
public record Message(
    TopicName topic,
    byte[] payload,
    QoS qos,
    boolean retain,
    Properties properties,
    long expiresAtMillis,
    String publisherId) {
  /// The `expiresAtMillis` of a message that does not expire.
  public static final long NEVER = Long.MAX_VALUE;

  /// What one message costs in memory besides its own bytes, roughly.
  private static final int OVERHEAD_BYTES = 96;

  /// The memory that it takes, in bytes, roughly: what bounds on queues count.
  public int sizeBytes() {
    return OVERHEAD_BYTES + topic.length() + payload.length + properties.encoded().length;
  }

  /// Whether its time has passed.
  public boolean isExpired(long nowMillis) {
    return expiresAtMillis <= nowMillis;
  }

  /// The Message Expiry Interval to forward it with: what it had, less the whole seconds it has
  /// waited here. [MQTT-3.3.2-6] None are left when it expired after its delivery had begun, which
  /// goes on all the same. [MQTT-4.3.3-7]
  ///
  /// @return seconds, 0 for one that has expired since it was first sent, or
  ///   [Packet.Publish#NO_EXPIRY]
  public long expirySeconds(long nowMillis) {
    return expiresAtMillis == NEVER
        ? Packet.Publish.NO_EXPIRY
        : Math.max(0, (expiresAtMillis - nowMillis + 999) / 1000);
  }

  /// The same message, which expires by this moment at the latest.
  public Message expiringBy(long latestMillis) {
    return expiresAtMillis <= latestMillis
        ? this
        : new Message(topic, payload, qos, retain, properties, latestMillis, publisherId);
  }

  /// The moment at which a message with this Message Expiry Interval expires.
  public static long deadlineMillis(long expirySeconds, long nowMillis) {
    return expirySeconds == Packet.Publish.NO_EXPIRY ? NEVER : nowMillis + expirySeconds * 1000;
  }

  /// Two messages are the same only when they are one object: equal content is no reason to drop
  /// either.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
