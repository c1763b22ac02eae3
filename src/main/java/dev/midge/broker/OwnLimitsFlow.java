package dev.midge.broker;

import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.Subscription;
import java.util.Arrays;

/// Tells clients that subscribe to exactly that topic what their own limits are and what is left of
/// them: each is told of itself only, at once and then as often as it changes, but not more often
/// than every ten seconds. Home loop only.
final class OwnLimitsFlow {
  private static final TopicFilter FILTER = TopicFilter.of("$SYS/broker/limits/me");
  private static final TopicName TOPIC = TopicName.of(FILTER.toString());
  private static final int PERIOD_MILLIS = 10_000;

  private final BrokerLoop loop;

  OwnLimitsFlow(BrokerLoop loop) {
    this.loop = loop;
  }

  /// A client has subscribed to something.
  void subscribed(Client client, TopicFilter filter) {
    if (filter.equals(FILTER)) {
      Timer before = client.limitsTimer();
      if (before != null) {
        loop.timers().cancel(before);
      }
      Timer telling = new Telling(client);
      client.limitsTimer(telling);
      loop.timers().set(telling, loop.nowMillis());
    }
  }

  /// Goes on for as long as the session has the subscription.
  private final class Telling extends Timer {
    private final Client client;
    private byte[] told = {};

    Telling(Client client) {
      super("own limits");
      this.client = client;
    }

    @Override
    void fire(long nowMillis) {
      Subscription subscription = client.session().subscriptions().get(FILTER);
      if (subscription == null || client.isEnded()) {
        return;
      }
      loop.timers().set(this, nowMillis + PERIOD_MILLIS);
      Connection connection = client.connection();
      if (connection != null) {
        byte[] text = connection.wire().limits(Inspection.figures(client), client.limits());
        if (text.length > 0 && !Arrays.equals(text, told)) {
          told = text;
          loop.deliveries().deliver(message(text), subscription, null, false);
        }
      }
    }
  }

  private static Message message(byte[] text) {
    return new Message(TOPIC, text, QoS.AT_MOST_ONCE, true, Properties.NONE, Message.NEVER, "");
  }
}
