package dev.midge.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// All that is published under `demo`, about six messages a second: [FactoryLine], [Grid] and
/// `demo/time`. It is published only while somebody asks for it by name, and nothing of it is
/// retained: who subscribes to `#`, as suites of tests do, gets what clients publish, and no more.
/// One call at a time.
public final class DemoTraffic {
  /// The topic under which all of it is.
  public static final String ROOT = "demo";

  private static final int FACTORY_SECONDS = 2;
  private static final int GRID_SECONDS = 5;

  private final BooleanSupplier isAskedFor;
  private final Consumer<Message> publisher;
  private final FactoryLine factory;
  private final Grid grid;
  private long seconds;
  private boolean isPublishing;

  /// Begins the story.
  ///
  /// @param random decides what happens
  /// @param isAskedFor tells whether somebody subscribes to it by name
  /// @param publisher takes what is to be published
  public DemoTraffic(
      RandomGenerator random, BooleanSupplier isAskedFor, Consumer<Message> publisher) {
    this.isAskedFor = isAskedFor;
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

  /// Goes on by a second, and publishes what is due. To be called once a second.
  ///
  /// @param now the time that the clock shows, and that the grid goes by
  public void step(Instant now) {
    isPublishing = isAskedFor.getAsBoolean();
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
    if (isPublishing) {
      publisher.accept(
          new Message(
              TopicName.of(ROOT + "/" + topic),
              text.getBytes(UTF_8),
              QoS.AT_MOST_ONCE,
              false,
              Properties.NONE,
              Message.NEVER,
              ""));
    }
  }
}
