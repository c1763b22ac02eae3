package dev.midge;

import dev.midge.broker.Broker;
import dev.midge.demo.DemoTraffic;
import dev.midge.history.History;
import dev.midge.history.Incidents;
import dev.midge.history.Uptimes;
import dev.midge.listener.Broadcasts;
import dev.midge.observe.Readings;
import dev.midge.observe.SysTopics;
import dev.midge.observe.Vitals;
import dev.midge.web.Watched;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What the server tells of itself without being asked: under `$SYS`, and, to have something to
/// show, as demo traffic. It also writes down how it is and whether its listeners answer. Any
/// thread.
final class Reporting implements AutoCloseable {
  /// By it, demo traffic tells the same story at each start.
  private static final long DEMO_SEED = 1883;

  private static final int SAMPLE_SECONDS = 5;

  /// After the start there is enough to do.
  private static final int FIRST_LOOK_SECONDS = 5;

  private final Broker broker;
  private final ListenerWatch listeners;
  private final SysTopics sys;
  private final Vitals vitals;
  private @Nullable Watched watched;
  private final Rounds rounds = new Rounds("rounds");

  /// Waits for answers, which others should not have to.
  private final Rounds knocks = new Rounds("knocks");

  Reporting(Broker broker, ListenerWatch listeners, LongSupplier nanoClock) {
    this.broker = broker;
    this.listeners = listeners;
    Readings readings = new Readings(broker, nanoClock);
    this.sys = new SysTopics(Version.number(), readings::now, nanoClock, broker::publish);
    this.vitals = new Vitals(readings::now, System::nanoTime);
  }

  /// Takes up what an earlier process wrote down.
  ///
  /// @param folder where the history is kept
  /// @throws IOException if it cannot be
  void open(Path folder) throws IOException {
    watched =
        new Watched(
            vitals,
            History.open(folder, "figures", Vitals.NAMES),
            new Uptimes(folder.resolve("listeners")),
            Incidents.open(folder.resolve("incidents")),
            listeners::latest);
  }

  /// What is watched, once it is open.
  Watched watched() {
    return Objects.requireNonNull(watched);
  }

  /// Begins to tell, and to watch.
  void start(Broadcasts broadcasts) {
    if (broadcasts.sysSeconds() > 0) {
      rounds.every(broadcasts.sysSeconds(), "publish under $SYS", sys::publish);
    }
    if (broadcasts.demo()) {
      DemoTraffic demo =
          new DemoTraffic(
              new Random(DEMO_SEED),
              () -> broker.hasSubscriptionsBelow(DemoTraffic.ROOT),
              broker::publish);
      rounds.every(1, "publish demo traffic", () -> demo.step(Instant.now()));
    }
    if (broadcasts.watchSeconds() > 0) {
      rounds.every(SAMPLE_SECONDS, "write down the figures", this::sample);
      knocks.everyAfter(
          FIRST_LOOK_SECONDS,
          broadcasts.watchSeconds(),
          "look at the listeners",
          this::lookAtListeners);
    }
  }

  /// Publishes what there is to say under `$SYS` now.
  void publishFigures() {
    sys.publish();
  }

  /// Writes down how the server is now.
  void sample() {
    Vitals.Sample sample = vitals.take();
    watched().history().add(Instant.now().getEpochSecond(), sample.figures());
  }

  /// Looks at all listeners as a client does, and writes down what came of it.
  void lookAtListeners() {
    listeners.look(watched().uptimes(), watched().incidents());
  }

  /// Tells nothing more.
  @Override
  public void close() throws IOException {
    rounds.close();
    knocks.close();
    if (watched != null) {
      watched.history().close();
      watched.uptimes().close();
    }
  }
}
