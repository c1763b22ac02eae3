package dev.midge.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// What every run needs: the scenario, the clients' loop, the meters, what is counted, and the
/// arithmetic of a time that is measured. Used by the thread of the command.
final class Bench implements AutoCloseable {

  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final double STEP_SECONDS = 1;

  private final Scenario scenario;
  private final Target target;
  private final Progress progress;
  private final Generator generator;
  private final ProcessMeter broker;
  private final ProcessMeter self;
  private final String clientPrefix;
  private final Watch watch;
  private final Tally tally;

  /// How many there were in each second that was measured.
  private final List<Double> seconds = new ArrayList<>();

  /// By how much the broker has grown, and for how many.
  private long growthBytes;

  private long growthCount;

  /// Who looks on while it is measured.
  interface Watch {
    /// Nobody.
    Watch NONE = _ -> {};

    /// A second is over, in which the count grew so fast.
    void second(double perSecond);
  }

  Bench(Scenario scenario, Target target, Progress progress, Watch watch) {
    this.watch = watch;
    this.scenario = scenario;
    this.target = target;
    this.progress = progress;
    this.broker = new ProcessMeter(target.pid());
    this.self = ProcessMeter.ofThisProcess();
    this.generator = new Generator(target);
    int run = RUNS.incrementAndGet();
    long process = ProcessHandle.current().pid();
    this.clientPrefix = Long.toString(process, 36) + "-" + Integer.toString(run, 36) + "-";
    this.tally = new Tally();
  }

  private Bench(Bench whole, Scenario part, int number, Tally tally) {
    this.watch = whole.watch;
    this.scenario = part;
    this.target = whole.target;
    this.progress = whole.progress;
    this.broker = whole.broker;
    this.self = whole.self;
    this.generator = whole.generator;
    this.clientPrefix = whole.clientPrefix + number + "-";
    this.tally = tally;
  }

  /// What a part of a mixed scenario needs: the same, but for the names of its clients.
  ///
  /// @param counted where it counts
  Bench part(int number, Tally counted) {
    return new Bench(this, scenario.parts().get(number), number, counted);
  }

  /// Runs a scenario against a broker.
  static Result run(Scenario scenario, Target target, Progress progress) {
    return run(scenario, target, progress, Watch.NONE);
  }

  /// The same while somebody looks on.
  static Result run(Scenario scenario, Target target, Progress progress, Watch watch) {
    try (Bench bench = new Bench(scenario, target, progress, watch)) {
      return switch (scenario.kind()) {
        case FLOW -> new FlowRun(bench).run();
        case CONNECT -> new ConnectRun(bench).run();
        case STORM -> new StormRun(bench).run();
        case IDLE -> new IdleRun(bench).run();
        case FLOOD -> new FloodRun(bench).run();
        case RETAINED -> new RetainedRun(bench).run();
        case BACKLOG -> new BacklogRun(bench).run();
        case MIXED -> new MixedRun(bench).run();
      };
    }
  }

  Scenario scenario() {
    return scenario;
  }

  Generator generator() {
    return generator;
  }

  Progress progress() {
    return progress;
  }

  /// What is counted; for the loop.
  Tally tally() {
    return tally;
  }

  /// The CONNECT of a client that no other has the name of, for a session that ends with its
  /// connection.
  byte[] connect(String role, int number) {
    return connect(role, number, false);
  }

  /// The same for a session that may be kept.
  byte[] connect(String role, int number, boolean isKept) {
    return Frames.connect(scenario.version(), clientPrefix + role + number, isKept);
  }

  /// What the names of all clients begin with.
  String clientPrefix() {
    return clientPrefix;
  }

  /// Ends the sessions that clients have left behind, with the names that [#connect] gave them.
  void forgetSessions(String role, int count) {
    List<Visitor> visitors =
        generator.connectAll(
            count, tally, (number, watcher) -> new Visitor(connect(role, number), watcher));
    generator.run(() -> visitors.forEach(Client::leave));
  }

  /// Does what makes the broker grow, for this many.
  void growing(long count, Runnable task) {
    progress.show(scenario, target, "connecting", 0, 0);
    long before = broker.read().rssBytes();
    task.run();
    growthBytes = broker.read().rssBytes() - before;
    growthCount = count;
  }

  /// Lets the load run for its warm-up, telling how far the count is.
  void warmUp(LongSupplier count, Runnable everySecond) {
    lasting("warming up", scenario.warmUpSeconds(), count, everySecond, Watch.NONE);
  }

  /// Lets the load run for the time to measure, and measures.
  ///
  /// @param count what the loop counts
  Measured measure(LongSupplier count, Runnable everySecond) {
    Measured measured = begin(count);
    Watch noting =
        perSecond -> {
          seconds.add(perSecond);
          watch.second(perSecond);
        };
    lasting("measuring", scenario.measureSeconds(), count, everySecond, noting);
    measured.end();
    return measured;
  }

  /// Begins to measure.
  Measured begin(LongSupplier count) {
    return new Measured(count);
  }

  private void lasting(
      String phase, double seconds, LongSupplier count, Runnable everySecond, Watch watched) {
    long before = generator.call(count::getAsLong);
    for (double done = 0; done < seconds; done += STEP_SECONDS) {
      double step = Math.min(STEP_SECONDS, seconds - done);
      generator.pause(step);
      generator.run(everySecond);
      long now = generator.call(count::getAsLong);
      progress.show(scenario, target, phase, (now - before) / step, seconds - done - step);
      watched.second((now - before) / step);
      before = now;
    }
  }

  /// The difference that a time makes.
  final class Measured {
    private final LongSupplier count;
    private final long countBefore;
    private final ProcessMeter.Reading brokerBefore;
    private final ProcessMeter.Reading selfBefore;
    private final long nanosBefore;
    private long counted;
    private long cpuMicros;
    private long writtenBytes;
    private long selfCpuMicros;
    private double seconds;

    private Measured(LongSupplier count) {
      this.count = count;
      generator.run(() -> tally.isTiming = true);
      this.selfBefore = self.read();
      this.countBefore = generator.call(count::getAsLong);
      this.brokerBefore = broker.read();
      this.nanosBefore = System.nanoTime();
    }

    /// The time is over.
    void end() {
      counted =
          generator.call(() -> {
            tally.isTiming = false;
            return count.getAsLong() - countBefore;
          });
      ProcessMeter.Reading brokerAfter = broker.read();
      cpuMicros = brokerAfter.cpuMicros() - brokerBefore.cpuMicros();
      writtenBytes = brokerAfter.writtenBytes() - brokerBefore.writtenBytes();
      seconds = (System.nanoTime() - nanosBefore) / 1e9;
      selfCpuMicros = self.read().cpuMicros() - selfBefore.cpuMicros();
    }

    /// What came of the run, with what was counted from its beginning to its end.
    Result result() {
      progress.clear();
      return generator.call(() ->
          new Result(
              scenario.name(),
              target.name(),
              counted,
              seconds,
              broker.isKnown() ? cpuMicros : -1,
              selfCpuMicros,
              broker.read().rssBytes(),
              writtenBytes,
              growthBytes,
              growthCount,
              tally.counts.lost,
              tally.counts.duplicate,
              tally.counts.outOfOrder,
              tally.failures,
              Latency.of(tally.latencies),
              List.copyOf(Bench.this.seconds)));
    }
  }

  @Override
  public void close() {
    progress.clear();
    generator.close();
  }
}
