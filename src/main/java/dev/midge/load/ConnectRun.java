package dev.midge.load;

import java.util.concurrent.TimeUnit;

/// Clients that connect, are let in and leave at once: so many at a time, or so many in a second.
final class ConnectRun implements Client.Watcher {

  private final Bench bench;
  private final int ratePerSecond;

  // Of the loop.
  private long accepted;
  private boolean isRunning = true;
  private int number;
  private long nextDueNanos;

  ConnectRun(Bench bench) {
    this.bench = bench;
    this.ratePerSecond = bench.scenario().ratePerSecond();
  }

  Result run() {
    bench.generator().run(this::start);
    bench.warmUp(() -> accepted, () -> {});
    long before = bench.generator().notResumed();
    Bench.Measured measured = bench.measure(() -> accepted, () -> {});
    bench.generator().run(this::stop);
    Result result = measured.result();
    requireResumed(bench.generator().notResumed() - before, result);
    return result;
  }

  /// The first ones have nothing to resume; others may find all tickets taken.
  private void requireResumed(long notResumed, Result result) {
    if (notResumed > bench.scenario().window() + result.count() / 20) {
      throw new LoadFailure(
          "%s: of %d clients %d could not resume a session"
              .formatted(result.target(), result.count(), notResumed));
    }
  }

  // On the loop.

  void start() {
    if (ratePerSecond > 0) {
      nextDueNanos = System.nanoTime();
      pace();
      return;
    }
    for (int i = 0; i < bench.scenario().window(); i++) {
      next();
    }
  }

  void stop() {
    isRunning = false;
  }

  @Override
  public void ready(Client client) {
    accepted++;
    client.leave();
  }

  @Override
  public void closed(Client client) {
    if (ratePerSecond == 0) {
      next();
    }
  }

  @Override
  public void failed(Client client, String why) {
    bench.tally().failures++;
    if (ratePerSecond == 0) {
      // Not at once: a broker that refuses all would never give the loop a rest.
      bench.generator().loop().execute(this::next);
    }
  }

  private void next() {
    if (isRunning) {
      bench.generator().connect(new Visitor(bench.connect("c", number++), this), this);
    }
  }

  /// Lets those come who are due by now, and comes back when the next one is.
  private void pace() {
    while (isRunning && nextDueNanos - System.nanoTime() <= 0) {
      long dueNanos = nextDueNanos;
      Client.Watcher watcher =
          new Client.Watcher() {
            @Override
            public void ready(Client client) {
              bench.tally().done(dueNanos);
              ConnectRun.this.ready(client);
            }

            @Override
            public void failed(Client client, String why) {
              ConnectRun.this.failed(client, why);
            }
          };
      bench.generator().connect(new Visitor(bench.connect("c", number++), watcher), watcher);
      nextDueNanos += TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }
    if (isRunning) {
      long waitNanos = Math.max(0, nextDueNanos - System.nanoTime());
      var _ = bench.generator().loop().schedule(this::pace, waitNanos, TimeUnit.NANOSECONDS);
    }
  }
}
