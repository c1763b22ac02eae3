package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import dev.midge.load.Result.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Messages from publishers to subscribers: as many as windows allow, or so many in a second.
final class FlowRun implements Client.Watcher, Subscriber.Sink {

  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;
  private static final int LATENCY_DIGITS = 3;

  private final Bench bench;
  private final Scenario scenario;
  private final Counts counts = new Counts();
  private final Publisher.Topics topics;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();
  private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, LATENCY_DIGITS);

  // Of the loop.
  private List<Publisher> due = new ArrayList<>();
  private List<Publisher> sending = new ArrayList<>();
  private boolean isRunning;
  private boolean isRecording;
  private long failures;
  private long nextDueNanos;
  private int turn;

  FlowRun(Bench bench) {
    this.bench = bench;
    this.scenario = bench.scenario();
    this.topics = Publisher.Topics.of(scenario, false, scenario.payloadBytes());
  }

  Result run() {
    Generator generator = bench.generator();
    connect(generator);
    generator.run(this::start);
    bench.warmUp(() -> counts.delivered, this::reopen);
    generator.run(() -> isRecording = true);
    Bench.Measured measured = bench.measure(() -> counts.delivered, this::reopen);
    generator.run(() -> {
      isRecording = false;
      isRunning = false;
    });
    long expected = generator.call(this::expected);
    generator.awaitCount(() -> counts.delivered, expected);
    generator.run(this::end);
    forgetSessions(generator);
    return measured.result(counts, failures, latency());
  }

  private void connect(Generator generator) {
    long subscriptions = 0;
    for (int i = 0; i < scenario.subscribers(); i++) {
      subscriptions += scenario.filtersOf(i).size();
    }
    bench.growing(
        subscriptions,
        () ->
            subscribers.addAll(
                generator.connectAll(scenario.subscribers(), this, this::subscriber)));
    publishers.addAll(generator.connectAll(scenario.publishers(), this, this::publisher));
  }

  /// Leaves no session behind.
  private void forgetSessions(Generator generator) {
    if (scenario.isKept()) {
      List<Visitor> visitors =
          generator.connectAll(
              scenario.subscribers(),
              this,
              (number, watcher) -> new Visitor(bench.connect("s", number), watcher));
      generator.run(() -> visitors.forEach(Client::leave));
    }
  }

  private Subscriber subscriber(int number, Client.Watcher watcher) {
    Receipts receipts =
        new Receipts(counts, scenario.firstTopic(number), scenario.topicCount(number));
    return new Subscriber(
        scenario,
        bench.connect("s", number, scenario.isKept()),
        watcher,
        scenario.filtersOf(number),
        receipts,
        this);
  }

  private Publisher publisher(int number, Client.Watcher watcher) {
    return new Publisher(
        scenario, bench.connect("p", number), watcher, number, topics, this::hasRoom);
  }

  // On the loop.

  @Override
  public void ready(Client client) {}

  @Override
  public void failed(Client client, String why) {
    failures++;
  }

  @Override
  public void delivered(int topic, long dueNanos) {
    publishers.get(topic % publishers.size()).delivered();
    if (isRecording && scenario.ratePerSecond() > 0) {
      latencies.recordValue(Math.clamp(System.nanoTime() - dueNanos, 0, LATENCY_NANOS_MAX));
    }
  }

  private void start() {
    isRunning = true;
    if (scenario.ratePerSecond() > 0) {
      nextDueNanos = System.nanoTime();
      pace();
    } else {
      publishers.forEach(this::hasRoom);
    }
  }

  /// Sends what is due by now, each message with the time at which it was, and comes back when the
  /// next one is.
  private void pace() {
    long now = System.nanoTime();
    while (isRunning && nextDueNanos - now <= 0) {
      publishers.get(turn++ % publishers.size()).send(1, nextDueNanos);
      nextDueNanos += TimeUnit.SECONDS.toNanos(1) / scenario.ratePerSecond();
    }
    if (isRunning) {
      long waitNanos = Math.max(0, nextDueNanos - System.nanoTime());
      var _ = bench.generator().loop().schedule(this::pace, waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  /// Lets a publisher send at the end of the turn.
  private void hasRoom(Publisher publisher) {
    if (!isRunning || scenario.ratePerSecond() > 0 || publisher.swapDue(true)) {
      return;
    }
    if (due.isEmpty()) {
      bench.generator().loop().execute(this::send);
    }
    due.add(publisher);
  }

  private void send() {
    List<Publisher> now = due;
    due = sending;
    sending = now;
    for (Publisher publisher : now) {
      publisher.swapDue(false);
      if (isRunning) {
        publisher.sendAsAllowed();
      }
    }
    now.clear();
  }

  private void reopen() {
    if (scenario.ratePerSecond() == 0) {
      publishers.forEach(Publisher::reopenIfStuck);
    }
  }

  private long expected() {
    long expected = 0;
    for (int n = 0; n < scenario.topics(); n++) {
      expected += topics.sent()[n] * topics.receivers()[n];
    }
    return expected;
  }

  private void end() {
    for (int i = 0; i < subscribers.size(); i++) {
      int first = scenario.firstTopic(i);
      for (int n = first; n < first + scenario.topicCount(i); n++) {
        subscribers.get(i).receipts().end(n, topics.sent()[n]);
      }
    }
    subscribers.forEach(Client::leave);
    publishers.forEach(Client::leave);
  }

  private Latency latency() {
    if (latencies.getTotalCount() == 0) {
      return Latency.NONE;
    }
    return new Latency(
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(99.9) / 1e3,
        latencies.getMaxValue() / 1e3);
  }
}
