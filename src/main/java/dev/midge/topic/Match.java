package dev.midge.topic;

import java.util.Arrays;

/// Who gets a message of one topic: each interested session once, sorted by home loop, and the
/// groups of which one member does. Immutable.
public final class Match {
  private static final Subscription[] NOBODY = {};
  private static final SharedGroup[] NO_GROUPS = {};

  static final Match NONE = new Match(new Subscription[0][], NO_GROUPS);

  private final Subscription[][] byLoop;
  private final SharedGroup[] groups;
  private final boolean[] durable;

  Match(Subscription[][] byLoop, SharedGroup[] groups) {
    this.byLoop = byLoop;
    this.groups = groups;
    this.durable = new boolean[byLoop.length];
    for (int i = 0; i < byLoop.length; i++) {
      durable[i] = Arrays.stream(byLoop[i]).anyMatch(part -> part.subscriber().isDurable());
    }
  }

  /// Those whose home is the loop with this index; callers must not change the array.
  public Subscription[] onLoop(int loop) {
    return loop < byLoop.length ? byLoop[loop] : NOBODY;
  }

  /// Whether any of those on this loop has to write down what it accepts.
  public boolean isDurableOnLoop(int loop) {
    return loop < durable.length && durable[loop];
  }

  /// The groups that share a matching subscription; callers must not change the array.
  public SharedGroup[] groups() {
    return groups;
  }

  /// Whether nobody subscribed to the topic.
  public boolean isEmpty() {
    return groups.length == 0 && Arrays.stream(byLoop).allMatch(part -> part.length == 0);
  }

  /// How many sessions and groups there are.
  int size() {
    int size = groups.length;
    for (Subscription[] part : byLoop) {
      size += part.length;
    }
    return size;
  }
}
