package dev.midge.broker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the acknowledgements of one turn of a loop wait for: that the turn is over, that what was
/// written in it is committed, and that other loops say the same of what they were handed. Loop
/// thread only.
final class Receipt {
  private final List<Runnable> waiting = new ArrayList<>();
  private @Nullable Runnable last;

  private boolean failed;

  /// The turn itself, and what [#expect] adds.
  private int missing = 1;

  /// Whether all is there.
  boolean isComplete() {
    return missing == 0;
  }

  /// Whether it is complete without all being there, by a mistake of ours.
  boolean hasFailed() {
    return failed;
  }

  /// One thing more has to arrive.
  void expect() {
    missing++;
  }

  /// One thing is there.
  void arrived() {
    if (--missing == 0) {
      waiting.forEach(Runnable::run);
    }
  }

  /// One thing will never be there.
  void failed() {
    failed = true;
    arrived();
  }

  /// Does this when all is there or has failed; the same thing asked for several times in a row is
  /// done once.
  void whenComplete(Runnable action) {
    if (!action.equals(last)) {
      waiting.add(action);
      last = action;
    }
  }
}
