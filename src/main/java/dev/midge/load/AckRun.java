package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import java.util.List;
import java.util.stream.LongStream;

/// One publisher that has one message on its way, to one subscriber whose session is kept: how long
/// it takes until the broker says that it has it.
final class AckRun implements Client.Watcher {

  private static final Scenario SCENARIO =
      new Scenario(
          "ack",
          "",
          Scenario.Kind.FLOW,
          4,
          1,
          1,
          1,
          "load/ack",
          List.of("load/ack"),
          1,
          500,
          1,
          0,
          0,
          0,
          true);

  // Of the loop.
  private final LongStream.Builder nanos = LongStream.builder();
  private boolean isRunning = true;
  private long sentNanos;

  private AckRun() {}

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
