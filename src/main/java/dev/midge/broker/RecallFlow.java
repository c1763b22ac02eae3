package dev.midge.broker;

import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Properties;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Delivery.State;
import dev.midge.session.DeliveryQueue;
import dev.midge.session.Session;
import java.util.List;
import java.util.Set;

/// Brings back what a client is still to get: what an earlier connection left unacknowledged, and
/// what only the log keeps (4.1, 4.4). Home loop only.
final class RecallFlow {
  private final BrokerLoop loop;

  /// What was reserved for pages that are being fetched.
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
    loop.log()
        .fetchInflight(
            session,
            inflight -> {
              if (connection.isClosed()) {
                return;
              }
              try {
                session.inflight().takeBack(inflight.stream().map(this::restored).toList());
                loop.takeQueue(session.inflight().bytes());
                connection.gate().open(ReadGate.Reason.RESUMING);
                resendWhenKept(client, connection);
              } catch (RuntimeException failure) {
                connection.failed("resumption", failure);
              }
            });
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
  ///
  /// @param reservedBytes the room that was made for them
  void page(Client client, Connection connection, long reservedBytes) {
    DeliveryQueue queue = client.session().queue();
    int number = queue.beginPage();
    this.reservedBytes += reservedBytes;
    loop.log()
        .fetchQueued(
            client.session(),
            queue.pageFrom(),
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            page -> {
              loop.releaseQueue(reservedBytes);
              this.reservedBytes -= reservedBytes;
              try {
                long before = queue.memoryBytes();
                if (queue.takePage(number, waiting(client, page))) {
                  loop.takeQueue(queue.memoryBytes() - before);
                  loop.deliveries().pump(client);
                }
              } catch (RuntimeException failure) {
                connection.failed("queue", failure);
              }
            });
  }

  /// The room that is kept free for pages that are being fetched, in bytes.
  long reservedBytes() {
    return reservedBytes;
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
