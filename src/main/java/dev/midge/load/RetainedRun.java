package dev.midge.load;

import dev.midge.load.Receipts.Counts;

/// Subscribers that come one after the other and get all that is retained.
final class RetainedRun {

  private final Bench bench;
  private final Scenario scenario;
  private final Counts counts;

  RetainedRun(Bench bench) {
    this.bench = bench;
    this.scenario = bench.scenario();
    this.counts = bench.tally().counts;
  }

  Result run() {
    RetainedMessages messages = new RetainedMessages(bench, scenario);
    bench.growing(scenario.topics(), messages::publish);
    try {
      visitFor(scenario.warmUpSeconds());
      Bench.Measured measured = bench.begin(() -> counts.delivered);
      visitFor(scenario.measureSeconds());
      measured.end();
      return measured.result();
    } finally {
      messages.clear();
    }
  }

  private void visitFor(double seconds) {
    long endNanos = System.nanoTime() + (long) (seconds * 1e9);
    do {
      visit();
    } while (System.nanoTime() - endNanos < 0);
  }

  private void visit() {
    Generator generator = bench.generator();
    Receipts receipts = new Receipts(counts, 0, scenario.topics());
    long wanted = generator.call(() -> counts.delivered) + scenario.topics();
    Subscriber subscriber =
        generator
            .connectAll(
                1,
                bench.tally(),
                (number, watcher) ->
                    new Subscriber(
                        scenario,
                        bench.connect("v", number),
                        watcher,
                        scenario.filters(),
                        receipts,
                        (_, _) -> {}))
            .getFirst();
    generator.awaitCount(() -> counts.delivered, wanted);
    generator.run(() -> {
      for (int n = 0; n < scenario.topics(); n++) {
        receipts.end(n, 1);
      }
      subscriber.leave();
    });
  }
}
