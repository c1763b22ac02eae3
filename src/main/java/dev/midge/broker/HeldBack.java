package dev.midge.broker;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What is to be sent to one client, in this order, but not before something is kept that it
/// promises: acknowledgements to a publisher, and the steps of QoS 2 to a subscriber. Loop thread
/// only.
final class HeldBack {
  private record Item(@Nullable Receipt receipt, Runnable send) {}

  /// Made with the first item: most clients never have one.
  private @Nullable ArrayDeque<Item> items;

  /// Whether nothing is held back.
  boolean isEmpty() {
    return items == null;
  }

  /// How many things are held back.
  int count() {
    return items == null ? 0 : items.size();
  }

  /// Holds something back until the receipt is complete, or until what is held back already went.
  void add(@Nullable Receipt receipt, Runnable send) {
    if (items == null) {
      items = new ArrayDeque<>();
    }
    items.add(new Item(receipt, send));
  }

  /// Sends what need not wait any longer.
  void release() {
    while (items != null) {
      Item first = items.element();
      if (first.receipt != null && !first.receipt.isComplete()) {
        return;
      }
      items.remove();
      if (items.isEmpty()) {
        items = null;
      }
      first.send.run();
    }
  }

  /// Forgets everything: the client is gone.
  void clear() {
    items = null;
  }
}
