package dev.midge.broker;

import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Properties;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;
import dev.midge.session.DeliveryQueue;
import dev.midge.session.Inflight;
import dev.midge.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Brings back what a client is still to get: what an earlier connection left unacknowledged, and
/// what only the log keeps (4.1, 4.4). Home loop only.
final class RecallFlow {
  /// A fetch that is to begin when there is room in memory for what it brings, in bytes.
  private record Fetch(Connection connection, LongSupplier bytes, LongConsumer begin) {}

  private final BrokerLoop loop;
  private final ArrayDeque<Fetch> waiting = new ArrayDeque<>(1);

  /// What was reserved for fetches that are under way.
  private long reservedBytes;

  RecallFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Begins to send again what an earlier connection left unacknowledged: the only time at which
  /// anything is sent twice. [MQTT-4.4.0-1]
  void resume(Client client, Connection connection) {
    Session session = client.session();
    if (!session.inflight().isAbsent()) {
      resendWhenKept(client, connection);
      return;
    }
    connection.outgoing().awaitResend();
    connection.gate().close(ReadGate.Reason.RESUMING);
    whenRoom(
        new Fetch(
            connection,
            session.inflight()::bytes,
            bytes -> fetchInflight(client, connection, new ArrayList<>(), bytes)));
  }

  /// Fetches the next page of what is in flight, or goes on when there is none.
  ///
  /// @param bytes the room that is kept free for all of it
  private void fetchInflight(
      Client client, Connection connection, List<StoredDelivery> before, long bytes) {
    Inflight inflight = client.session().inflight();
    loop.log()
        .fetchInflight(
            client.session(),
            before.isEmpty() ? 1 : before.getLast().packetId() + 1,
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            new Fetched(connection, bytes) {
              @Override
              public void found(List<StoredDelivery> page) {
                before.addAll(page);
                if (connection.isClosed() || page.isEmpty() || before.size() >= inflight.count()) {
                  super.found(before);
                  return;
                }
                try {
                  fetchInflight(client, connection, before, bytes);
                } catch (RuntimeException failure) {
                  release(bytes);
                  connection.failed("fetching", failure);
                }
              }

              @Override
              void take(List<StoredDelivery> all) {
                resume(client, connection, all);
              }
            });
  }

  private void resume(Client client, Connection connection, List<StoredDelivery> stored) {
    Inflight inflight = client.session().inflight();
    stored.sort(Comparator.comparingLong(StoredDelivery::order));
    inflight.takeBack(stored.stream().map(this::restored).toList());
    loop.room().take(inflight.memoryBytes());
    connection.gate().open(ReadGate.Reason.RESUMING);
    resendWhenKept(client, connection);
  }

  /// Takes what the log found for a connection, unless that has ended, and gives back the room that
  /// was kept free for it. What cannot be read ends the connection: what it would have been sent is
  /// still there when the client comes again.
  private abstract class Fetched implements StateLog.Fetched {
    private final Connection connection;
    private final long bytes;

    Fetched(Connection connection, long bytes) {
      this.connection = connection;
      this.bytes = bytes;
    }

    abstract void take(List<StoredDelivery> deliveries);

    @Override
    public void found(List<StoredDelivery> deliveries) {
      release(bytes);
      connection.guard("recall", () -> take(deliveries));
    }

    @Override
    public void failed() {
      release(bytes);
      if (!connection.isClosed()) {
        loop.tally().count(Counter.STORE_READ_FAILURES);
        connection.disconnect(
            ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
            "what waits for you cannot be read just now; it is still there");
      }
    }
  }

  /// An earlier connection may have broken before the packet identifiers that it gave, or the
  /// PUBRECs that it got, were committed.
  private void resendWhenKept(Client client, Connection connection) {
    if (client.isDurable() && client.session().inflight().count() > 0) {
      connection.outgoing().awaitResend();
      client.again();
      connection.answers().hold(loop.receipt(), () -> resend(client, connection));
    } else {
      resend(client, connection);
    }
  }

