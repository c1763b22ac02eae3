package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Durability;
import dev.midge.broker.Loop;
import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.broker.StoredSession;
import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import dev.midge.packet.Utf8;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A store with one log, of whose loop the thread of the test is the thread.
final class OpenStore implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  /// A loop whose tasks wait for the test to do them.
  private static final class TestLoop implements Loop {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void executeLater(Runnable task) {
      tasks.add(task);
    }

    @Override
    public long nowMillis() {
      return 0;
    }

    @Override
    public long outboundBytes() {
      return 0;
    }
  }

  private final TestLoop loop = new TestLoop();
  private final RocksStore store;
  private final StateLog log;

  OpenStore(Path folder, Disk disk) {
    this.store = RocksStore.open(folder, disk);
    this.log = store.log(loop);
  }

  RocksStore store() {
    return store;
  }

  StateLog log() {
    return log;
  }

  static Message message(String payload) {
    return new Message(
        TopicName.of("t"),
        Utf8.bytes(payload),
        QoS.AT_LEAST_ONCE,
        false,
        Properties.NONE,
        Message.NEVER,
        "publisher");
  }

  /// A session that the log keeps.
  Session session(String clientId) {
    Session session = new Session(clientId);
    session.expirySeconds(Session.NEVER);
    log.updated(
        session, new StateLog.Terms("plain", Durability.DISK, Long.MAX_VALUE, Long.MAX_VALUE));
    return session;
  }

  /// Queues a message for a session.
  Delivery queue(Session session, Message message) {
    Delivery delivery = new Delivery(message, QoS.AT_LEAST_ONCE, false, new int[0], null);
    log.queued(session, delivery);
    session.queue().addAbsent(delivery);
    return delivery;
  }

  /// Ends the turn; returns whether it is committed, as it will be when tasks of the loop are done.
  BooleanSupplier commit() {
    boolean[] committed = {false};
    log.commit(Durability.DISK, () -> committed[0] = true);
    return () -> committed[0];
  }

  /// Does the tasks of the loop until this is true.
  void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Runnable task = loop.tasks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(task).as("something that the loop is told").isNotNull();
      task.run();
    }
  }

  /// Does the tasks that the loop has.
  void runTasks() {
    for (Runnable task = loop.tasks.poll(); task != null; task = loop.tasks.poll()) {
      task.run();
    }
  }

  void commitAndAwait() throws InterruptedException {
    await(commit());
  }

  /// The payloads of all that waits for a session.
  List<String> queued(Session session) throws InterruptedException {
    List<List<StoredDelivery>> fetched = new ArrayList<>();
    log.fetchQueued(session, 0, Integer.MAX_VALUE, Long.MAX_VALUE, fetched::add);
    await(() -> !fetched.isEmpty());
    return fetched.getFirst().stream()
        .map(stored -> Utf8.text(stored.message().payload(), 0, stored.message().payload().length))
        .toList();
  }

  /// The sessions that were kept, as a server takes them up.
  List<Session> sessions() {
    List<Session> sessions = new ArrayList<>();
    store.sessions(stored -> sessions.add(taken(stored)));
    return sessions;
  }

  private static Session taken(StoredSession stored) {
    Session session = new Session(stored.clientId());
    session.number(stored.number());
    session.lastSequence(stored.lastSequence());
    session.expirySeconds(stored.expirySeconds());
    session
        .queue()
        .restore(
            stored.queuedFrom(),
            stored.queuedCount(),
            stored.queuedBytes(),
            stored.queuedBytes(),
            false);
    session.inflight().restore(stored.inflightCount(), stored.inflightBytes());
    return session;
  }

  @Override
  public void close() {
    store.close();
  }
}
