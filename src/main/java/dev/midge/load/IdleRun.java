package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import java.util.List;

/// Subscribers that come, stay and hear nothing: what the broker needs to keep them.
final class IdleRun {

  private final Bench bench;
  private long connected;

  IdleRun(Bench bench) {
    this.bench = bench;
  }

  Result run() {
    int count = bench.scenario().subscribers();
    Bench.Measured measured = bench.begin(() -> connected);
    bench.growing(
        count,
        () -> {
          List<Subscriber> all =
              bench.generator().connectAll(count, bench.tally(), this::subscriber);
          bench.generator().run(() -> connected = all.size());
          measured.end();
          bench.generator().pause(bench.scenario().measureSeconds());
        });
    return measured.result();
  }

  private Subscriber subscriber(int number, Client.Watcher watcher) {
    return new Subscriber(
        bench.scenario(),
        bench.connect("i", number),
        watcher,
        bench.scenario().filtersOf(number),
        new Receipts(new Counts(), 0, 0),
        (_, _) -> {});
  }
}
