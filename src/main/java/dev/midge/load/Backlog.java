package dev.midge.load;

import dev.midge.load.Receipts.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Messages that wait for clients which are away: they are published at one time, and drained at
/// another, of the same broker or of the one that was started in its place.
final class Backlog implements Client.Watcher, Subscriber.Sink {

  private static final int PUBLISHERS_MAX = 16;
  private static final int WINDOW = 400;

  /// How long nothing may happen before that is taken for the end.
  private static final int QUIET_SECONDS = 20;

  private final Scenario scenario;
  private final String clientPrefix;
  private final Progress progress;
  private final Publisher.Topics topics;
  private final List<Receipts> receipts = new ArrayList<>();
  private final Counts counts;

  /// How many messages of each topic were published.
  private long perTopic;

  // Of the loop.
  private List<Subscriber> subscribers = List.of();
  private long acknowledged;
  private long failures;

  /// @param sessions how many clients are away
  /// @param topics how many topics there are, each subscribed to by as many of them as the others
  Backlog(int sessions, int topics, int payloadBytes, Progress progress) {
    this(scenario(sessions, topics, payloadBytes), "backlog-", new Counts(), progress);
  }

  /// @param counts where it counts what comes
  Backlog(Scenario scenario, String clientPrefix, Counts counts, Progress progress) {
    int publishers = scenario.publishers();
    while (scenario.topics() % publishers != 0) {
      publishers--; // Each has as many topics as the others.
    }
    int evenly = publishers;
    this.scenario = scenario.but(draft -> draft.publishers = evenly);
    this.clientPrefix = clientPrefix;
    this.progress = progress;
    this.counts = counts;
    this.topics = Publisher.Topics.of(this.scenario.unheard(), false, scenario.payloadBytes());
    for (int i = 0; i < scenario.subscribers(); i++) {
      receipts.add(new Receipts(counts, scenario.firstTopic(i), scenario.topicCount(i)));
    }
  }

  private static Scenario scenario(int sessions, int topics, int payloadBytes) {
    Scenario.Draft draft = new Scenario.Draft();
    draft.publishers = Math.min(PUBLISHERS_MAX, topics);
    draft.subscribers = sessions;
    draft.topics = topics;
    draft.topic = "load/backlog/{n}";
    draft.filters = List.of(draft.topic);
    draft.qos = 1;
    draft.payloadBytes = payloadBytes;
    draft.window = WINDOW;
    draft.isKept = true;
    return draft.scenario();
  }

  /// How many deliveries wait by now.
  long deliveries() {
    return perTopic * Math.max(scenario.topics(), scenario.subscribers());
  }

  /// How much the messages are, each once, in bytes.
  long payloadBytes() {
    return perTopic * scenario.topics() * scenario.payloadBytes();
  }

  /// Publishes so many messages to each topic, and returns how many seconds that took, without the
  /// time to make the sessions, which is done when there are none.
  double fill(Target target, long morePerTopic) {
    try (Generator generator = new Generator(target)) {
      if (perTopic == 0) {
        makeSessions(generator);
      }
      return fill(generator, morePerTopic);
    }
  }

  /// The same, for sessions that are there.
  double fill(Generator generator, long morePerTopic) {
    perTopic += morePerTopic;
    List<Publisher> publishers =
        generator.connectAll(
            scenario.publishers(),
            this,
            (number, watcher) ->
                new Publisher(
                    scenario.unheard(),
                    connect("p", number, false),
                    watcher,
                    number,
                    topics,
                    this::hasRoom));
    long messages = morePerTopic * scenario.topics();
    long wanted = acknowledged + messages;
    long nanos = System.nanoTime();
    generator.run(() ->
        publishers.forEach(publisher -> {
          publisher.limit(messages / scenario.publishers());
          publisher.sendAsAllowed();
        }));
    await(generator, "filling", () -> acknowledged, wanted);
    double seconds = (System.nanoTime() - nanos) / 1e9;
    generator.run(() -> publishers.forEach(Client::leave));
    return seconds;
  }

  /// Makes sessions, and lets their clients go.
  void makeSessions(Generator generator) {
    List<Subscriber> made =
        generator.connectAll(
            scenario.subscribers(),
            this,
            (number, watcher) -> subscriber(number, watcher, scenario.filtersOf(number)));
    generator.run(() -> made.forEach(Client::leave));
  }

  /// Lets all clients come back and take what is theirs; returns how many seconds that took.
  double drain(Target target) {
    try (Generator generator = new Generator(target)) {
      double seconds = drain(generator);
      generator.run(this::end);
      return seconds;
    }
  }

  /// The same, before more is to come.
  double drain(Generator generator) {
    long nanos = System.nanoTime();
    subscribers =
        generator.connectAll(
            scenario.subscribers(),
            this,
            (number, watcher) -> subscriber(number, watcher, List.of()));
    double quiet = await(generator, "draining", () -> counts.delivered, deliveries());
    double seconds = (System.nanoTime() - nanos) / 1e9 - quiet;
    generator.run(() -> subscribers.forEach(Client::leave));
    return seconds;
  }

  /// What came of it.
  Counts counts() {
    return counts;
  }

  /// How many connections broke.
  long failures() {
    return failures;
  }

  private Subscriber subscriber(int number, Client.Watcher watcher, List<String> filters) {
    return new Subscriber(
        scenario, connect("s", number, true), watcher, filters, receipts.get(number), this);
  }

  private byte[] connect(String role, int number, boolean isKept) {
    return Frames.connect(scenario.version(), clientPrefix + role + number, isKept);
  }

  /// Waits until a count is what is wanted or stays what it is; returns for how long it stayed, in
  /// seconds.
  private double await(Generator generator, String phase, LongSupplier count, long wanted) {
    long last = -1;
    int quiet = 0;
    while (quiet < QUIET_SECONDS * 50) {
      long now = generator.call(count::getAsLong);
      if (now >= wanted) {
        return 0;
      }
      quiet = now == last ? quiet + 1 : 0;
      last = now;
      progress.show("%s: %,d of %,d".formatted(phase, now, wanted));
      generator.pause(TimeUnit.MILLISECONDS.toNanos(20) / 1e9);
    }
    return QUIET_SECONDS;
  }

  // On the loop.

  /// Counts what is missing. Loop thread only.
  void end() {
    for (int i = 0; i < receipts.size(); i++) {
      int first = scenario.firstTopic(i);
      for (int n = first; n < first + scenario.topicCount(i); n++) {
        receipts.get(i).end(n, perTopic);
      }
    }
  }

  private void hasRoom(Publisher publisher) {
    acknowledged++;
    publisher.sendAsAllowed();
  }

  @Override
  public void ready(Client client) {}

  @Override
  public void failed(Client client, String why) {
    failures++;
  }

  @Override
  public void delivered(int topic, long dueNanos) {}
}
