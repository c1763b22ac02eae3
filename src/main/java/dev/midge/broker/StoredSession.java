package dev.midge.broker;

import dev.midge.packet.Packet.Will;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A session as a [StateLog] kept it, without its deliveries, which are fetched when they are
/// wanted.
///
/// @param number the number that the log gave it
/// @param received the packet identifiers of QoS 2 messages received and not yet released
/// @param inflightCount how many deliveries were sent and not acknowledged to the end
/// @param inflightBytes the memory that they would take, in bytes, roughly
/// @param queuedFrom the sequence number of the first delivery that waits
/// @param queuedCount how many wait
/// @param queuedBytes the memory that they would take, in bytes, roughly
/// @param lastSequence the highest sequence number given so far
public record StoredSession(
    long number,
    String clientId,
    StateLog.Terms terms,
    long expirySeconds,
    @Nullable Will will,
    List<StoredSubscription> subscriptions,
    int[] received,
    int inflightCount,
    long inflightBytes,
    long queuedFrom,
    int queuedCount,
    long queuedBytes,
    long lastSequence) {

  /// One of its subscriptions, as in SUBSCRIBE.
  ///
  /// @param identifier 1 to 268,435,455, or 0 for none
  public record StoredSubscription(
      TopicFilter filter, QoS qos, boolean noLocal, boolean retainAsPublished, int identifier) {}
}
