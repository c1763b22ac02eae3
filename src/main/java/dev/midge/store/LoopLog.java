package dev.midge.store;

import dev.midge.broker.Durability;
import dev.midge.broker.Loop;
import dev.midge.broker.StateLog;
import dev.midge.broker.StoredDelivery;
import dev.midge.packet.Message;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/// The log of one loop: encodes each change as a [Command], and hands those of a turn to the
/// writer. Loop thread only.
///
/// A session that has no number is none that is kept: it was never begun here, or has ended.
final class LoopLog implements StateLog {
  private static final int TURN_BYTES = 512;

  /// An array that has grown to no more than this is used again: one that is in the caches of the
  /// processor.
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private final Loop loop;
  private final StoreWriter writer;
  private final DiskRoom room;

  /// Gives numbers to sessions, messages and handovers, and places in the order of sending; each
  /// only once.
  private final AtomicLong numbers;

  /// Added to the numbers of changes of what is retained, which begin anew with each process.
  private final long changesBefore;

  private final ByteWriter record = new ByteWriter(TURN_BYTES);
  private ByteWriter commands = new ByteWriter(TURN_BYTES);

  /// The sessions whose queue summary is to be written at the end of the turn.
  private final Set<Session> touched = new LinkedHashSet<>();

  /// What is to be fetched when the turn is written.
  private final List<Runnable> fetches = new ArrayList<>(0);

  /// The message that was queued or handed over last in this turn: all its deliveries share one
  /// record.
  private @Nullable Message message;

  private long messageNumber;

  LoopLog(Loop loop, StoreWriter writer, DiskRoom room, AtomicLong numbers, long changesBefore) {
    this.loop = loop;
    this.writer = writer;
    this.room = room;
    this.numbers = numbers;
    this.changesBefore = changesBefore;
  }

  @Override
  public void updated(Session session, Terms terms) {
    if (session.number() == 0) {
      session.number(numbers.incrementAndGet());
    }
    record.clear();
    Records.session(record, session, terms);
    begin(Command.SESSION, session).bytes(record);
  }

  @Override
  public void ended(Session session) {
    if (session.number() != 0) {
      begin(Command.ENDED, session);
      touched.remove(session);
      session.number(0);
    }
  }

  @Override
  public void subscribed(Session session, TopicFilter filter, Subscription subscription) {
    if (session.number() != 0) {
      record.clear();
      Records.subscription(record, subscription);
      begin(Command.SUBSCRIBED, session).text(filter.toString()).bytes(record);
    }
  }

  @Override
  public void unsubscribed(Session session, TopicFilter filter) {
    if (session.number() != 0) {
      begin(Command.UNSUBSCRIBED, session).text(filter.toString());
    }
  }

  @Override
  public void queued(Session session, Delivery delivery) {
    if (session.number() == 0) {
      return;
    }
    number(delivery.message());
    delivery.kept(session.nextSequence(), messageNumber);
    record.clear();
    Records.queued(record, delivery, messageNumber);
    begin(Command.QUEUED, session).number(delivery.sequence()).number(messageNumber).bytes(record);
  }

  @Override
  public void sent(Session session, Delivery delivery) {
    if (session.number() != 0) {
      begin(Command.SENT, session)
          .number(delivery.packetId())
          .number(delivery.sequence())
          .number(numbers.incrementAndGet());
    }
  }

  @Override
  public void released(Session session, Delivery delivery) {
    if (session.number() != 0) {
      begin(Command.RELEASED, session).number(delivery.packetId());
    }
  }

  @Override
  public void removed(Session session, Delivery delivery) {
    if (session.number() != 0) {
      begin(Command.REMOVED, session)
          .number(delivery.sequence())
          .number(delivery.messageNumber())
          .number(delivery.packetId())
          .one(delivery.state() == Delivery.State.RELEASED ? 1 : 0);
    }
  }

  @Override
  public void received(Session session, int packetId) {
    if (session.number() != 0) {
      begin(Command.RECEIVED, session).number(packetId);
    }
  }

