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
import dev.midge.topic.Subscriber;
import dev.midge.topic.Subscription;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A store with one log, of whose loop the thread of the test is the thread.
final class OpenStore implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final Loop loop = loop(tasks);
  private final RocksStore store;
  private final StateLog log;

  OpenStore(Path folder, Disk disk) {
    this(folder, disk, 0);
  }

  /// One that may take so many bytes.
  OpenStore(Path folder, Disk disk, long usedBytesMax) {
    this.store = RocksStore.open(folder, disk, usedBytesMax);
    this.log = store.log(loop);
  }

  /// A loop whose tasks wait for the test to do them.
  static Loop loop(Queue<Runnable> tasks) {
    return new Loop() {
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
    };
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
        session,
        new StateLog.Terms("plain", null, Durability.DISK, Long.MAX_VALUE, Long.MAX_VALUE));
    return session;
  }

  /// Queues a message for a session.
  Delivery queue(Session session, Message message) {
    Delivery delivery = new Delivery(message, QoS.AT_LEAST_ONCE, false, new int[0], null);
    log.queued(session, delivery);
    session.queue().addAbsent(delivery);
    return delivery;
  }

  /// Hands a message over to the loop of a session.
  StateLog.@Nullable Handover handOver(Message message, Session session) {
    Subscriber subscriber =
        new Subscriber() {
          @Override
          public int homeLoop() {
            return 1;
          }

          @Override
          public long keptAs() {
            return session.number();
          }

          @Override
          public Readiness readiness() {
            return Readiness.OFFLINE;
          }
        };
    Subscription[] receivers = {
      new Subscription(subscriber, QoS.EXACTLY_ONCE, false, false, 7),
    };
    return log.handedOver(message, receivers, null);
  }

  /// Ends the turn; returns whether it is committed, as it will be when tasks of the loop are done.
  BooleanSupplier commit() {
    return commit(Durability.DISK);
  }

  /// The same, to outlive this.
  BooleanSupplier commit(Durability durability) {
    boolean[] committed = {false};
    log.commit(
        durability,
        () -> committed[0] = true,
        () -> {
          throw new AssertionError("a commit failed");
        });
    return () -> committed[0];
  }

  /// Does the tasks of the loop until this is true.
  void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Runnable task = tasks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(task).as("something that the loop is told").isNotNull();
      task.run();
    }
  }

  /// Does the tasks that the loop has.
  void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  void commitAndAwait() throws InterruptedException {
    await(commit());
  }

  /// The payloads of all that waits for a session, or null when it cannot be read.
  @Nullable List<String> queued(Session session) throws InterruptedException {
    return queued(session, 0, Integer.MAX_VALUE);
  }

  /// The same from a sequence number on.
  @Nullable List<String> queued(Session session, long fromSequence, int countMax)
      throws InterruptedException {
    return await(
        fetched -> log.fetchQueued(session, fromSequence, countMax, Long.MAX_VALUE, fetched));
  }

  /// The payloads of what is in flight from a packet identifier on, or null when that cannot be
  /// read.
  @Nullable List<String> inflight(Session session, int fromPacketId, int countMax)
      throws InterruptedException {
    return await(
        fetched -> log.fetchInflight(session, fromPacketId, countMax, Long.MAX_VALUE, fetched));
  }

  private @Nullable List<String> await(Consumer<StateLog.Fetched> fetch)
      throws InterruptedException {
    List<Optional<List<StoredDelivery>>> answers = new ArrayList<>();
    fetch.accept(
        new StateLog.Fetched() {
          @Override
          public void found(List<StoredDelivery> deliveries) {
            answers.add(Optional.of(deliveries));
          }

          @Override
          public void failed() {
            answers.add(Optional.empty());
          }
        });
    await(() -> !answers.isEmpty());
    return answers
        .getFirst()
        .map(found -> found.stream().map(each -> text(each.message())).toList())
        .orElse(null);
  }

  /// The payload of a message.
  static String text(Message message) {
    return Utf8.text(message.payload(), 0, message.payload().length);
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
