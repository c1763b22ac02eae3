package dev.midge.topic;

import dev.midge.packet.TopicFilter;
import dev.midge.topic.Subscriber.Readiness;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The sessions that share one subscription (4.8.2): each message goes to one of them, in turn, to
/// those that wait for one before those that are busy, and to those before the absent. Any thread
/// may choose.
public final class SharedGroup {
  private final TopicFilter filter;
  private final AtomicInteger turn = new AtomicInteger();

  /// Replaced as a whole by the index; empty when the group is no longer in it.
  private volatile Subscription[] members;

  SharedGroup(TopicFilter filter, Subscription first) {
    this.filter = filter;
    this.members = new Subscription[] {first};
  }

  /// The filter with share name, as in SUBSCRIBE.
  public TopicFilter filter() {
    return filter;
  }

  /// The member whose turn it is, or null when the last one has just left.
  public @Nullable Subscription next() {
    return choose(members, null);
  }

  /// Another member than the one given to take over a message that it will not deliver, or null
  /// when there is none.
  ///
  /// @param evenAbsent whether a member that is not connected will do
  public @Nullable Subscription successorOf(Subscriber leaving, boolean evenAbsent) {
    Subscription other = choose(members, leaving);
    return other == null || evenAbsent || other.subscriber().readiness() != Readiness.OFFLINE
        ? other
        : null;
  }

  @SuppressWarnings("ReferenceEquality") // A subscriber is itself, whatever it looks like.
  private @Nullable Subscription choose(Subscription[] all, @Nullable Subscriber excluded) {
    if (all.length == 0) {
      return null;
    }
    int start = Math.floorMod(turn.getAndIncrement(), all.length);
    Subscription best = null;
    Readiness bestReadiness = Readiness.OFFLINE;
    for (int i = 0; i < all.length; i++) {
      Subscription candidate = all[(start + i) % all.length];
      Readiness readiness = candidate.subscriber().readiness();
      if (candidate.subscriber() == excluded) {
        continue;
      }
      if (readiness == Readiness.READY) {
        return candidate;
      }
      if (best == null || readiness.compareTo(bestReadiness) > 0) {
        best = candidate;
        bestReadiness = readiness;
      }
    }
    return best;
  }

  Subscription[] members() {
    return members;
  }

  void members(Subscription[] members) {
    this.members = members;
  }
}
