package dev.midge.load;

import dev.midge.load.Findings.Aim;
import dev.midge.load.Receipts.Counts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The parts of `midge loadtest durable`. Used by the thread of the command.
final class DurableRun {

  /// How large all is.
  ///
  /// @param sessions how many clients are away in a backlog
  /// @param messages how many messages wait for all of them, each for one
  /// @param wideDeliveries how many wait where each message is for a tenth of them
  /// @param rounds how often rates are measured
  /// @param minutes how long the steady part lasts
  /// @param ratePerSecond of that part, or 0 for as fast as it goes
  /// @param drainedSeconds how long after a drain disks are to have given room back
  record Size(
      int sessions,
      long messages,
      long wideDeliveries,
      int rounds,
      double minutes,
      int ratePerSecond,
      int drainedSeconds) {
    /// What shows that all works, and no more.
    static final Size SMALL = new Size(100, 10_000, 10_000, 1, 0.05, 0, 1);
  }

  private static final int PAYLOAD_BYTES = 500;
  private static final int WIDE_PAYLOAD_BYTES = 100;
  private static final int WIDE_TOPICS = 10;
  private static final double ACK_SECONDS = 5;
  private static final int MEGABYTE = 1 << 20;
  private static final int BESIDE_THE_HEAP_MEGABYTES = 256;

  private final BrokerKind.Program program;
  private final Path folder;
  private final Size size;
  private final List<BrokerKind> brokers;
  private final Progress progress;
  private final PrintWriter told;
  private final Findings findings;

  DurableRun(
      BrokerKind.Program program,
      Path folder,
      Size size,
      List<BrokerKind> brokers,
      Progress progress,
      PrintWriter told) {
    this.program = program;
    this.folder = folder;
    this.size = size;
    this.brokers = brokers;
    this.progress = progress;
    this.told = told;
    this.findings = new Findings(told, size.equals(Size.SMALL));
  }

  Findings findings() {
    return findings;
  }

  /// A backlog that survives the ends of its broker, and is drained.
  void backlog() {
    for (BrokerKind kind : kept()) {
      say(
          "backlog",
          kind,
          "%,d messages of %d bytes over %,d sessions"
              .formatted(size.messages, PAYLOAD_BYTES, size.sessions));
      Backlog backlog = new Backlog(size.sessions, size.sessions, PAYLOAD_BYTES, progress);
      try (BrokerProcess broker = new BrokerProcess(kind, program, folder)) {
        double emptyMillis = broker.start();
        double fillPerSecond = fill("backlog", backlog, broker, size.messages / size.sessions);
        restart(
            "backlog", backlog, broker, emptyMillis, kind == BrokerKind.MIDGE ? 5000 : Double.NaN);
        drain(backlog, broker, fillPerSecond);
      }
    }
  }

  /// A longer backlog of messages that each wait for many.
  void wide() {
    for (BrokerKind kind : kept()) {
      say(
          "wide",
          kind,
          "%,d messages over %,d sessions, each for a tenth of them"
              .formatted(size.wideDeliveries, size.sessions));
      Backlog backlog = new Backlog(size.sessions, WIDE_TOPICS, WIDE_PAYLOAD_BYTES, progress);
      try (BrokerProcess broker = new BrokerProcess(kind, program, folder)) {
        double emptyMillis = broker.start();
        fill("wide", backlog, broker, size.wideDeliveries / size.sessions);
        restart("wide", backlog, broker, emptyMillis, Double.NaN);
      }
    }
  }

  private double fill(String part, Backlog backlog, BrokerProcess broker, long perTopic) {
    BrokerKind kind = broker.kind();
    ProcessMeter meter = new ProcessMeter(broker.target().pid());
    ProcessMeter.Reading before = meter.read();
    double seconds = backlog.fill(broker.target(), perTopic);
    ProcessMeter.Reading after = meter.read();
    progress.clear();
    findings.add(part, "filled, messages/s", kind, backlog.deliveries() / seconds);
    findings.add(
        part,
        "CPU to fill, µs each",
        kind,
        (double) (after.cpuMicros() - before.cpuMicros()) / backlog.deliveries());
    double written = after.writtenBytes() - before.writtenBytes();
    if (part.equals("backlog")) {
      Aim aim = kind == BrokerKind.MIDGE ? Aim.most(5) : Aim.NONE;
      findings.add(part, "written / payload", kind, written / backlog.payloadBytes(), aim);
    }
    rss(part, "RSS when filled, MB", broker);
    return backlog.deliveries() / seconds;
  }

