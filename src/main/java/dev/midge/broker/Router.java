package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.QoS;
import dev.midge.topic.Match;
import dev.midge.topic.MatchCache;
import dev.midge.topic.RetainedIndex;
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

  /// Keeps or clears the retained message of a topic. [MQTT-3.3.1-5] [MQTT-3.3.1-6] Returns false
  /// when there is no room for it, which is counted.
  ///
  /// @param durability what it is to outlive
  boolean retain(Message message, Durability durability) {
    StateLog log =
        message.qos() == QoS.AT_MOST_ONCE ? loop.note(durability) : loop.promise(durability);
    if (message.payload().length == 0) {
      retained.clear(message.topic());
      log.cleared(message.topic());
      return true; // [MQTT-3.3.1-7]
    }
    switch (retained.store(message)) {
      case STORED -> {
        log.retained(message);
        return true;
      }
      case TOO_MANY -> loop.tally().drop(Drop.RETAINED_MESSAGES);
      case TOO_LARGE -> loop.tally().drop(Drop.RETAINED_BYTES);
    }
    return false;
  }

  /// Sends a message to all that subscribed to its topic; returns whether anybody did.
  boolean route(Message message) {
    Match match = matches.match(message.topic());
    for (int i = 0; i < loops.size(); i++) {
      Subscription[] part = match.onLoop(i);
      if (part.length == 0) {
        continue;
      }
      if (i == loop.index()) {
        for (Subscription subscription : part) {
          loop.deliveries().deliver(message, subscription, null);
        }
      } else {
        boolean isPromise = match.isDurableOnLoop(i) && message.qos() != QoS.AT_MOST_ONCE;
        batchTo(i, isPromise).add(message, part, null);
      }
    }
    for (SharedGroup group : match.groups()) {
      Subscription member = group.next();
      if (member != null) {
        forward(message, member, group);
      }
    }
    return !match.isEmpty();
  }

  /// Sends a message to one member of a group.
  void forward(Message message, Subscription member, SharedGroup group) {
    int home = member.subscriber().homeLoop();
    if (home == loop.index()) {
      loop.deliveries().deliver(message, member, group);
    } else {
      boolean isPromise = member.subscriber().isDurable() && message.qos() != QoS.AT_MOST_ONCE;
      batchTo(home, isPromise).add(message, new Subscription[] {member}, group);
    }
  }

  /// Stops reading a publisher when a loop that it just published to is far behind.
  void slow(Connection connection) {
    for (int i = 0; i < outbox.length; i++) {
      if (outbox[i] != null && loops.get(i).inboxBytes() > INBOX_BYTES_HIGH) {
        connection.gate().close(ReadGate.Reason.INBOX);
        loops.get(i).whenCaughtUp(loop, connection);
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
        batch.whenKept(() -> loop.execute(receipt::arrived));
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
        loops.get(i).take(batch);
      }
    }
  }
}
