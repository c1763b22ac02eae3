package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import dev.midge.load.Result.Latency;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// What every run needs: the scenario, the clients' loop, the meters, and the arithmetic of a time
/// that is measured. Used by the thread of the command.
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
        case IDLE -> new IdleRun(bench).run();
        case FLOOD -> new FloodRun(bench).run();
        case RETAINED -> new RetainedRun(bench).run();
      };
    }
  }

  Scenario scenario() {
    return scenario;
  }

  Generator generator() {
    return generator;
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
    lasting("measuring", scenario.measureSeconds(), count, everySecond, watch);
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
      this.selfBefore = self.read();
      this.countBefore = generator.call(count::getAsLong);
      this.brokerBefore = broker.read();
      this.nanosBefore = System.nanoTime();
    }

    /// The time is over.
    void end() {
      counted = generator.call(count::getAsLong) - countBefore;
      ProcessMeter.Reading brokerAfter = broker.read();
      cpuMicros = brokerAfter.cpuMicros() - brokerBefore.cpuMicros();
      writtenBytes = brokerAfter.writtenBytes() - brokerBefore.writtenBytes();
      seconds = (System.nanoTime() - nanosBefore) / 1e9;
      selfCpuMicros = self.read().cpuMicros() - selfBefore.cpuMicros();
    }

    /// What came of the run, with what was counted from its beginning to its end.
    Result result(Counts counts, long failures, Latency latency) {
      progress.clear();
      return new Result(
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
          counts.lost,
          counts.duplicate,
          counts.outOfOrder,
          failures,
          latency);
    }
  }

  @Override
  public void close() {
    progress.clear();
    generator.close();
  }
}
