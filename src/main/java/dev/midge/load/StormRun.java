package dev.midge.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/// Clients that all come at once and then lose their connections at once, again and again. Those
/// that subscribe get a message each time: one that waits for them when their sessions are kept,
/// else one that comes when all are there.
final class StormRun implements Client.Watcher {

  /// A listener whose queue is full leaves connections to TCP, which tries again after one second,
  /// and then after two.
  private static final int WAITS_MAX = 5;

  private final Bench bench;
  private final Scenario scenario;
  private final Tally tally;
  private final boolean hasMessages;
  private final Publisher.Topics topics;
  private final List<Receipts> receipts = new ArrayList<>();
  private final List<Publisher> publisher = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  // Of the loop.
  private long accepted;
  private long left;
  private long acknowledged;
  private long published;
  private int next;
  private long beginNanos;
  private boolean isFirst = true;

  StormRun(Bench bench) {
    this.bench = bench;
    this.scenario = bench.scenario();
    this.tally = bench.tally();
    this.hasMessages = !scenario.topic().isEmpty();
    this.topics = Publisher.Topics.of(publishing(), false, scenario.payloadBytes());
    for (int i = 0; i < scenario.subscribers() && hasMessages; i++) {
      receipts.add(new Receipts(tally.counts, scenario.firstTopic(i), scenario.topicCount(i)));
    }
  }

  private Scenario publishing() {
    return scenario.but(draft -> {
      draft.publishers = 1;
      draft.subscribers = 0;
      draft.topics = hasMessages ? scenario.topics() : 0;
    });
  }

  Result run() {
    if (hasMessages) {
      publisher.addAll(
          bench
              .generator()
              .connectAll(
                  1,
                  tally,
                  (number, watcher) ->
                      new Publisher(
                          publishing(),
                          bench.connect("p", number),
                          watcher,
                          number,
                          topics,
                          this::hasRoom)));
    }
    wavesFor(scenario.warmUpSeconds());
    Bench.Measured measured = bench.begin(() -> accepted);
    wavesFor(scenario.measureSeconds());
    measured.end();
    bench.generator().run(this::end);
    if (scenario.isKept()) {
      bench.forgetSessions("s", scenario.subscribers());
    }
    return measured.result();
  }

  private void wavesFor(double seconds) {
    long endNanos = System.nanoTime() + (long) (seconds * 1e9);
    do {
      wave();
    } while (System.nanoTime() - endNanos < 0);
  }

  private void wave() {
    Generator generator = bench.generator();
    boolean isAway = scenario.isKept() && !isFirst;
    if (hasMessages && isAway) {
      publish();
    }
    long wanted = generator.call(() -> accepted) + scenario.subscribers();
    generator.run(this::come);
    await(() -> accepted, wanted);
    if (hasMessages && !isAway) {
      publish();
    }
    if (hasMessages) {
      long sent = published * Math.max(scenario.topics(), scenario.subscribers());
      await(() -> tally.counts.delivered, sent);
    }
    long gone = generator.call(() -> left) + scenario.subscribers();
    generator.run(() -> clients.forEach(Client::cut));
    await(() -> left, gone);
    isFirst = false;
  }

  private void publish() {
    long wanted = acknowledged + scenario.topics();
    bench.generator().run(this::send);
    if (scenario.qos() > 0) {
      await(() -> acknowledged, wanted);
    }
    published++;
  }

  private void await(LongSupplier count, long wanted) {
    for (int i = 0; i < WAITS_MAX; i++) {
      if (bench.generator().awaitCount(count, wanted) >= wanted) {
        return;
      }
    }
  }

  // On the loop.

  private void come() {
    clients.clear();
    next = 0;
    beginNanos = System.nanoTime();
    for (int i = 0; i < scenario.window(); i++) {
      connectNext();
    }
  }

  private void connectNext() {
    if (next < scenario.subscribers()) {
      int number = next++;
      byte[] connect = bench.connect("s", number, scenario.isKept());
      Client client =
          hasMessages
              ? new Subscriber(
                  scenario,
                  connect,
                  this,
                  isFirst || !scenario.isKept() ? scenario.filtersOf(number) : List.of(),
                  receipts.get(number),
                  (_, _) -> {})
              : new Visitor(connect, this);
      clients.add(client);
      bench.generator().connect(client, this);
    }
  }

  @Override
  public void ready(Client client) {
    accepted++;
    tally.done(beginNanos);
    connectNext();
  }

  @Override
  public void closed(Client client) {
    left++;
  }

  @Override
  public void failed(Client client, String why) {
    tally.failures++;
    left++;
    connectNext();
  }

  private void send() {
    Publisher one = publisher.getFirst();
    if (scenario.qos() == 0) {
      one.send(scenario.topics(), System.nanoTime());
    } else {
      one.limit(one.sent() + scenario.topics());
      one.sendAsAllowed();
    }
  }

  private void hasRoom(Publisher one) {
    acknowledged++;
    one.sendAsAllowed();
  }

  private void end() {
    for (int i = 0; i < receipts.size(); i++) {
      int first = scenario.firstTopic(i);
      for (int n = first; n < first + scenario.topicCount(i); n++) {
        receipts.get(i).end(n, published);
      }
    }
    publisher.forEach(Client::leave);
  }
}
