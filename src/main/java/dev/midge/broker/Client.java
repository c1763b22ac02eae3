package dev.midge.broker;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.Subscriber;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A client identifier that the server knows: its session and, while it is connected, its
/// connection. Home loop only, but for what a [Subscriber] tells other threads.
final class Client implements Subscriber {
  private final BrokerLoop home;
  private final Session session;
  private final Holding holding;

  /// What the session outlives: settled when it began.
  private final Durability durability;

  private @Nullable Connection connection;

  /// Those of the listener through which the client came last: they hold while it is away, too.
  private Limits limits;

  /// Due when the will or the end of the session is, while there is no connection.
  private @Nullable Timer absence;

  private @Nullable Timer limitsTimer;
  private Takeovers takeovers = new Takeovers();

  /// Made only when an answer waits.
  private @Nullable Map<Integer, Receipt> awaited;

  /// What it takes of the room for waiting messages besides those, in bytes.
  private int keptBytes;

  /// Who the client is and what it may do, as of its last connection. Written by the home loop.
  private volatile Standing standing = Standing.ofEarlier();

  /// The filters that it had for a limited time in this session; made only when there is one.
  private @Nullable Set<TopicFilter> limited;

  private boolean ended;

  /// The number under which a log knows the session, or 0. Written by the home loop, read by all;
  /// never taken back.
  private volatile long keptAs;

  /// Written by the home loop, read by the loops of publishers to a shared subscription.
  private volatile Readiness readiness = Readiness.OFFLINE;

  Client(BrokerLoop home, Session session, Limits limits, Durability durability) {
    this.home = home;
    this.session = session;
    this.limits = limits;
    this.durability = durability;
    this.holding = new Holding(session, home.tally());
  }

  @Override
  public int homeLoop() {
    return home.index();
  }

  @Override
  public Readiness readiness() {
    return readiness;
  }

  @Override
  public boolean mayRead(TopicName topic) {
    return standing.mightRead(topic);
  }

  /// What the session outlives, if it outlives its connection.
  Durability durability() {
    return durability;
  }

  Session session() {
    return session;
  }

  /// What it has of the shares of its address.
  Holding holding() {
    return holding;
  }

  @Override
  public long keptAs() {
    return keptAs;
  }

  /// Where to write down a change of the session that is answered to a client: the answer then has
  /// to wait. Nowhere when the session is kept in memory only.
  StateLog promise() {
    return isDurable() ? home.promise(durability) : StateLog.NONE;
  }

  /// Notes what the answer to a QoS 2 message has to wait for, whichever connection it is given on.
  ///
  /// @param receipt null when it need not wait
  void await(int packetId, @Nullable Receipt receipt) {
    if (receipt != null) {
      if (awaited == null) {
        awaited = new HashMap<>();
      }
      awaited.put(packetId, receipt);
      receipt.whenComplete(() -> arrived(packetId, receipt));
    }
  }

  private void arrived(int packetId, Receipt receipt) {
    if (awaited != null && awaited.remove(packetId, receipt) && awaited.isEmpty()) {
      awaited = null;
    }
  }

  /// What the answer to a QoS 2 message that came before has to wait for, or null.
  @Nullable Receipt awaited(int packetId) {
    return awaited == null ? null : awaited.get(packetId);
  }

  /// What is answered was written down for an earlier connection, and may not be committed yet: the
  /// answer has to wait for all that was written so far.
  void again() {
    promise();
  }

  /// Where to write down a change of the session that nobody waits for.
  StateLog note() {
    return isDurable() ? home.note(Durability.OS.atMost(durability)) : StateLog.NONE;
  }

  /// A delivery is sent: it takes room until it is acknowledged.
  void addInflight(Delivery delivery) {
    session.inflight().add(delivery);
    home.room().take(delivery.message().sizeBytes());
  }

  /// A delivery is not to be acknowledged any more: gives back its room.
  void removeInflight(Delivery delivery) {
    session.inflight().remove(delivery);
    home.room().release(delivery.message().sizeBytes());
  }

