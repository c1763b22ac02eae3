package dev.midge.load;

import org.HdrHistogram.Histogram;

/// How long something took from when it was due, in microseconds: there is no coordinated omission
/// of what could not be begun in time, because the time is counted all the same.
record Latency(double p50, double p90, double p99, double p999, double p9999, double max) {

  static final Latency NONE =
      new Latency(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /// The percentiles of times in nanoseconds; [#NONE] when there are no times.
  static Latency of(Histogram nanos) {
    return nanos.getTotalCount() == 0
        ? NONE
        : new Latency(
            nanos.getValueAtPercentile(50) / 1e3,
            nanos.getValueAtPercentile(90) / 1e3,
            nanos.getValueAtPercentile(99) / 1e3,
            nanos.getValueAtPercentile(99.9) / 1e3,
            nanos.getValueAtPercentile(99.99) / 1e3,
            nanos.getMaxValue() / 1e3);
  }

  /// Whether anything was timed.
  boolean isKnown() {
    return !Double.isNaN(p50);
  }
}