  /// PUBRELs go first, because they must not wait for the client to acknowledge messages.
  /// [MQTT-3.3.4-10]
  private void resend(Client client, Connection connection) {
    Outgoing outgoing = connection.outgoing();
    for (Delivery delivery : client.session().inflight().inOrder()) {
      delivery.inWindow(false);
      if (delivery.state() == State.RELEASED) {
        connection.send(new Pubrel(delivery.packetId(), ReasonCode.SUCCESS, Properties.NONE));
        outgoing.spend(delivery);
      } else {
        outgoing.resend(delivery);
      }
    }
    outgoing.resendComplete();
    loop.deliveries().pump(client);
  }

  /// Fetches the next deliveries that wait for the client and are not in memory.
  void page(Client client, Connection connection) {
    DeliveryQueue queue = client.session().queue();
    int number = queue.beginPage();
    whenRoom(
        new Fetch(
            connection,
            () -> queue.pageBytesMax(DeliveryFlow.PAGE_BYTES),
            bytes ->
                loop.log()
                    .fetchQueued(
                        client.session(),
                        queue.pageFrom(),
                        DeliveryFlow.PAGE_MESSAGES,
                        DeliveryFlow.PAGE_BYTES,
                        new Fetched(connection, bytes) {
                          @Override
                          void take(List<StoredDelivery> page) {
                            RecallFlow.this.take(client, number, page);
                          }
                        })));
  }

  private void take(Client client, int number, List<StoredDelivery> page) {
    DeliveryQueue queue = client.session().queue();
    long before = queue.memoryBytes();
    if (queue.takePage(number, unsent(client, page))) {
      loop.room().take(queue.memoryBytes() - before);
      loop.deliveries().pump(client);
    }
  }

  /// Begins a fetch when there is room for what it brings. One at a time may take more than there
  /// is, since what a session has in flight comes as a whole.
  private void whenRoom(Fetch fetch) {
    if (!begin(fetch)) {
      waiting.add(fetch);
    }
  }

  /// Whether something waits for room in memory.
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /// Begins what has waited longest for room in memory, as far as there is any.
  void fetchNext() {
    while (!waiting.isEmpty()
        && (waiting.getFirst().connection().isClosed() || begin(waiting.getFirst()))) {
      waiting.removeFirst();
    }
  }

  /// Begins whatever waits for room in memory that there is.
  void fetchWaiting() {
    waiting.removeIf(fetch -> fetch.connection().isClosed() || begin(fetch));
  }

  private boolean begin(Fetch fetch) {
    long bytes = fetch.bytes().getAsLong();
    if (!loop.room().isThereFor(bytes) && (reservedBytes > 0 || !loop.room().isThereFor(0))) {
      return false;
    }
    loop.room().take(bytes);
    reservedBytes += bytes;
    try {
      fetch.begin().accept(bytes);
    } catch (RuntimeException failure) {
      release(bytes);
      fetch.connection().failed("fetching", failure);
    }
    return true;
  }

  private void release(long bytes) {
    loop.room().release(bytes);
    reservedBytes -= bytes;
  }

  /// The room that is kept free for what is being fetched, in bytes.
  long reservedBytes() {
    return reservedBytes;
  }

  /// Those of a page that are not in flight already.
  private List<Delivery> unsent(Client client, List<StoredDelivery> page) {
    Set<Long> sent = client.session().inflight().sequences();
    return page.stream()
        .filter(stored -> !sent.contains(stored.sequence()))
        .map(this::restored)
        .toList();
  }

  /// A delivery that the log kept.
  Delivery restored(StoredDelivery stored) {
    TopicFilter group = stored.group();
    Delivery delivery =
        new Delivery(
            stored.message(),
            stored.qos(),
            stored.retain(),
            stored.subscriptionIds(),
            group == null ? null : loop.group(group));
    delivery.kept(stored.sequence(), stored.messageNumber());
    if (stored.packetId() != 0) {
      delivery.restore(stored.packetId(), stored.released() ? State.RELEASED : State.PUBLISHED);
    }
    return delivery;
  }
}
