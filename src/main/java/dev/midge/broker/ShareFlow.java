package dev.midge.broker;

import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.session.Delivery;
import dev.midge.session.Session;
import dev.midge.topic.SharedGroup;
import dev.midge.topic.Subscription;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What a member of a group leaves to the others when it cannot deliver it (4.8.2). Home loop only.
final class ShareFlow {
  private final BrokerLoop loop;

  ShareFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// Passes on to other members of their groups what the client will not deliver: what waits, and
  /// what it did not acknowledge with QoS 1. A delivery of QoS 2 that was begun belongs to this
  /// client for good. [MQTT-4.8.2-4] [MQTT-4.8.2-5]
  ///
  /// @param toAbsent whether a member that is not connected may take over
  void passOn(Client client, boolean toAbsent) {
    Session session = client.session();
    for (Delivery delivery : session.inflight().inOrder()) {
      if (delivery.qos() == QoS.AT_LEAST_ONCE && hasSuccessor(client, delivery, toAbsent)) {
        client.removeInflight(delivery);
        passOn(client, delivery);
        client.note().removed(session, delivery);
      }
    }
    passOnQueued(client, toAbsent, _ -> true);
  }

  /// Passes on what waits for the client on behalf of groups that it has left; what is in flight is
  /// completed. [MQTT-3.10.4-3]
  void passOnUnsubscribed(Client client) {
    Set<TopicFilter> kept = client.session().subscriptions().keySet();
    passOnQueued(client, true, group -> !kept.contains(group.filter()));
  }

  private void passOnQueued(Client client, boolean toAbsent, Predicate<SharedGroup> condition) {
    Session session = client.session();
    List<Delivery> waiting =
        session
            .queue()
            .removeIf(delivery ->
                delivery.group() != null
                    && condition.test(delivery.group())
                    && hasSuccessor(client, delivery, toAbsent));
    for (Delivery delivery : waiting) {
      client.dequeued(delivery);
      passOn(client, delivery);
    }
    client.updateReadiness();
    waiting.forEach(delivery -> client.note().removed(session, delivery));
  }

  private static boolean hasSuccessor(Client client, Delivery delivery, boolean toAbsent) {
    SharedGroup group = delivery.group();
    return group != null && group.hasSuccessor(client, delivery.message().topic(), toAbsent);
  }

  private void passOn(Client client, Delivery delivery) {
    SharedGroup group = delivery.group();
    Subscription successor =
        group == null ? null : group.successorOf(client, delivery.message().topic());
    if (group != null && successor != null) {
      loop.router().forward(delivery.message(), successor, group, client.isDurable());
    } else {
      loop.tally().drop(Drop.SESSION_ENDED);
    }
  }
}
