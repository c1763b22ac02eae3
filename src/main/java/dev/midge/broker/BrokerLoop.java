package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Session;
import dev.midge.topic.MatchCache;
import dev.midge.topic.SharedGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The part of the broker that lives on one event loop: the clients whose home it is, their timers,
/// the flows that know the rules. Everything is done by the thread of that loop but what says *any
/// thread*.
public final class BrokerLoop {
  /// How many nodes of the tree of retained messages one tick looks at for expired ones.
  private static final int SWEEP_PER_TICK = 1000;

  /// What clients are told when the server stops, so that not all of them are back at once.
  static final String STOPPING =
      "server is shutting down; wait a random time of up to 30 seconds before you connect again";

  private final int index;
  private final Broker broker;
  private final Loop loop;
  private final Tally tally = new Tally();
  private final Tally ownTally = new Tally();
  private final TimerWheel timers;
  private final Map<String, Client> clients = new HashMap<>();
  private final Set<Connection> connections = new LinkedHashSet<>();

  private final ConnectFlow connects;
  private final AuthFlow authentications;
  private final AccessFlow accesses;
  private final PublishFlow publishes;
  private final DeliveryFlow deliveries;
  private final AckFlow acks;
  private final RecallFlow recalls;
  private final ShareFlow shares;
  private final EstateFlow estates;
  private final SubscribeFlow subscribes;
  private final DepartureFlow departures;
  private final Router router;
  private final StateLog log;
  private final QueueRoom room;

  /// The share of this loop in what may wait to be sent, in bytes.
  private final long outboundBytesMax;

  private final Inbox inbox = new Inbox(this);
  private final List<Connection> waitingForMemory = new ArrayList<>();
  private boolean shuttingDown;

  /// What answers given in this turn have to wait for, or null as long as none has to.
  private @Nullable Receipt receipt;

  /// How many promises were made so far: what has to be kept before a client hears of it.
  private long promises;

  /// What was written in this turn has to outlive this.
  private Durability uncommitted = Durability.NONE;

  private boolean turnEnding;

  BrokerLoop(int index, Broker broker, Loop loop, List<BrokerLoop> all) {
    this.index = index;
    this.broker = broker;
    this.loop = loop;
    this.outboundBytesMax = broker.limits().outboundBytesMax() / broker.loopCount();
    this.timers = new TimerWheel(loop.nowMillis());
    this.connects = new ConnectFlow(this, broker);
    this.authentications = new AuthFlow(this);
    this.accesses = new AccessFlow(this);
    this.publishes = new PublishFlow(this);
    this.deliveries = new DeliveryFlow(this);
    this.acks = new AckFlow(this);
    this.recalls = new RecallFlow(this);
    this.room = new QueueRoom(loop, recalls, broker.limits().queuedBytesMax() / broker.loopCount());
    this.shares = new ShareFlow(this);
    this.estates = new EstateFlow(this);
    this.subscribes =
        new SubscribeFlow(
            this, broker.subscriptions(), broker.retained(), broker.limits().subscriptionsMax());
    this.departures = new DepartureFlow(this);
    this.router =
        new Router(
            this,
            all,
            broker.loopCount(),
            new MatchCache(broker.subscriptions()),
            broker.retained());
    this.log = broker.store().log(loop);
  }

  // What the world calls.

  /// Its number, from 0.
  public int index() {
    return index;
  }

