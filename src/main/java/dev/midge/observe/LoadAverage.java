package dev.midge.observe;

import java.util.List;

/// How fast a counter grows, in counts for each minute, as an average over the last minute, the
/// last five and the last fifteen: what is longer ago weighs exponentially less. One thread.
final class LoadAverage {
  /// Over how many minutes, in the order of [#perMinute].
  static final List<Integer> MINUTES = List.of(1, 5, 15);

  private final double[] averages = new double[MINUTES.size()];
  private long last;

  /// Takes note that the counter is at `count`, so many seconds after it was noted last; it began
  /// at 0.
  void note(long count, double seconds) {
    double perMinute = (count - last) * 60 / seconds;
    last = count;
    for (int i = 0; i < averages.length; i++) {
      double keeps = Math.exp(-seconds / (60.0 * MINUTES.get(i)));
      averages[i] = perMinute + keeps * (averages[i] - perMinute);
    }
  }

  /// The average over the minutes at this place of [#MINUTES].
  double perMinute(int index) {
    return averages[index];
  }
}
