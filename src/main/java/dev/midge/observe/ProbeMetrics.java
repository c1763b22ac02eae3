package dev.midge.observe;

import dev.midge.probe.ProbeResult;
import dev.midge.probe.ProbeRound;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Supplier;

/// What came of the latest look at all listeners, as metrics.
///
/// @param latest that look
record ProbeMetrics(Supplier<ProbeRound> latest) implements MultiCollector {
  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder good =
        GaugeSnapshot.builder()
            .name("midge_probe_success")
            .help("Whether a listener was as it promises when it was last looked at");
    GaugeSnapshot.Builder times =
        GaugeSnapshot.builder()
            .name("midge_probe_step_seconds")
            .help("How long each step of the latest look at a listener took");
    for (ProbeResult result : latest.get().results()) {
      Labels whose = Labels.of("listener", result.name(), "family", result.family());
      good.dataPoint(
          GaugeDataPointSnapshot.builder().labels(whose).value(result.isGood() ? 1 : 0).build());
      for (ProbeResult.Step step : result.steps()) {
        times.dataPoint(
            GaugeDataPointSnapshot.builder()
                .labels(whose.merge(Labels.of("step", step.name())))
                .value(step.nanos() / 1e9)
                .build());
      }
    }
    return new MetricSnapshots(good.build(), times.build());
  }
}
