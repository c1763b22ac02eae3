package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import dev.midge.load.Result.Latency;

/// Subscribers that come one after the other and get all that is retained.
final class RetainedRun implements Client.Watcher, Subscriber.Sink {

  private final Bench bench;
  private final Scenario scenario;
  private final Counts counts = new Counts();

  // Of the loop.
  private long acknowledged;
  private long failures;

  RetainedRun(Bench bench) {
    this.bench = bench;
    this.scenario = bench.scenario();
  }

  Result run() {
    bench.growing(scenario.topics(), () -> publish(scenario.payloadBytes()));
    try {
      visitFor(scenario.warmUpSeconds());
      Bench.Measured measured = bench.begin(() -> counts.delivered);
      visitFor(scenario.measureSeconds());
      measured.end();
      return measured.result(counts, failures, Latency.NONE);
    } finally {
      publish(0); // Leaves nothing behind.
    }
  }

  /// Publishes one retained message for each topic, acknowledged, so that all is retained when the
  /// first subscriber comes; an empty one clears it.
  private void publish(int payloadBytes) {
    Generator generator = bench.generator();
    Scenario publishing = scenario.acknowledged();
    Publisher.Topics topics = Publisher.Topics.of(publishing, true, payloadBytes);
    acknowledged = 0;
    Publisher publisher =
        generator
            .connectAll(
                1,
                this,
                (number, watcher) ->
                    new Publisher(
                        publishing,
                        bench.connect("r", number),
                        watcher,
                        number,
                        topics,
                        this::hasRoom))
            .getFirst();
    generator.run(() -> {
      publisher.limit(scenario.topics());
      publisher.sendAsAllowed();
    });
    generator.awaitCount(() -> acknowledged, scenario.topics());
    generator.run(publisher::leave);
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
                this,
                (number, watcher) ->
                    new Subscriber(
                        scenario,
                        bench.connect("v", number),
                        watcher,
                        scenario.filters(),
                        receipts,
                        this))
            .getFirst();
    generator.awaitCount(() -> counts.delivered, wanted);
    generator.run(() -> {
      for (int n = 0; n < scenario.topics(); n++) {
        receipts.end(n, 1);
      }
      subscriber.leave();
    });
  }

  // On the loop.

  @Override
  public void ready(Client client) {}

  @Override
  public void failed(Client client, String why) {
    failures++;
  }

  @Override
  public void delivered(int topic, long dueNanos) {}

  private void hasRoom(Publisher publisher) {
    acknowledged++;
    publisher.sendAsAllowed();
  }
}