  /// A delivery is done with: acknowledged to the end, or dropped.
  void finish(Delivery delivery) {
    removeInflight(delivery);
    note().removed(session, delivery);
  }

  /// A delivery was taken out of the queue: gives back its room.
  void dequeued(Delivery delivery) {
    home.room().release(delivery.message().sizeBytes());
  }

  /// Lets all messages go that are in memory: a log has them, or nobody wants them any more.
  void letGo() {
    home.room().release(session.queue().memoryBytes() + session.inflight().memoryBytes());
    session.queue().letGo();
    session.inflight().letGo();
  }

  /// A log knows the session from an earlier process.
  void restored() {
    keptAs = session.number();
  }

  /// It is known who it was then, and what may be done for it.
  void restoredAs(Standing earlier) {
    standing = earlier;
  }

  /// Whether a later start finds the session, if the server stops now.
  boolean outlivesServer() {
    return isDurable() || (durability != Durability.NONE && session.isPersistent());
  }

  /// Writes down the terms of the session, if it outlives connections or ever did: what an earlier
  /// connection left may still be in the log only.
  ///
  /// @param endsAtMillis as in [StateLog.Terms]
  /// @param willAtMillis likewise
  void settle(long endsAtMillis, long willAtMillis) {
    if (outlivesServer()) {
      StateLog.Terms terms =
          new StateLog.Terms(limits.listener(), origin(), durability, endsAtMillis, willAtMillis);
      home.note(Durability.OS).updated(session, terms);
      keptAs = session.number();
    }
  }

  /// What is kept of the session when it has ended and not all that it leaves is passed on.
  StateLog.Terms termsWhenOver() {
    return new StateLog.Terms(
        limits.listener(), null, durability, StateLog.Terms.OVER, Long.MAX_VALUE);
  }

  private StateLog.@Nullable Origin origin() {
    Identity identity = standing.identity();
    return identity == null
        ? null
        : new StateLog.Origin(holding.shares().address(), identity.userName(), identity.isProved());
  }

  @Nullable Connection connection() {
    return connection;
  }

  /// The client is connected through a listener with these limits.
  void attach(Connection connection, Limits limits) {
    this.connection = connection;
    this.limits = limits;
    this.standing = connection.standing();
    updateReadiness();
  }

  /// The client is gone.
  void detach() {
    this.connection = null;
    updateReadiness();
  }

  /// What the listener through which the client came allows.
  Limits limits() {
    return limits;
  }

  /// Who the client is and what it may do.
  Standing standing() {
    return standing;
  }

  /// Whether it has, or had, the filter for a limited time.
  boolean hasHad(TopicFilter filter) {
    return limited != null && limited.contains(filter);
  }

  /// Notes that it gets the filter for a limited time.
  void has(TopicFilter filter) {
    if (limited == null) {
      limited = new HashSet<>();
    }
    limited.add(filter);
  }

  /// What tells the client its limits, if it asked for that.
  @Nullable Timer limitsTimer() {
    return limitsTimer;
  }

  void limitsTimer(Timer timer) {
    limitsTimer = timer;
  }

  /// How often its connection was taken over of late; the sessions of one identifier that follow
  /// each other share it.
  Takeovers takeovers() {
    return takeovers;
  }

  void takeovers(Takeovers takeovers) {
    this.takeovers = takeovers;
  }

  @Nullable Timer absence() {
    return absence;
  }

  void absence(@Nullable Timer absence) {
    this.absence = absence;
  }

  int keptBytes() {
    return keptBytes;
  }

  void keptBytes(int keptBytes) {
    this.keptBytes = keptBytes;
  }

  /// Whether the session is over; messages that arrive for it are dropped.
  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
    readiness = Readiness.OFFLINE;
  }

  /// Tells publishers whether the client takes messages at once. Called after each change of queue,
  /// quota, wire or connection.
  void updateReadiness() {
    holding.measure();
    Readiness now = Readiness.OFFLINE;
    if (connection != null) {
      boolean takes = session.queue().isEmpty() && connection.takesMore();
      now = takes ? Readiness.READY : Readiness.BUSY;
    }
    if (now != readiness) {
      readiness = now;
    }
  }
}
