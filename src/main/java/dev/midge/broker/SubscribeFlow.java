package dev.midge.broker;

import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Subscribe.Request;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.Utf8;
import dev.midge.session.Session;
import dev.midge.topic.RetainedIndex;
import dev.midge.topic.Subscription;
import dev.midge.topic.SubscriptionIndex;
import java.util.ArrayList;
import java.util.List;

/// Subscriptions come and go (3.8 to 3.11). Home loop only.
final class SubscribeFlow {
  private final BrokerLoop loop;
  private final SubscriptionIndex index;
  private final RetainedIndex retained;
  private final int subscriptionsMax;
  private final OwnLimitsFlow ownLimits;

  SubscribeFlow(
      BrokerLoop loop, SubscriptionIndex index, RetainedIndex retained, int subscriptionsMax) {
    this.loop = loop;
    this.index = index;
    this.retained = retained;
    this.subscriptionsMax = subscriptionsMax;
    this.ownLimits = new OwnLimitsFlow(loop);
  }

  /// Takes SUBSCRIBE: answers each filter in its place [MQTT-3.8.4-6], then sends the retained
  /// messages that the granted ones ask for.
  void receive(Connection connection, Subscribe subscribe) {
    if (subscribe.subscriptionId() != 0 && !connection.limits().subscriptionIds()) {
      throw new ProtocolViolation(
          ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
          "",
          "no subscription identifiers here");
    }
    List<ReasonCode> answers = new ArrayList<>(subscribe.requests().size());
    long before = loop.promises();
    for (Request request : subscribe.requests()) {
      ReasonCode refusal = refusal(connection, request.filter());
      if (refusal != ReasonCode.SUCCESS) {
        loop.tally().count(Counter.SUBSCRIPTIONS_REFUSED);
        answers.add(refusal);
        continue;
      }
      answers.add(ReasonCode.granted(request.qos().atMost(connection.limits().qosMax())));
      add(connection, request, subscribe.subscriptionId());
    }
    Receipt receipt = loop.receiptSince(before);
    connection
        .answers()
        .send( // [MQTT-3.8.4-1]
            new Suback(subscribe.packetId(), answers, Properties.NONE), receipt);
    if (connection.answers().holdsSuback()) {
      connection.answers().hold(receipt, () -> loop.deliveries().pump(connection.client()));
    } else {
      loop.deliveries().pump(connection.client());
    }
  }

  /// Takes UNSUBSCRIBE. What is in flight is still completed. [MQTT-3.10.4-3]
  void receive(Connection connection, Unsubscribe unsubscribe) {
    Client client = connection.client();
    List<ReasonCode> answers = new ArrayList<>(unsubscribe.filters().size());
    boolean shared = false;
    long before = loop.promises();
    for (TopicFilter filter : unsubscribe.filters()) {
      if (!remove(client, filter)) {
        client.again();
        answers.add(ReasonCode.NO_SUBSCRIPTION_EXISTED);
        continue;
      }
      answers.add(ReasonCode.SUCCESS);
      shared |= filter.isShared();
    }
    if (shared) {
      loop.shares().passOnUnsubscribed(client);
    }
    connection
        .answers()
        .send(
            new Unsuback(unsubscribe.packetId(), answers, Properties.NONE),
            loop.receiptSince(before));
  }

  /// Takes a subscription that the client may not have any more.
  void withdraw(Client client, TopicFilter filter) {
    if (!client.isEnded() && remove(client, filter)) {
      loop.tally().count(Counter.SUBSCRIPTIONS_WITHDRAWN);
      if (filter.isShared()) {
        loop.shares().passOnUnsubscribed(client);
      }
    }
  }

  private boolean remove(Client client, TopicFilter filter) {
    Subscription known = client.session().subscriptions().remove(filter);
    if (known == null) {
      return false;
    }
    index.unsubscribe(filter, known);
    client.holding().shares().add(Share.SUBSCRIPTIONS, -1);
    Connection connection = client.connection();
    if (connection != null) {
      connection.outgoing().withdraw(known);
    }
    client.promise().unsubscribed(client.session(), filter);
    return true;
  }

