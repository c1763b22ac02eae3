package dev.midge.sim;

import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.session.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What clients want to do, drawn from the seed: few topics, so that much happens on each.
final class Wishes {
  private static final List<String> TOPICS =
      List.of("a", "b", "a/a", "a/b", "b/a", "b/b", "a/b/c", "a//c", "denied/a");
  private static final List<String> FILTERS =
      List.of("a", "b", "a/a", "a/+", "+/b", "b/#", "#", "+", "a/#", "+/+/c", "a/b", "denied/#");

  private final World world;
  private int messages;

  Wishes(World world) {
    this.world = world;
  }

  /// The number of the last message.
  int lastMessage() {
    return messages;
  }

  /// One of the things that a client can do.
  void act(ModelClient client) {
    if (client.wire() == null) {
      if (world.oneIn(6)) {
        client.connect(world.oneIn(4), false);
      }
      return;
    }
    if (!client.isConnected()) {
      if (world.oneIn(60)) {
        client.cut();
      } else if (world.oneIn(120)) {
        client.connect(world.oneIn(4), false);
      }
      return;
    }
    if (client.isHit()) {
      client.cut();
      return;
    }
    int choice = world.below(200);
    if (choice < 120) {
      Publish wish = publish(client.version() == ProtocolVersion.MQTT_5);
      client.publish(wish, messages);
    } else if (choice < 150) {
      client.subscribe(subscribe(client));
    } else if (choice < 163) {
      client.unsubscribe(new Unsubscribe(0, filters(), Properties.NONE));
    } else if (choice < 185) {
      client.ping();
    } else if (choice < 190) {
      disconnect(client);
    } else if (choice < 196) {
      client.cut();
    } else {
      client.connect(world.oneIn(4), false);
    }
  }

  /// CONNECT of a client.
  ///
  /// @param generous whether the client takes whatever it can get, for as long as it takes
  Connect connect(ModelClient client, boolean cleanStart, boolean generous) {
    boolean five = client.version() == ProtocolVersion.MQTT_5;
    Properties.Builder properties = Properties.builder();
    if (five) {
      if (generous || world.oneIn(2)) {
        properties.number(
            Property.SESSION_EXPIRY_INTERVAL,
            world.oneIn(3) ? Session.NEVER : 1 + world.below(200));
      }
      if (!generous && world.oneIn(2)) {
        properties.number(Property.RECEIVE_MAXIMUM, 1 + world.below(5));
      }
      if (!generous && world.oneIn(4)) {
        properties.number(Property.MAXIMUM_PACKET_SIZE, 20 + world.below(100));
      }
      if (world.oneIn(2)) {
        properties.number(Property.TOPIC_ALIAS_MAXIMUM, world.below(4));
      }
    }
    return new Connect(
        client.version(),
        cleanStart,
        generous || world.oneIn(2) ? 0 : 5 + world.below(60),
        client.id(),
        !generous && world.oneIn(2) ? will(client, five) : null,
        null,
        null,
        properties.build());
  }

  private Will will(ModelClient client, boolean five) {
    Publish wish = publish(five);
    TopicName topic = TopicName.of(world.pick(TOPICS.subList(0, 8)));
    byte[] payload = wish.payload().length == 0 ? payload() : wish.payload();
    long delaySeconds = five && world.oneIn(2) ? world.below(40) : 0;
    long expirySeconds = wish.expirySeconds();
    boolean retain = !world.scenario().tiny() && wish.retain();
    world
        .oracle()
        .announce(
            new Routing(messages, client.id(), topic, payload, wish.qos(), retain, expirySeconds));
    return new Will(
        topic, payload, wish.qos(), retain, delaySeconds, expirySeconds, Properties.NONE);
  }

  private Publish publish(boolean five) {
    messages++;
    boolean retain = world.oneIn(6);
    boolean expires = five && world.scenario().expiries() && !(retain && world.scenario().tiny());
    return new Publish(
        TopicName.of(world.pick(TOPICS)),
        0,
        retain && world.oneIn(3) ? new byte[0] : payload(),
        QoS.of(world.below(3)),
        retain,
        false,
        0,
        expires && world.oneIn(3) ? 1 + world.below(60) : Publish.NO_EXPIRY,
        Properties.NONE);
  }

  private byte[] payload() {
    String text = "message " + messages + ".".repeat(world.oneIn(5) ? world.below(200) : 0);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Subscribe subscribe(ModelClient client) {
    boolean five = client.version() == ProtocolVersion.MQTT_5;
    List<Subscribe.Request> requests = new ArrayList<>();
    for (TopicFilter filter : filters()) {
      requests.add(
          new Subscribe.Request(
              filter,
              QoS.of(world.below(3)),
              five && !filter.isShared() && world.oneIn(4),
              five && world.oneIn(3),
              five && world.oneIn(2)
                  ? world.pick(List.of(RetainHandling.values()))
                  : RetainHandling.SEND_AT_SUBSCRIBE));
    }
    return new Subscribe(
        0, requests, five && world.oneIn(2) ? 1 + world.below(1000) : 0, Properties.NONE);
  }

  private List<TopicFilter> filters() {
    List<TopicFilter> filters = new ArrayList<>();
    for (int i = world.below(3); i >= 0; i--) {
      String share =
          world.scenario().shared() && world.oneIn(3) ? "$share/g" + world.below(2) + "/" : "";
      filters.add(TopicFilter.of(share + world.pick(FILTERS)));
    }
    return filters;
  }

  private void disconnect(ModelClient client) {
    if (client.version() != ProtocolVersion.MQTT_5) {
      client.disconnect(ReasonCode.SUCCESS, Properties.NONE);
      return;
    }
    Properties properties = Properties.NONE;
    if (world.oneIn(3)) {
      long seconds = client.expiryAskedSeconds() == 0 || world.oneIn(2) ? 0 : 1 + world.below(100);
      properties = Properties.builder().number(Property.SESSION_EXPIRY_INTERVAL, seconds).build();
    }
    client.disconnect(
        world.pick(
            List.of(
                ReasonCode.SUCCESS,
                ReasonCode.SUCCESS,
                ReasonCode.DISCONNECT_WITH_WILL,
                ReasonCode.UNSPECIFIED_ERROR)),
        properties);
  }
}
