package dev.midge.topic;

/// Who gets a message of one topic: each interested session once, sorted by home loop, and the
/// groups of which one member does. Immutable.
public final class Match {
  private static final Subscription[] NOBODY = {};
  private static final SharedGroup[] NO_GROUPS = {};

  static final Match NONE = new Match(new Subscription[0][], NO_GROUPS);

  private final Subscription[][] byLoop;
  private final SharedGroup[] groups;
  private final boolean isEmpty;

  Match(Subscription[][] byLoop, SharedGroup[] groups) {
    this.byLoop = byLoop;
    this.groups = groups;
    this.isEmpty = size() == 0;
  }

  /// Those whose home is the loop with this index; callers must not change the array.
  public Subscription[] onLoop(int loop) {
    return loop < byLoop.length ? byLoop[loop] : NOBODY;
  }

  /// Whether any of those on this loop has to write down what it accepts.
  public boolean isDurableOnLoop(int loop) {
    for (Subscription subscription : onLoop(loop)) {
      if (subscription.subscriber().isDurable()) {
        return true;
      }
    }
    return false;
  }

  /// The groups that share a matching subscription; callers must not change the array.
  public SharedGroup[] groups() {
    return groups;
  }

  /// Whether nobody subscribed to the topic.
  public boolean isEmpty() {
    return isEmpty;
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
