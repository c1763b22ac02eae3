package dev.midge.load;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// One address that opens connections as fast as it is told, and says nothing on them; and clients
/// of other addresses that come one after the other, of which it is measured how long it takes
/// until they are let in.
final class FloodRun {
  private static final int TICK_MILLIS = 2;
  private static final int VISITORS_PER_SECOND = 40;

  /// How many connections of the flood are on their way at most: the generator is to flood the
  /// broker, not itself.
  private static final int UNDER_WAY_MAX = 2_000;

  private final Bench bench;

  // Of the loop.
  private long flooded;
  private int underWay;
  private double due;
  private int number;

  FloodRun(Bench bench) {
    this.bench = bench;
  }

  Result run() {
    Future<?> flood =
        bench
            .generator()
            .loop()
            .scheduleAtFixedRate(this::flood, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    Future<?> visits =
        bench
            .generator()
            .loop()
            .scheduleAtFixedRate(this::visit, 0, 1000 / VISITORS_PER_SECOND, TimeUnit.MILLISECONDS);
    bench.warmUp(() -> flooded, () -> {});
    Bench.Measured measured = bench.measure(() -> flooded, () -> {});
    bench
        .generator()
        .run(() -> {
          flood.cancel(false);
          visits.cancel(false);
        });
    return measured.result();
  }

  // On the loop.

  private void flood() {
    due += bench.scenario().ratePerSecond() * (TICK_MILLIS / 1e3);
    due = Math.min(due, UNDER_WAY_MAX);
    while (due >= 1 && underWay < UNDER_WAY_MAX) {
      due--;
      underWay++;
      bench
          .generator()
          .knock(() -> {
            underWay--;
            flooded++;
          });
    }
  }

  private void visit() {
    long began = System.nanoTime();
    Client.Watcher watcher =
        new Client.Watcher() {
          @Override
          public void ready(Client client) {
            bench.tally().done(began);
            client.leave();
          }

          @Override
          public void failed(Client client, String why) {
            bench.tally().failed(client, why);
          }
        };
    bench.generator().connect(new Visitor(bench.connect("v", number++), watcher), watcher);
  }
}