  /// Takes all subscriptions of a session that ends.
  void removeAll(Client client) {
    client.session().subscriptions().forEach(index::unsubscribe);
    client.holding().shares().add(Share.SUBSCRIPTIONS, -client.session().subscriptions().size());
    client.session().subscriptions().clear();
  }

  private void add(Connection connection, Request request, int identifier) {
    Client client = connection.client();
    Session session = client.session();
    Subscription subscription =
        new Subscription(
            client,
            request.qos().atMost(connection.limits().qosMax()),
            request.noLocal(),
            request.retainAsPublished(),
            identifier);
    Subscription previous = session.subscriptions().put(request.filter(), subscription);
    index.subscribe(request.filter(), subscription, previous);
    client.promise().subscribed(session, request.filter(), subscription);
    boolean sendsRetained = sendsRetained(request, previous == null);
    if (previous != null && sendsRetained) {
      connection.outgoing().withdraw(previous); // They are sent from the start again.
    } else if (previous != null) {
      connection.outgoing().handOver(previous, subscription);
    }
    ownLimits.subscribed(client, request.filter());
    if (sendsRetained) {
      RetainedIndex.Cursor cursor = retained.cursor(request.filter());
      connection.outgoing().replay(new RetainedReplay(cursor, subscription));
    }
  }

  /// Whether the client may subscribe; if it may for some time only, that time begins.
  private boolean isPermitted(Connection connection, TopicFilter filter, boolean isNew) {
    long seconds = connection.standing().subscriptionSeconds(filter);
    if (seconds == 0 || seconds == Permission.NO_END) {
      return seconds != 0;
    }
    Client client = connection.client();
    if (client.hasHad(filter)) {
      return !isNew;
    }
    client.has(filter);
    Timer end =
        new Timer("end of a subscription") {
          @Override
          void fire(long nowMillis) {
            withdraw(client, filter);
          }
        };
    loop.timers().set(end, loop.nowMillis() + seconds * 1000);
    return true;
  }

  private static boolean sendsRetained(Request request, boolean isNew) {
    if (request.filter().isShared()) {
      return false;
    }
    return switch (request.retainHandling()) {
      case SEND_AT_SUBSCRIBE -> true; // [MQTT-3.3.1-9]
      case SEND_AT_NEW_SUBSCRIBE -> isNew; // [MQTT-3.3.1-10]
      case DO_NOT_SEND -> false; // [MQTT-3.3.1-11]
    };
  }

  /// Why a filter cannot be granted, or success; then its address has one subscription more.
  private ReasonCode refusal(Connection connection, TopicFilter filter) {
    Limits limits = connection.limits();
    Session session = connection.client().session();
    boolean isNew = !session.subscriptions().containsKey(filter);
    if (filter.isShared() && !limits.shared()) {
      return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    if (filter.hasWildcard() && !limits.wildcards()) {
      return ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED;
    }
    if (Utf8.bytes(filter.toString()).length > limits.topicBytesMax()
        || filter.levels().size() > limits.topicLevelsMax()) {
      return ReasonCode.TOPIC_FILTER_INVALID;
    }
    if (isNew
        && (session.subscriptions().size() >= limits.subscriptionsMax()
            || index.weight() >= subscriptionsMax)) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    int sharedMax = limits.ceilings().sharedSubscriptionsMax();
    if (isNew
        && filter.isShared()
        && sharedMax < Integer.MAX_VALUE
        && session.subscriptions().keySet().stream().filter(TopicFilter::isShared).count()
            >= sharedMax) {
      return ReasonCode.QUOTA_EXCEEDED;
    }
    Shares shares = connection.client().holding().shares();
    if (isNew && !shares.take(Share.SUBSCRIPTIONS, 1)) {
      loop.tally().count(Counter.SUBSCRIPTIONS_OVER_ADDRESS);
      return ReasonCode.QUOTA_EXCEEDED;
    }
    if (!isPermitted(connection, filter, isNew)) {
      shares.add(Share.SUBSCRIPTIONS, isNew ? -1 : 0);
      return ReasonCode.NOT_AUTHORIZED;
    }
    return ReasonCode.SUCCESS;
  }
}