  /// A new network connection was accepted on this loop.
  public Connection open(Wire wire, Limits limits) {
    Connection connection = new Connection(this, wire, limits);
    connection.tally().count(Counter.CONNECTIONS_OPENED);
    connections.add(connection);
    if (shuttingDown) {
      connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, STOPPING);
    }
    return connection;
  }

  /// A listener saw something that is none of the broker's business but to be counted.
  public void count(Counter counter) {
    tally.count(counter);
  }

  /// Time has passed: does what is due. To be called about every 100 ms.
  public void tick() {
    timers.advance(
        loop.nowMillis(), (timer, failure) -> failed("timer: " + timer.purpose(), failure));
    deliveries.pumpStarved();
    goOnInShortMemory();
    recalls.fetchWaiting();
    if (index == 0) {
      broker.sweepRetained(SWEEP_PER_TICK, loop.nowMillis());
    }
  }

  /// The loop was so late for its last [#tick].
  public void lagged(long nanos) {
    tally.lag().note(Math.max(0, nanos));
  }

  /// While memory is short, a connection publishes once in a tick.
  void slowIfShortOfMemory(Connection publisher) {
    if (broker.isShortOfMemory()) {
      publisher.gate().close(ReadGate.Reason.MEMORY);
      waitingForMemory.add(publisher);
    }
  }

  private void goOnInShortMemory() {
    if (!waitingForMemory.isEmpty()) {
      List<Connection> waiting = List.copyOf(waitingForMemory);
      waitingForMemory.clear();
      for (Connection each : waiting) {
        each.guard("reading", () -> each.gate().open(ReadGate.Reason.MEMORY));
      }
    }
  }

  /// The server is about to stop, and nobody is let in any more: sessions that no later start will
  /// find leave their wills now. [MQTT-3.1.2-8]
  void publishLastWills() {
    shuttingDown = true;
    for (Client client : List.copyOf(clients.values())) {
      if (!client.outlivesServer()) {
        departures().leaveWill(client);
      }
    }
  }

  /// The server stops: all clients are told so (v5) and let go; their sessions stay as they are.
  public void shutDown() {
    shuttingDown = true;
    for (Connection connection : List.copyOf(connections)) {
      connection.disconnect(ReasonCode.SERVER_SHUTTING_DOWN, STOPPING);
    }
  }

  /// Lets the clients go for whom this says why, and says so to them.
  public void disconnect(ReasonCode reason, Function<Connection, @Nullable String> why) {
    for (Connection connection : List.copyOf(connections)) {
      String detail = why.apply(connection);
      if (detail != null) {
        connection.disconnect(reason, detail);
      }
    }
  }

  /// Publishes a message of the server itself.
  void publish(Message message) {
    if (message.retain()) {
      router.retain(message, Shares.SERVER, Durability.NONE);
    }
    router.route(message, false);
  }

  // What the flows use.

  long nowMillis() {
    return loop.nowMillis();
  }

  long readNanos() {
    return loop.readNanos();
  }

  void execute(Runnable task) {
    loop.execute(task);
  }

  /// Does the task after whatever else is ready had its turn.
  void executeLater(Runnable task) {
    loop.executeLater(task);
  }

  Tally tally() {
    return tally;
  }

  /// What is counted of clients that are the server itself.
  Tally ownTally() {
    return ownTally;
  }

  TimerWheel timers() {
    return timers;
  }

  /// Counts a mistake of ours and writes it down.
  void failed(String where, RuntimeException failure) {
    tally.count(Counter.FAILURES);
    journal().failed(where, failure);
  }

  /// Does one step of something that is to be brought to its end, whatever goes wrong in the step.
  void attempt(String step, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failure) {
      failed(step, failure);
    }
  }

  Journal journal() {
    return broker.journal();
  }

  Authenticator authenticator() {
    return broker.authenticator();
  }

  Authorizer authorizer() {
    return broker.authorizer();
  }

  ConnectFlow connects() {
    return connects;
  }

  AuthFlow authentications() {
    return authentications;
  }

  AccessFlow accesses() {
    return accesses;
  }

  PublishFlow publishes() {
    return publishes;
  }

  DeliveryFlow deliveries() {
    return deliveries;
  }

  AckFlow acks() {
    return acks;
  }

  RecallFlow recalls() {
    return recalls;
  }

  ShareFlow shares() {
    return shares;
  }

  EstateFlow estates() {
    return estates;
  }

  SubscribeFlow subscribes() {
    return subscribes;
  }

  DepartureFlow departures() {
    return departures;
  }

  Router router() {
    return router;
  }

  /// The log of this loop, for asking; [#promise] and [#note] are for writing.
  StateLog log() {
    return log;
  }

  /// Where to write down what a client is told only when it is kept.
  StateLog promise(Durability durability) {
    if (durability != Durability.NONE) {
      promised();
    }
    return note(durability);
  }

  /// Where to write down what nobody waits for.
  StateLog note(Durability durability) {
    if (durability == Durability.NONE) {
      return StateLog.NONE;
    }
    uncommitted = uncommitted.atLeast(durability);
    endTurnLater();
    return log;
  }

  /// Counts a promise, so that [#receiptSince] knows of it.
  void promised() {
    promises++;
  }

  /// How many promises were made so far.
  long promises() {
    return promises;
  }

  /// What an answer has to wait for to what was done since there were so many promises, in this
  /// turn; null when it need not wait.
  @Nullable Receipt receiptSince(long before) {
    return promises == before ? null : receipt();
  }

  /// What an answer given in this turn has to wait for if it has to wait.
  Receipt receipt() {
    if (receipt == null) {
      receipt = new Receipt();
      endTurnLater();
    }
    return receipt;
  }

  /// Sees to it that what was written and what is for other loops is handed over when all that is
  /// to be done now is done.
  void endTurnLater() {
    if (!turnEnding) {
      turnEnding = true;
      loop.execute(this::endTurn);
    }
  }

  private void endTurn() {
    turnEnding = false;
    Receipt ended = receipt;
    receipt = null;
    try {
      commit(ended);
    } finally {
      router.flush(); // What another loop makes of it is committed later.
    }
    if (ended != null) {
      ended.arrived();
    }
  }

  private void commit(@Nullable Receipt ended) {
    if (uncommitted != Durability.NONE) {
      Durability durability = uncommitted;
      uncommitted = Durability.NONE;
      if (ended == null) {
        log.commit(durability, () -> {}, () -> {});
      } else {
        ended.expect();
        long begunNanos = loop.readNanos();
        Runnable kept =
            () -> {
              tally.storing().note(loop.readNanos() - begunNanos);
              ended.arrived();
            };
        log.commit(durability, kept, ended::failed);
      }
    }
  }

  /// The group that shares subscriptions to this filter, or null when it has no member any more.
  @Nullable SharedGroup group(TopicFilter filter) {
    return broker.subscriptions().group(filter);
  }

  boolean isShuttingDown() {
    return shuttingDown;
  }

  /// How many connections this loop has now, accepted or at home here.
  int connectionCount() {
    return connections.size();
  }

  /// The clients whose home this loop is.
  Collection<Client> clients() {
    return clients.values();
  }

  /// The connection came to this loop from the one that accepted it.
  void arrived(Connection connection) {
    connections.add(connection);
  }

  /// The connection ended, or left for another loop.
  void left(Connection connection) {
    connections.remove(connection);
  }

  /// The client with this identifier, or null when no session has it.
  @Nullable Client client(String clientId) {
    return clients.get(clientId);
  }

  /// Begins a session for the client of a connection.
  ///
  /// @throws ProtocolViolation when the server keeps as many sessions as it may
  Client newClient(Connection connection) {
    if (!broker.reserveSession()) {
      throw new ProtocolViolation(ReasonCode.QUOTA_EXCEEDED, "", "too many sessions");
    }
    Session session = new Session(connection.clientId());
    Client client = new Client(this, session, connection.limits(), connection.durability());
    if (!client.holding().moveTo(connection.wire().shares())) {
      broker.releaseSession();
      throw tooManySessions();
    }
    clients.put(connection.clientId(), client);
    return client;
  }

  /// What a client is told whose address has as many sessions as it may.
  ProtocolViolation tooManySessions() {
    tally.count(Counter.SESSIONS_OVER_ADDRESS);
    return new ProtocolViolation(
        ReasonCode.QUOTA_EXCEEDED, "", "your address has as many sessions as it may");
  }

  /// Takes in a client whose session an earlier process kept. Before the loop starts.
  void add(Client client) {
    clients.put(client.session().clientId(), client);
  }

  /// Makes room for what is kept of a client besides its messages, in place of what was; false when
  /// there is none.
  boolean reserveFor(Client client, int keptBytes) {
    if (!room.reserve(keptBytes - client.keptBytes())) {
      return false;
    }
    client.keptBytes(keptBytes);
    return true;
  }

  /// Ends what [#newClient] began.
  void forget(Client client) {
    client.end();
    room.release(client.keptBytes());
    clients.remove(client.session().clientId());
    broker.releaseSession();
  }

  /// The room for what waits for clients of this loop.
  QueueRoom room() {
    return room;
  }

  /// Whether the clients of this loop together read so slowly that those who have something to read
  /// get no more.
  boolean isOutboundFull() {
    return loop.outboundBytes() > outboundBytesMax;
  }

  /// Whether twice as much waits as may: then nobody is sent a message. One message to very many
  /// clients comes to this in one turn.
  public boolean isOutboundExhausted() {
    return loop.outboundBytes() > 2 * outboundBytesMax;
  }

  /// What other loops handed over.
  Inbox inbox() {
    return inbox;
  }
}
