package dev.midge.broker;

import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Properties;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;
import dev.midge.session.DeliveryQueue;
import dev.midge.session.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Brings back what a client is still to get: what an earlier connection left unacknowledged, and
/// what only the log keeps (4.1, 4.4). Home loop only.
final class RecallFlow {
  private final BrokerLoop loop;

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
    fetchInflight(client, connection, new ArrayList<>());
  }

  /// Fetches the next page of what is in flight, or goes on when there is none.
  private void fetchInflight(Client client, Connection connection, List<StoredDelivery> before) {
    Session session = client.session();
    loop.log()
        .fetchInflight(
            session,
            before.isEmpty() ? 1 : before.getLast().packetId() + 1,
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            new Fetched(connection) {
              @Override
              void take(List<StoredDelivery> page) {
                before.addAll(page);
                if (!page.isEmpty() && before.size() < session.inflight().count()) {
                  fetchInflight(client, connection, before);
                  return;
                }
                before.sort(Comparator.comparingLong(StoredDelivery::order));
                session.inflight().takeBack(before.stream().map(each -> restored(each)).toList());
                connection.gate().open(ReadGate.Reason.RESUMING);
                resendWhenKept(client, connection);
              }
            });
  }

  /// Takes what the log found for a connection, unless that has ended. What cannot be read ends it:
  /// what it would have been sent is still there when the client comes again.
  private abstract class Fetched implements StateLog.Fetched {
    private final Connection connection;

    Fetched(Connection connection) {
      this.connection = connection;
    }

    abstract void take(List<StoredDelivery> deliveries);

    @Override
    public void found(List<StoredDelivery> deliveries) {
      connection.guard("recall", () -> take(deliveries));
    }

    @Override
    public void failed() {
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
    loop.log()
        .fetchQueued(
            client.session(),
            queue.pageFrom(),
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            new Fetched(connection) {
              @Override
              void take(List<StoredDelivery> page) {
                if (queue.takePage(number, waiting(client, page))) {
                  loop.deliveries().pump(client);
                }
              }
            });
  }

  /// Those of a page that are not in flight already.
  private List<Delivery> waiting(Client client, List<StoredDelivery> page) {
    Set<Long> sent = client.session().inflight().sequences();
    return page.stream()
        .filter(stored -> !sent.contains(stored.sequence()))
        .map(this::restored)
        .toList();
  }

  private Delivery restored(StoredDelivery stored) {
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
