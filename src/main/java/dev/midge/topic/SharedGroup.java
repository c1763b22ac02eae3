package dev.midge.topic;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
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

  /// Whether there is no member any more.
  public boolean isEmpty() {
    return members.length == 0;
  }

  /// The member whose turn it is to get a message of this topic, or null when nobody may.
  public @Nullable Subscription next(TopicName topic) {
    return choose(members, null, topic);
  }

  /// Whether there is another member than the one given who may get messages of this topic.
  ///
  /// @param evenAbsent whether a member that is not connected will do
  @SuppressWarnings("ReferenceEquality") // A subscriber is itself, whatever it looks like.
  public boolean hasSuccessor(Subscriber leaving, TopicName topic, boolean evenAbsent) {
    for (Subscription member : members) {
      Subscriber subscriber = member.subscriber();
      if (subscriber != leaving
          && (evenAbsent || subscriber.readiness() != Readiness.OFFLINE)
          && subscriber.mayRead(topic)) {
        return true;
      }
    }
    return false;
  }

  /// The member whose turn it is to take over a message that the one given will not deliver, or
  /// null when there is no other who may get it.
  public @Nullable Subscription successorOf(Subscriber leaving, TopicName topic) {
    return choose(members, leaving, topic);
  }

  /// Takes the first of those that are most ready, and gives the turn to the one behind it: who is
  /// passed by leaves nothing to its neighbour in particular.
  @SuppressWarnings("ReferenceEquality") // See above.
  private @Nullable Subscription choose(
      Subscription[] all, @Nullable Subscriber excluded, TopicName topic) {
    if (all.length == 0) {
      return null;
    }
    int start = Math.floorMod(turn.getAndIncrement(), all.length);
    int passedBy = -1;
    Readiness bestReadiness = Readiness.OFFLINE;
    for (int i = 0; i < all.length && bestReadiness != Readiness.READY; i++) {
      Subscriber candidate = all[(start + i) % all.length].subscriber();
      if (candidate == excluded) {
        continue;
      }
      Readiness readiness = candidate.readiness();
      if ((passedBy < 0 || readiness.compareTo(bestReadiness) > 0) && candidate.mayRead(topic)) {
        passedBy = i;
        bestReadiness = readiness;
      }
    }
    if (passedBy < 0) {
      return null;
    }
    turn.addAndGet(passedBy);
    return all[(start + passedBy) % all.length];
  }

  Subscription[] members() {
    return members;
  }

  void members(Subscription[] members) {
    this.members = members;
  }
}
