package dev.midge.load;

import java.util.List;

/// A message that is retained for each topic of a scenario. Used by the thread of the command.
final class RetainedMessages {

  /// So many that a broker which keeps them on disk need not wait for it often.
  private static final int WINDOW = 1000;

  private final Bench bench;
  private final Scenario scenario;

  // Of the loop.
  private long acknowledged;

  /// @param scenario whose topics it is
  RetainedMessages(Bench bench, Scenario scenario) {
    this.bench = bench;
    this.scenario = scenario.acknowledged();
  }

  /// Those that are to lie beside what a scenario does.
  static RetainedMessages beside(Bench bench) {
    Scenario scenario = bench.scenario();
    return new RetainedMessages(
        bench,
        scenario.but(draft -> {
          draft.topics = scenario.retained();
          draft.topic = "load/beside/{n/1000}/{n%1000}";
        }));
  }

  /// Publishes them, and returns when all are retained.
  ///
  /// @throws LoadFailure when the broker does not acknowledge each
  void publish() {
    long retained = publish(scenario.payloadBytes());
    if (retained < scenario.topics()) {
      throw new LoadFailure(
          "the broker acknowledged "
              + retained
              + " of "
              + scenario.topics()
              + " retained messages, and then nothing for five seconds");
    }
  }

  /// Leaves none behind.
  void clear() {
    publish(0);
  }

  /// Returns how many were acknowledged.
  private long publish(int payloadBytes) {
    if (scenario.topics() == 0) {
      return 0;
    }
    Generator generator = bench.generator();
    Scenario publishing =
        scenario.but(draft -> {
          draft.publishers = 1;
          draft.window = WINDOW;
        });
    Publisher.Topics topics = Publisher.Topics.of(publishing, true, payloadBytes);
    acknowledged = 0;
    List<Publisher> publisher =
        generator.connectAll(
            1,
            bench.tally(),
            (number, watcher) ->
                new Publisher(
                    publishing,
                    bench.connect("r", number),
                    watcher,
                    number,
                    topics,
                    this::hasRoom));
    generator.run(() -> {
      publisher.getFirst().limit(scenario.topics());
      publisher.getFirst().sendAsAllowed();
    });
    long retained = generator.awaitCount(() -> acknowledged, scenario.topics());
    generator.run(publisher.getFirst()::leave);
    return retained;
  }

  private void hasRoom(Publisher publisher) {
    acknowledged++;
    publisher.sendAsAllowed();
  }
}
