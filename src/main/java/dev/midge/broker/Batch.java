package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one loop hands to another at the end of a turn: messages, each with those of the other
/// loop's clients that are to get it. Filled by one thread, then emptied by another.
final class Batch {
  /// What a message costs in a batch besides its own size, in bytes, roughly.
  private static final int ENTRY_BYTES = 32;

  private Message[] messages = new Message[16];
  private Subscription[][] receivers = new Subscription[16][];
  private @Nullable SharedGroup[] groups = new @Nullable SharedGroup[16];
  private StateLog.@Nullable Handover[] handovers = new StateLog.@Nullable Handover[16];
  private int count;
  private long bytes;

  /// What to tell the loop that filled it when all is kept, or null when nothing has to be.
  private @Nullable Consumer<Receipt> kept;

  /// Adds a message for all of `receiver`.
  ///
  /// @param group on whose behalf they receive it, or null
  /// @param handover under what it is written down that it is on its way, or null when it is not
  void add(
      Message message,
      Subscription[] receiver,
      @Nullable SharedGroup group,
      StateLog.@Nullable Handover handover) {
    if (count == messages.length) {
      messages = Arrays.copyOf(messages, 2 * count);
      receivers = Arrays.copyOf(receivers, 2 * count);
      groups = Arrays.copyOf(groups, 2 * count);
      handovers = Arrays.copyOf(handovers, 2 * count);
    }
    messages[count] = message;
    receivers[count] = receiver;
    groups[count] = group;
    handovers[count] = handover;
    count++;
    bytes += message.sizeBytes() + ENTRY_BYTES;
  }

  /// The memory that its messages take, in bytes, roughly.
  long bytes() {
    return bytes;
  }

  /// Something in it has to be kept before its publisher hears of it; `action` is to be done then,
  /// with the receipt of the other loop.
  void whenKept(Consumer<Receipt> action) {
    kept = action;
  }

  /// What to do when all is kept, or null.
  @Nullable Consumer<Receipt> kept() {
    return kept;
  }

  /// Delivers all messages in the order in which they were added.
  void deliver(BrokerLoop loop) {
    for (int i = 0; i < count; i++) {
      StateLog.Handover handover = handovers[i];
      if (handover != null) {
        loop.note(Durability.OS).taken(handover, messages[i]);
      }
      for (Subscription subscription : receivers[i]) {
        loop.deliveries().deliver(messages[i], subscription, groups[i], handover != null);
      }
    }
  }
}
