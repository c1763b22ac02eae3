package dev.midge.load;

import java.util.ArrayList;
import java.util.List;

/// Several flows at the same time, and clients that come and go meanwhile. Deliveries count, and
/// the times of those that have a rate.
final class MixedRun {

  private final Bench bench;
  private final List<FlowRun> flows = new ArrayList<>();
  private final List<ConnectRun> comings = new ArrayList<>();

  /// What is counted of clients that come and go.
  private final Tally visits = new Tally();

  MixedRun(Bench bench) {
    this.bench = bench;
    for (int i = 0; i < bench.scenario().parts().size(); i++) {
      if (bench.scenario().parts().get(i).kind() == Scenario.Kind.CONNECT) {
        comings.add(new ConnectRun(bench.part(i, visits)));
      } else {
        flows.add(new FlowRun(bench.part(i, bench.tally())));
      }
    }
  }

  Result run() {
    Generator generator = bench.generator();
    Tally tally = bench.tally();
    flows.forEach(FlowRun::connect);
    generator.run(() -> {
      flows.forEach(FlowRun::start);
      comings.forEach(ConnectRun::start);
    });
    bench.warmUp(() -> tally.counts.delivered, this::everySecond);
    Bench.Measured measured = bench.measure(() -> tally.counts.delivered, this::everySecond);
    generator.run(() -> {
      flows.forEach(FlowRun::stop);
      comings.forEach(ConnectRun::stop);
    });
    long expected = generator.call(() -> flows.stream().mapToLong(FlowRun::expected).sum());
    generator.awaitCount(() -> tally.counts.delivered, expected);
    flows.forEach(FlowRun::end);
    generator.run(() -> tally.failures += visits.failures);
    return measured.result();
  }

  private void everySecond() {
    flows.forEach(FlowRun::everySecond);
  }
}