  @Override
  public void forgotten(Session session, int packetId) {
    if (session.number() != 0) {
      begin(Command.FORGOTTEN, session).number(packetId);
    }
  }

  @Override
  public @Nullable Handover handedOver(
      Message passed, Subscription[] receivers, @Nullable SharedGroup group) {
    number(passed);
    record.clear();
    record.number(messageNumber);
    if (Records.receivers(record, receivers, group) == 0) {
      return null;
    }
    Handover handover = new Handover(numbers.incrementAndGet(), messageNumber);
    commands
        .one(Command.HANDED_OVER.code())
        .number(handover.number())
        .number(messageNumber)
        .bytes(record);
    return handover;
  }

  @Override
  public void taken(Handover handover, Message passed) {
    message = passed;
    messageNumber = handover.messageNumber();
    commands.one(Command.TAKEN.code()).number(handover.number()).number(messageNumber);
  }

  @Override
  public void retained(Message kept, String address, long change) {
    record.clear();
    Records.retained(record, kept, address);
    commands
        .one(Command.RETAINED.code())
        .bytes(kept.topic().utf8())
        .number(changesBefore + change)
        .bytes(record);
  }

  @Override
  public void cleared(TopicName topic, long change) {
    commands
        .one(Command.CLEARED.code())
        .bytes(topic.utf8())
        .number(changesBefore + change)
        .number(loop.nowMillis());
  }

  @Override
  public void commit(Durability durability, Runnable committed, Runnable failed) {
    for (Session session : touched) {
      record.clear();
      Records.summary(record, session);
      commands.one(Command.SUMMARY.code()).number(session.number()).bytes(record);
    }
    touched.clear();
    message = null;
    writer.hand(
        new StoreWriter.Work.Commit(loop, commands.toBytes(), durability, committed, failed));
    commands = commands.length() > KEPT_BYTES_MAX ? new ByteWriter(TURN_BYTES) : commands;
    commands.clear();
    fetches.forEach(Runnable::run);
    fetches.clear();
  }

  @Override
  public void fetchQueued(
      Session session, long fromSequence, int countMax, long bytesMax, Fetched fetched) {
    fetch(() -> {
      long number = session.number();
      long to = session.lastSequence();
      Set<Long> sent = session.inflight().isAbsent() ? null : session.inflight().sequences();
      hand(reader -> reader.queued(number, fromSequence, to, sent, countMax, bytesMax), fetched);
    });
  }

  @Override
  public void fetchInflight(
      Session session, int fromPacketId, int countMax, long bytesMax, Fetched fetched) {
    long number = session.number();
    fetch(() -> hand(reader -> reader.inflight(number, fromPacketId, countMax, bytesMax), fetched));
  }

  @Override
  public boolean isBehind() {
    return writer.isBehind();
  }

  @Override
  public Room room() {
    return room.now();
  }

  /// Gives a message its number, unless it is the one that has it.
  private void number(Message next) {
    if (!next.equals(message)) {
      message = next;
      messageNumber = numbers.incrementAndGet();
      record.clear();
      Records.message(record, message);
      commands.one(Command.MESSAGE.code()).number(messageNumber).bytes(record);
    }
  }

  private ByteWriter begin(Command command, Session session) {
    touched.add(session);
    return commands.one(command.code()).number(session.number());
  }

  /// Fetches when what was written in this turn is handed over, all of it together.
  private void fetch(Runnable fetch) {
    if (commands.length() == 0) {
      fetch.run();
    } else {
      fetches.add(fetch);
    }
  }

  private void hand(Query query, Fetched fetched) {
    writer.hand(
        new StoreWriter.Work.Fetch(
            reader -> {
              List<StoredDelivery> found = query.ask(reader);
              StoreWriter.execute(loop, () -> fetched.found(found));
            },
            () -> StoreWriter.execute(loop, fetched::failed)));
  }

  private interface Query {
    List<StoredDelivery> ask(QueueReader reader) throws RocksDBException;
  }
}
