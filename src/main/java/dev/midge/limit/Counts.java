package dev.midge.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// How many of something each source has at the moment, with a bound. It remembers no source that
/// has none. Any thread.
public final class Counts {
  private final int max;
  private final ConcurrentMap<Source, Integer> counts = new ConcurrentHashMap<>();

  /// @param max how many one source may have
  public Counts(int max) {
    this.max = max;
  }

  /// Counts one more, unless the source has as many as it may.
  ///
  /// @return whether it was counted; then [#leave] must follow
  public boolean enter(Source source) {
    int count = counts.merge(source, 1, Integer::sum);
    if (count > max) {
      leave(source);
      return false;
    }
    return true;
  }

  /// Counts one less.
  public void leave(Source source) {
    counts.computeIfPresent(source, (_, count) -> count == 1 ? null : count - 1);
  }
}
