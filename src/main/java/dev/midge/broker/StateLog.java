package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one loop writes down, in the order in which it happens, what is to outlive the process. A
/// port; called on that loop only, and never blocks.
///
/// Each call is one change with everything decided: moments, numbers and deadlines are in it. What
/// is written between two calls of [#commit] takes effect together or not at all, and not before
/// what was handed over by that time, by whichever loop.
public interface StateLog {
  /// Remembers nothing: all state lives as long as the process.
  StateLog NONE = new StateLog() {};

  /// What else than the session itself is kept of it.
  ///
  /// @param listener the name of the listener whose limits hold for the session
  /// @param origin who its client is, or null when that is not known
  /// @param endsAtMillis when the session ends, in milliseconds since the epoch, or
  ///   [Long#MAX_VALUE] while it does not: its client is there, or may stay away for ever; or
  ///   [#OVER]
  /// @param willAtMillis when its will is due, or [Long#MAX_VALUE] while it is not
  record Terms(
      String listener,
      @Nullable Origin origin,
      Durability durability,
      long endsAtMillis,
      long willAtMillis) {
    /// The session has ended, and is kept only for what is still to be passed on to others.
    public static final long OVER = 0;
  }

  /// Who a client was when it came last.
  ///
  /// @param address whose share its session takes, as [Shares#address] has it
  /// @param userName the user name, or an empty string
  /// @param isProved whether it showed that the name is its own
  record Origin(String address, String userName, boolean isProved) {}

  /// What stands for a message on its way from loop to loop.
  ///
  /// @param number that of the handover
  /// @param messageNumber that under which the message is kept
  record Handover(long number, long messageNumber) {}

  /// How much room on disk there is for what has to be kept.
  enum Room {
    /// Enough.
    PLENTY,
    /// Little: nothing is kept any more that nobody was promised, and nothing new is retained.
    LITTLE,
    /// None: no message is kept any more. What is kept already can be drained.
    NONE
  }

  /// Who is told what was fetched, on the loop of the log.
  interface Fetched {
    /// What was found.
    void found(List<StoredDelivery> deliveries);

    /// Reading failed; what was to be found is where it was.
    void failed();
  }

  /// A session began, or its terms, its expiry interval or its will changed. Gives the session its
  /// number with the first call.
  default void updated(Session session, Terms terms) {}

  /// A session ended with all that belongs to it.
  default void ended(Session session) {}

  /// A subscription began or changed.
  default void subscribed(Session session, TopicFilter filter, Subscription subscription) {}

  /// A subscription ended.
  default void unsubscribed(Session session, TopicFilter filter) {}

  /// A delivery was accepted for the session. Gives the delivery its numbers.
  default void queued(Session session, Delivery delivery) {}

  /// A delivery got its packet identifier.
  default void sent(Session session, Delivery delivery) {}

  /// PUBREC came for a delivery.
  default void released(Session session, Delivery delivery) {}

  /// A delivery is done with: acknowledged to the end, or dropped.
  default void removed(Session session, Delivery delivery) {}

  /// A QoS 2 message with this identifier came from the client.
  default void received(Session session, int packetId) {}

  /// The client released the identifier.
  default void forgotten(Session session, int packetId) {}

  /// A message is about to be handed to another loop, for those of these sessions that are kept:
  /// from now on it is not lost on the way. Returns null where nothing is kept.
  ///
  /// @param group the group on whose behalf they receive it, or null
  default @Nullable Handover handedOver(
      Message message, Subscription[] receivers, @Nullable SharedGroup group) {
    return null;
  }

  /// A message has come from another loop: what this turn makes of it is written in this turn.
  default void taken(Handover handover, Message message) {}

  /// The message is the one retained for its topic now.
  ///
  /// @param address whose share it takes, as [Shares#address] has it
  /// @param change the place of this in the order of all changes of what is retained: another loop
  ///   may write a later one down earlier
  default void retained(Message message, String address, long change) {}

  /// No message is retained for the topic any more, or none that is kept.
  ///
  /// @param change as in [#retained]
  default void cleared(TopicName topic, long change) {}

  /// Hands over what was written since the last call. `committed` is done on the loop of this log
  /// when that is as durable as asked; that of an earlier call is done earlier. `failed` is done in
  /// its place when, by a mistake of ours, it will never be.
  default void commit(Durability durability, Runnable committed, Runnable failed) {
    committed.run();
  }

  /// Fetches deliveries of a session that wait to be sent, in their order: all there are from
  /// `fromSequence` on, up to `countMax` of them or to the one that makes `bytesMax` full; what was
  /// written before this call is among them, and nothing that is written in a later turn: that may
  /// be sent and acknowledged before they are found.
  default void fetchQueued(
      Session session, long fromSequence, int countMax, long bytesMax, Fetched fetched) {
    fetched.found(List.of());
  }

  /// Fetches deliveries of a session that were sent and not acknowledged to the end, likewise, in
  /// the order of packet identifiers from this one on.
  default void fetchInflight(
      Session session, int fromPacketId, int countMax, long bytesMax, Fetched fetched) {
    fetched.found(List.of());
  }

  /// Whether so much was handed over and is not committed that publishers should wait.
  default boolean isBehind() {
    return false;
  }

  /// How much room on disk there is.
  default Room room() {
    return Room.PLENTY;
  }
}
