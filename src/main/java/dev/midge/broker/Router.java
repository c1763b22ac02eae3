package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.topic.Match;
import dev.midge.topic.MatchCache;
import dev.midge.topic.RetainedIndex;
import dev.midge.topic.RetainedIndex.Change;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends messages from one loop to all that subscribed to them: to its own clients at once, to
/// those of each other loop in one batch at the end of the turn. What one loop publishes arrives at
/// another in the order in which it was published. [MQTT-4.6.0-6] Loop thread only.
final class Router {
  /// Publishers to a loop that has more than this waiting for it are not read for a while.
  private static final long INBOX_BYTES_HIGH = 64L << 20;

  private final BrokerLoop loop;
  private final List<BrokerLoop> loops;
  private final MatchCache matches;
  private final RetainedIndex retained;
  private final @Nullable Batch[] outbox;

  /// Whether the log may keep retained messages that found no room in memory.
  private boolean retainedIsMore;

  /// @param loops all loops, of which there will be `loopCount` when the first message comes
  Router(
      BrokerLoop loop,
      List<BrokerLoop> loops,
      int loopCount,
      MatchCache matches,
      RetainedIndex retained) {
    this.loop = loop;
    this.loops = loops;
    this.matches = matches;
    this.retained = retained;
    this.outbox = new @Nullable Batch[loopCount];
  }

  /// The log keeps retained messages that found no room in memory.
  void retainedIsMore() {
    retainedIsMore = true;
  }

  /// Keeps or clears the retained message of a topic. [MQTT-3.3.1-5] [MQTT-3.3.1-6] Returns false
  /// when there is no room for it, which is counted.
  ///
  /// @param shares those of the publisher
  /// @param durability what it is to outlive
  boolean retain(Message message, Shares shares, Durability durability) {
    if (message.payload().length == 0) {
      write(message, shares.address(), retained.clear(message.topic()), durability);
      return true; // [MQTT-3.3.1-7]
    }
    if (durability != Durability.NONE && loop.log().room() != StateLog.Room.PLENTY) {
      loop.tally().drop(Drop.STORE_FULL);
      return false;
    }
    Change change = retained.store(message, durability != Durability.NONE, shares);
    switch (change.outcome()) {
      case STORED -> {
        write(message, shares.address(), change, durability);
        return true;
      }
      case TOO_MANY -> loop.tally().drop(Drop.RETAINED_MESSAGES);
      case TOO_LARGE -> loop.tally().drop(Drop.RETAINED_BYTES);
      case OWNER_HAS_ENOUGH -> loop.tally().drop(Drop.ADDRESS_RETAINED);
    }
    return false;
  }

  /// Writes down what is retained now: also, that what was kept is no more.
  private void write(Message message, String address, Change change, Durability durability) {
    if (durability == Durability.NONE) {
      if (change.endsKept() || retainedIsMore) {
        loop.note(Durability.OS).cleared(message.topic(), change.number());
      }
      return;
    }
    boolean isPromise = message.qos() != QoS.AT_MOST_ONCE;
    StateLog log = isPromise ? loop.promise(durability) : loop.note(durability);
    if (message.payload().length == 0) {
      log.cleared(message.topic(), change.number());
    } else {
      log.retained(message, address, change.number());
    }
  }

  /// Sends a message to all that subscribed to its topic; returns whether anybody did.
  ///
  /// @param isHeld whether what is written in this turn says that it is done with, so that it must
  ///   not be lost on its way to another loop
  boolean route(Message message, boolean isHeld) {
    Match match = matches.match(message.topic());
    for (int i = 0; i < loops.size(); i++) {
      Subscription[] part = match.onLoop(i);
      if (part.length == 0) {
        continue;
      }
      if (i == loop.index()) {
        for (Subscription subscription : part) {
          loop.deliveries().deliver(message, subscription, null, isHeld);
        }
      } else {
        boolean isPromise = match.isDurableOnLoop(i) && message.qos() != QoS.AT_MOST_ONCE;
        handOver(i, message, part, null, isPromise, isHeld);
      }
    }
    for (SharedGroup group : match.groups()) {
      Subscription member = group.next(message.topic());
      if (member != null) {
        forward(message, member, group, isHeld);
      } else if (!group.isEmpty()) {
        loop.tally().drop(Drop.NOT_READABLE);
      }
    }
    return !match.isEmpty();
  }

  /// Sends a message to one receiver, mostly a member of a group.
  ///
  /// @param group on whose behalf it receives the message, or null
  /// @param isHeld as in [#route]
  void forward(
      Message message, Subscription receiver, @Nullable SharedGroup group, boolean isHeld) {
    int home = receiver.subscriber().homeLoop();
    if (home == loop.index()) {
      loop.deliveries().deliver(message, receiver, group, isHeld);
    } else {
      boolean isPromise = receiver.subscriber().isDurable() && message.qos() != QoS.AT_MOST_ONCE;
      handOver(home, message, new Subscription[] {receiver}, group, isPromise, isHeld);
    }
  }

  private void handOver(
      int target,
      Message message,
      Subscription[] receivers,
      @Nullable SharedGroup group,
      boolean isPromise,
      boolean isHeld) {
    StateLog.Handover handover =
        isPromise && isHeld ? loop.note(Durability.OS).handedOver(message, receivers, group) : null;
    batchTo(target, isPromise).add(message, receivers, group, handover);
  }

  /// Stops reading a publisher when a loop that it just published to is far behind.
  void slow(Connection connection) {
    loop.slowIfShortOfMemory(connection);
    for (int i = 0; i < outbox.length; i++) {
      if (outbox[i] != null && loops.get(i).inbox().bytes() > INBOX_BYTES_HIGH) {
        connection.gate().close(ReadGate.Reason.INBOX);
        loops.get(i).inbox().whenCaughtUp(loop, connection);
      }
    }
  }

  /// @param isPromise whether the answer to the publisher has to wait for the other loop
  private Batch batchTo(int target, boolean isPromise) {
    Batch batch = outbox[target];
    if (batch == null) {
      batch = new Batch();
      outbox[target] = batch;
      loop.endTurnLater();
    }
    if (isPromise) {
      loop.promised();
      if (batch.kept() == null) {
        Receipt receipt = loop.receipt();
        receipt.expect();
        batch.whenKept(kept -> loop.execute(kept.hasFailed() ? receipt::failed : receipt::arrived));
      }
    }
    return batch;
  }

  /// Hands over what was gathered for other loops: the turn ends.
  void flush() {
    for (int i = 0; i < outbox.length; i++) {
      Batch batch = outbox[i];
      if (batch != null) {
        outbox[i] = null;
        loops.get(i).inbox().take(batch);
      }
    }
  }
}
