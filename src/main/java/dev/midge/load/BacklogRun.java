package dev.midge.load;

/// Messages that wait for clients which are away, and are drained when those come back, again and
/// again: what it costs to keep a message and to deliver it later.
final class BacklogRun {

  private final Bench bench;
  private final Backlog backlog;

  BacklogRun(Bench bench) {
    this.bench = bench;
    this.backlog =
        new Backlog(bench.scenario(), bench.clientPrefix(), bench.tally().counts, bench.progress());
  }

  Result run() {
    backlog.makeSessions(bench.generator());
    fillAndDrainFor(bench.scenario().warmUpSeconds());
    Bench.Measured measured = bench.begin(() -> bench.tally().counts.delivered);
    fillAndDrainFor(bench.scenario().measureSeconds());
    measured.end();
    bench
        .generator()
        .run(() -> {
          backlog.end();
          bench.tally().failures += backlog.failures();
        });
    bench.forgetSessions("s", bench.scenario().subscribers());
    return measured.result();
  }

  private void fillAndDrainFor(double seconds) {
    long endNanos = System.nanoTime() + (long) (seconds * 1e9);
    do {
      var _ = backlog.fill(bench.generator(), bench.scenario().messages());
      var _ = backlog.drain(bench.generator());
    } while (System.nanoTime() - endNanos < 0);
  }
}
