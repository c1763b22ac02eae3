package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import dev.midge.load.Result.Latency;

/// Clients that connect, are let in and leave at once, so many at a time.
final class ConnectRun implements Client.Watcher {

  private final Bench bench;

  // Of the loop.
  private long accepted;
  private long failures;
  private boolean isRunning = true;
  private int number;

  ConnectRun(Bench bench) {
    this.bench = bench;
  }

  Result run() {
    bench
        .generator()
        .run(() -> {
          for (int i = 0; i < bench.scenario().window(); i++) {
            next();
          }
        });
    bench.warmUp(() -> accepted, () -> {});
    Bench.Measured measured = bench.measure(() -> accepted, () -> {});
    bench.generator().run(() -> isRunning = false);
    return measured.result(new Counts(), failures, Latency.NONE);
  }

  // On the loop.

  @Override
  public void ready(Client client) {
    accepted++;
    client.leave();
  }

  @Override
  public void closed(Client client) {
    next();
  }

  @Override
  public void failed(Client client, String why) {
    failures++;
    // Not at once: a broker that refuses all would never give the loop a rest.
    bench.generator().loop().execute(this::next);
  }

  private void next() {
    if (isRunning) {
      bench.generator().connect(new Visitor(bench.connect("c", number++), this), this);
    }
  }
}