  private void rss(String part, String figure, BrokerProcess broker) {
    long rss = new ProcessMeter(broker.target().pid()).read().rssBytes();
    Aim aim =
        broker.kind() == BrokerKind.MIDGE && part.equals("backlog")
            ? Aim.most(program.heapMegabytes() + BESIDE_THE_HEAP_MEGABYTES)
            : Aim.NONE;
    findings.add(part, figure, broker.kind(), (double) rss / MEGABYTE, aim);
  }

  /// Kills Midge as it is when filled; then stops the broker, and kills it when one more message
  /// for each has been acknowledged. Each time it is started again.
  private void restart(
      String part, Backlog backlog, BrokerProcess broker, double emptyMillis, double connackMax) {
    BrokerKind kind = broker.kind();
    findings.add(part, "empty: first CONNACK, ms", kind, emptyMillis);
    if (kind.isMidge()) { // Others have lost all then.
      broker.kill();
      startAgain(part, "SIGKILL when filled", broker, emptyMillis, connackMax);
    }
    findings.add(part, "SIGTERM: ends in, ms", kind, broker.stop());
    startAgain(part, "SIGTERM", broker, emptyMillis, connackMax);
    var _ = backlog.fill(broker.target(), 1); // Which no regular end has seen.
    broker.kill();
    startAgain(part, "SIGKILL", broker, emptyMillis, connackMax);
    rss(part, "RSS after the start, MB", broker);
  }

  private void startAgain(
      String part, String how, BrokerProcess broker, double emptyMillis, double connackMax) {
    BrokerKind kind = broker.kind();
    boolean isWide = part.equals("wide");
    progress.show(kind.title() + " starts after " + how);
    double millis = broker.start();
    progress.clear();
    if (kind.isMidge()) {
      Aim open = Aim.most(isWide ? 3000 : 2000);
      findings.add(part, how + ": store opened in, ms", kind, broker.storeMillis(), open);
    }
    Aim aim =
        !kind.isMidge() ? Aim.NONE : Aim.most(isWide ? Math.rint(emptyMillis) + 3000 : connackMax);
    findings.add(part, how + ": first CONNACK, ms", kind, millis, aim);
  }

  private void drain(Backlog backlog, BrokerProcess broker, double fillPerSecond) {
    BrokerKind kind = broker.kind();
    boolean isMidge = kind.isMidge();
    try (DiskWatch disk = new DiskWatch(broker)) {
      double seconds = backlog.drain(broker.target());
      progress.clear();
      Counts counts = backlog.counts();
      findings.add("backlog", "lost", kind, (double) counts.lost, isMidge ? Aim.most(0) : Aim.NONE);
      findings.add(
          "backlog",
          "twice, disordered or broken",
          kind,
          (double) (counts.duplicate + counts.outOfOrder + backlog.failures()),
          isMidge ? Aim.most(0) : Aim.NONE);
      if (counts.delivered > 0) {
        double perSecond = counts.delivered / seconds;
        findings.add("backlog", "drained, messages/s", kind, perSecond);
        findings.add(
            "backlog",
            "drain rate / fill rate",
            kind,
            perSecond / fillPerSecond,
            isMidge ? Aim.least(0.5) : Aim.NONE);
      }
      findings.add("backlog", "disk at its peak, MB", kind, (double) disk.peakBytes() / MEGABYTE);
      double share = awaitShare(broker, disk);
      findings.add(
          "backlog",
          "disk after " + size.drainedSeconds + " s, % of the peak",
          kind,
          share,
          isMidge ? Aim.most(20) : Aim.NONE);
    }
  }

  /// Waits for the time that disks have to give room back.
  private double awaitShare(BrokerProcess broker, DiskWatch disk) {
    for (int second = 0; second < size.drainedSeconds; second++) {
      progress.show("drained; %,d MB on disk".formatted(broker.keptBytes() / MEGABYTE));
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
    }
    progress.clear();
    return 100.0 * broker.keptBytes() / disk.peakBytes();
  }

