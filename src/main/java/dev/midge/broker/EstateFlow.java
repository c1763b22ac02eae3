package dev.midge.broker;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.ArrayDeque;
import java.util.List;

/// What members of groups leave to the others in the log when their session ends (4.8.2): it is
/// fetched and passed on page by page, of one session after the other. Until that is done the log
/// keeps the session as one that is over, so that a crash loses nothing of it. Home loop only.
final class EstateFlow {
  private final BrokerLoop loop;

  /// The first one's is being passed on.
  private final ArrayDeque<Client> leaving = new ArrayDeque<>(1);

  EstateFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Whether only the log has all that the client may leave to other members of its groups. To be
  /// asked before its subscriptions end.
  static boolean isLeftBy(Client client) {
    return client.isDurable()
        && (client.session().queue().absent() > 0 || client.session().inflight().isAbsent())
        && client.session().subscriptions().keySet().stream().anyMatch(TopicFilter::isShared);
  }

  /// The session is over, and this takes care of what is left of it.
  void leave(Client client) {
    client.promise().updated(client.session(), client.termsWhenOver());
    take(client);
  }

  /// An earlier process did not come to the end of this. Before the loop starts.
  void restored(Client client) {
    loop.execute(() -> take(client));
  }

  private void take(Client client) {
    leaving.add(client);
    if (leaving.size() == 1) {
      inflightFrom(client, 1);
    }
  }

  private void inflightFrom(Client client, int packetId) {
    loop.log()
        .fetchInflight(
            client.session(),
            packetId,
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            new Page() {
              @Override
              void take(List<StoredDelivery> page) {
                for (StoredDelivery stored : page) {
                  if (stored.qos() == QoS.AT_LEAST_ONCE) { // [MQTT-4.8.2-4] [MQTT-4.8.2-5]
                    passOn(client, stored);
                  }
                }
                if (page.isEmpty()) {
                  queuedFrom(client, 0);
                } else {
                  inflightFrom(client, page.getLast().packetId() + 1);
                }
              }
            });
  }

  private void queuedFrom(Client client, long sequence) {
    loop.log()
        .fetchQueued(
            client.session(),
            sequence,
            DeliveryFlow.PAGE_MESSAGES,
            DeliveryFlow.PAGE_BYTES,
            new Page() {
              @Override
              void take(List<StoredDelivery> page) {
                page.forEach(stored -> passOn(client, stored));
                if (page.isEmpty()) {
                  client.note().ended(client.session());
                  next();
                } else {
                  queuedFrom(client, page.getLast().sequence() + 1);
                }
              }
            });
  }

  private void passOn(Client client, StoredDelivery stored) {
    Delivery delivery = loop.recalls().restored(stored);
    SharedGroup group = delivery.group();
    Subscription successor =
        group == null ? null : group.successorOf(client, delivery.message().topic());
    if (group == null || successor == null) {
      loop.tally().drop(Drop.SESSION_ENDED);
      return;
    }
    loop.router().forward(delivery.message(), successor, group, true);
    client.note().removed(client.session(), delivery);
  }

  private void next() {
    leaving.remove();
    if (!leaving.isEmpty()) {
      inflightFrom(leaving.getFirst(), 1);
    }
  }

  /// A page of what is left. What cannot be read is passed on after the next start.
  private abstract class Page implements StateLog.Fetched {
    abstract void take(List<StoredDelivery> page);

    @Override
    public void found(List<StoredDelivery> page) {
      try {
        take(page);
      } catch (RuntimeException failure) {
        loop.failed("passing on", failure);
        next();
      }
    }

    @Override
    public void failed() {
      loop.tally().count(Counter.STORE_READ_FAILURES);
      next();
    }
  }
}
