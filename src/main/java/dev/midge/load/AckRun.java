package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import java.util.List;
import java.util.stream.LongStream;

/// One publisher that has one message on its way, to one subscriber whose session is kept: how long
/// it takes until the broker says that it has it.
final class AckRun implements Client.Watcher {

  private static final Scenario SCENARIO = scenario();

  // Of the loop.
  private final LongStream.Builder nanos = LongStream.builder();
  private boolean isRunning = true;
  private long sentNanos;

  private AckRun() {}

  private static Scenario scenario() {
    Scenario.Draft draft = new Scenario.Draft();
    draft.publishers = 1;
    draft.subscribers = 1;
    draft.topic = "load/ack";
    draft.filters = List.of(draft.topic);
    draft.qos = 1;
    draft.payloadBytes = 500;
    draft.window = 1;
    draft.isKept = true;
    return draft.scenario();
  }

  /// The median, in milliseconds.
  static double medianMillis(Target target, double seconds) {
    return new AckRun().run(target, seconds);
  }

  private double run(Target target, double seconds) {
    try (Generator generator = new Generator(target)) {
      Subscriber subscriber =
          generator.connectAll(1, this, (_, watcher) -> subscriber(watcher)).getFirst();
      Scenario unheard = SCENARIO.unheard();
      Publisher.Topics topics = Publisher.Topics.of(unheard, false, unheard.payloadBytes());
      byte[] connect = Frames.connect(unheard.version(), "ack-publisher", false);
      Publisher publisher =
          generator
              .connectAll(
                  1,
                  this,
                  (number, watcher) ->
                      new Publisher(unheard, connect, watcher, number, topics, this::acknowledged))
              .getFirst();
      generator.run(() -> send(publisher));
      generator.pause(seconds);
      generator.run(() -> {
        isRunning = false;
        publisher.leave();
        subscriber.leave();
      });
      long[] sorted = generator.call(() -> nanos.build().sorted().toArray());
      return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2] / 1e6;
    }
  }

  private Subscriber subscriber(Client.Watcher watcher) {
    return new Subscriber(
        SCENARIO,
        Frames.connect(SCENARIO.version(), "ack-subscriber", true),
        watcher,
        SCENARIO.filtersOf(0),
        new Receipts(new Counts(), 0, 1),
        (_, _) -> {});
  }

  // On the loop.

  private void acknowledged(Publisher publisher) {
    nanos.add(System.nanoTime() - sentNanos);
    if (isRunning) {
      send(publisher);
    }
  }

  private void send(Publisher publisher) {
    sentNanos = System.nanoTime();
    publisher.sendAsAllowed();
  }

  @Override
  public void ready(Client client) {}

  @Override
  public void failed(Client client, String why) {
    isRunning = false;
  }
}