  /// How fast messages go, and how long one takes to be acknowledged.
  void rate(Scenario scenario) {
    Map<BrokerKind, List<Result>> results = new EnumMap<>(BrokerKind.class);
    Map<BrokerKind, List<Double>> acks = new EnumMap<>(BrokerKind.class);
    List<Double> syncs = new ArrayList<>();
    for (int round = 1; round <= size.rounds; round++) {
      for (BrokerKind kind : brokers) {
        say("rate", kind, "round " + round);
        syncs.add(SyncProbe.medianMillis(folder));
        try (BrokerProcess broker = new BrokerProcess(kind, program, folder)) {
          var _ = broker.start();
          Result result = Bench.run(scenario, broker.target(), progress);
          results.computeIfAbsent(kind, _ -> new ArrayList<>()).add(result);
          progress.show("one publisher, one message at a time");
          double ack = AckRun.medianMillis(broker.target(), ACK_SECONDS);
          acks.computeIfAbsent(kind, _ -> new ArrayList<>()).add(ack);
          progress.clear();
        }
      }
    }
    double sync = median(syncs);
    findings.add("rate", "fsync of this disk, median, ms", BrokerKind.MIDGE, sync);
    results.forEach((kind, rounds) -> tellRate(kind, rounds, sync, scenario));
    if (results.containsKey(BrokerKind.MIDGE) && results.containsKey(BrokerKind.MIDGE_NONE)) {
      findings.add(
          "rate",
          "durable rate / rate in memory",
          BrokerKind.MIDGE,
          perSecond(results.get(BrokerKind.MIDGE)) / perSecond(results.get(BrokerKind.MIDGE_NONE)),
          Aim.least(0.2));
    }
    acks.forEach((kind, medians) ->
        findings.add(
            "rate",
            "one publisher: PUBACK after, median, ms",
            kind,
            median(medians),
            kind == BrokerKind.MIDGE ? Aim.most(2 * sync + 2) : Aim.NONE));
  }

  private void tellRate(BrokerKind kind, List<Result> rounds, double sync, Scenario scenario) {
    boolean isDurable = kind == BrokerKind.MIDGE;
    findings.add(
        "rate",
        "messages/s",
        kind,
        perSecond(rounds),
        isDurable && sync < 0.5 ? Aim.least(30_000) : Aim.NONE);
    findings.add(
        "rate",
        "CPU of the broker, µs each",
        kind,
        median(rounds.stream().map(Result::cpuMicrosEach).toList()));
    findings.add(
        "rate",
        "written / payload",
        kind,
        median(rounds.stream().map(Result::writtenBytesEach).toList()) / scenario.payloadBytes(),
        isDurable ? Aim.most(5) : Aim.NONE);
    findings.add(
        "rate",
        "lost, twice, disordered or broken",
        kind,
        (double) flaws(rounds),
        kind.isMidge() ? Aim.most(0) : Aim.NONE);
  }

  /// As much comes as goes, for a long time.
  void steady(Scenario scenario) {
    double seconds = TimeUnit.MINUTES.toSeconds(1) * size.minutes;
    for (BrokerKind kind : kept()) {
      say("steady", kind, "%.1f minutes".formatted(size.minutes));
      try (BrokerProcess broker = new BrokerProcess(kind, program, folder)) {
        var _ = broker.start();
        SteadyWatch watch = new SteadyWatch(broker);
        Scenario steady = scenario.steady(size.ratePerSecond, seconds);
        Result result = Bench.run(steady, broker.target(), progress, watch);
        watch.tell(findings, result, scenario.payloadBytes());
        findings.add(
            "steady",
            "lost, twice, disordered or broken",
            kind,
            (double) flaws(List.of(result)),
            kind.isMidge() ? Aim.most(0) : Aim.NONE);
      }
    }
  }

  /// The brokers that keep something.
  private List<BrokerKind> kept() {
    return brokers.stream()
        .filter(kind -> kind == BrokerKind.MIDGE || kind == BrokerKind.MOSQUITTO)
        .toList();
  }

  private void say(String part, BrokerKind kind, String what) {
    progress.clear();
    told.println("%s, %s (%s): %s".formatted(part, kind.title(), kind.promise(), what));
    told.flush();
  }

  private static double perSecond(List<Result> rounds) {
    return median(rounds.stream().map(Result::perSecond).toList());
  }

  private static long flaws(List<Result> rounds) {
    return rounds.stream()
        .mapToLong(
            result -> result.lost() + result.duplicate() + result.outOfOrder() + result.failures())
        .sum();
  }

  private static double median(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
