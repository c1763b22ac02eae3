package dev.midge.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Messages from publishers to subscribers: as many as windows allow, or so many in a second.
final class FlowRun implements Subscriber.Sink {

  private final Bench bench;
  private final Scenario scenario;
  private final Tally tally;
  private final Publisher.Topics topics;
  private final RetainedMessages beside;
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();

  // Of the loop.
  private final List<Receipts> receipts = new ArrayList<>();
  private final SharedReceipts shared;
  private List<Publisher> due = new ArrayList<>();
  private List<Publisher> sending = new ArrayList<>();
  private boolean isRunning;
  private long nextDueNanos;
  private int turn;

  FlowRun(Bench bench) {
    this.bench = bench;
    this.scenario = bench.scenario();
    this.tally = bench.tally();
    this.topics = Publisher.Topics.of(scenario, false, scenario.payloadBytes());
    this.shared = new SharedReceipts(tally.counts, scenario.isShared() ? scenario.topics() : 0);
    this.beside = RetainedMessages.beside(bench);
  }

  Result run() {
    Generator generator = bench.generator();
    beside.publish();
    try {
      connect();
      generator.run(this::start);
      bench.warmUp(() -> tally.counts.delivered, this::everySecond);
      Bench.Measured measured = bench.measure(() -> tally.counts.delivered, this::everySecond);
      generator.run(this::stop);
      long expected = generator.call(this::expected);
      generator.awaitCount(() -> tally.counts.delivered, expected);
      end();
      return measured.result();
    } finally {
      beside.clear();
    }
  }

  // In turn, by the thread of the command.

  void connect() {
    Generator generator = bench.generator();
    long subscriptions = 0;
    for (int i = 0; i < scenario.subscribers(); i++) {
      subscriptions += scenario.filtersOf(i).size();
      receipts.add(new Receipts(tally.counts, scenario.firstTopic(i), scenario.topicCount(i)));
    }
    bench.growing(
        subscriptions,
        () ->
            subscribers.addAll(
                generator.connectAll(scenario.subscribers(), tally, this::subscriber)));
    publishers.addAll(generator.connectAll(scenario.publishers(), tally, this::publisher));
  }

  /// Counts what is missing, and leaves nothing behind.
  void end() {
    bench.generator().run(this::leave);
    if (scenario.isKept()) {
      bench.forgetSessions("s", scenario.subscribers());
    }
  }

  private Subscriber subscriber(int number, Client.Watcher watcher) {
    return new Subscriber(
        scenario,
        bench.connect("s", number, scenario.isKept()),
        watcher,
        scenario.filtersOf(number),
        scenario.isShared() ? shared.member() : receipts.get(number),
        this);
  }

  private Publisher publisher(int number, Client.Watcher watcher) {
    return new Publisher(
        scenario, bench.connect("p", number), watcher, number, topics, this::hasRoom);
  }

  // On the loop.

  @Override
  public void delivered(int topic, long dueNanos) {
    publishers.get(topic % publishers.size()).delivered();
    if (scenario.ratePerSecond() > 0) {
      tally.done(dueNanos);
    }
  }

  void start() {
    isRunning = true;
    if (scenario.ratePerSecond() > 0) {
      nextDueNanos = System.nanoTime();
      pace();
    } else {
      publishers.forEach(this::hasRoom);
    }
  }

  void stop() {
    isRunning = false;
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

  void everySecond() {
    if (scenario.ratePerSecond() == 0) {
      publishers.forEach(Publisher::reopenIfStuck);
    }
  }

  /// How many deliveries there are in the end when nothing is lost.
  long expected() {
    long expected = 0;
    for (int n = 0; n < scenario.topics(); n++) {
      expected += topics.sent()[n] * topics.receivers()[n];
    }
    return expected;
  }

  private void leave() {
    if (scenario.isShared()) {
      for (int n = 0; n < scenario.topics(); n++) {
        shared.end(n, topics.sent()[n]);
      }
    } else {
      for (int i = 0; i < subscribers.size(); i++) {
        int first = scenario.firstTopic(i);
        for (int n = first; n < first + scenario.topicCount(i); n++) {
          receipts.get(i).end(n, topics.sent()[n]);
        }
      }
    }
    subscribers.forEach(Client::leave);
    publishers.forEach(Client::leave);
  }
}
