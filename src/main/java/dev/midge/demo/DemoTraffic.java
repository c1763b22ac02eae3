package dev.midge.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// All that is published under `demo`, about five messages a second: [FactoryLine], [Grid] and
/// `demo/time`. Each is retained, so that a newcomer has all of it at once, and of QoS 0, so that
/// it does not wait for those that are away. One call at a time.
public final class DemoTraffic {
  /// The topic under which all of it is.
  public static final String ROOT = "demo";

  private static final int FACTORY_SECONDS = 2;
  private static final int GRID_SECONDS = 5;

  private final Consumer<Message> publisher;
  private final FactoryLine factory;
  private final Grid grid;
  private long seconds;

  /// Begins the story.
  ///
  /// @param random decides what happens
  /// @param publisher takes what is to be published
  public DemoTraffic(RandomGenerator random, Consumer<Message> publisher) {
    this.publisher = publisher;
    this.factory = new FactoryLine(random, this::publish);
    this.grid = new Grid(random, this::publish);
  }

  /// Takes what is to be said under a topic.
  interface Voice {
    /// Says it.
    ///
    /// @param topic below [#ROOT]
    void say(String topic, String text);
  }

  /// Publishes what is due. To be called once a second.
  ///
  /// @param now the time that the clock shows, and that the grid goes by
  public void step(Instant now) {
    publish("time", now.truncatedTo(ChronoUnit.SECONDS).toString());
    if (seconds % FACTORY_SECONDS == 0) {
      factory.step();
    }
    if (seconds % GRID_SECONDS == 0) {
      grid.step(now);
    }
    seconds++;
  }

  private void publish(String topic, String text) {
    publisher.accept(
        new Message(
            TopicName.of(ROOT + "/" + topic),
            text.getBytes(UTF_8),
            QoS.AT_MOST_ONCE,
            true,
            Properties.NONE,
            Message.NEVER,
            ""));
  }
}
