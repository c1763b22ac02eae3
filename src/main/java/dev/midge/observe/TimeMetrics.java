package dev.midge.observe;

import dev.midge.broker.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.function.Supplier;

/// A histogram that loops count for themselves, as a metric.
///
/// @param name its name, without the unit
/// @param help what it tells
/// @param sum what all loops have counted, at this moment
record TimeMetrics(String name, String help, Supplier<Histogram> sum) implements Collector {
  @Override
  public MetricSnapshot collect() {
    Histogram times = sum.get();
    return HistogramSnapshot.builder()
        .name(name + "_seconds")
        .help(help)
        .dataPoint(
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(
                    ClassicHistogramBuckets.of(Histogram.upperSeconds(), times.counts()))
                .sum(times.sumSeconds())
                .build())
        .build();
  }
}
