package dev.midge.peers;

import static dev.midge.peers.HiveMqPeer.await;
import static dev.midge.peers.HiveMqPeer.qos;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserPropertiesBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The HiveMQ client, MQTT 5.0. It keeps subscription identifiers to itself.
final class HiveMq5Peer implements Peer {
  private final Transport transport;
  private final int port;
  private final Inbox inbox;
  private @Nullable Mqtt5AsyncClient client;

  HiveMq5Peer(Transport transport, int port, Inbox inbox) {
    this.transport = transport;
    this.port = port;
    this.inbox = inbox;
  }

  @Override
  public Answer connect(Entry entry) throws Exception {
    Mqtt5AsyncClient built = build(entry);
    client = built;
    built.publishes(MqttGlobalPublishFilter.ALL, message -> inbox.add(post(message)));
    try {
      boolean present =
          await(
                  built
                      .connectWith()
                      .cleanStart(!entry.kept())
                      .sessionExpiryInterval(entry.expirySeconds())
                      .restrictions()
                      .topicAliasMaximum(entry.aliased() ? 10 : 0)
                      .sendTopicAliasMaximum(10)
                      .applyRestrictions()
                      .send())
              .isSessionPresent();
      return new Answer(0, present);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Mqtt5ConnAckException refused) {
        return new Answer(refused.getMqttMessage().getReasonCode().getCode(), false);
      }
      throw e;
    }
  }

  private Mqtt5AsyncClient build(Entry entry) {
    Mqtt5ClientBuilder builder =
        Mqtt5Client.builder()
            .identifier(entry.clientId())
            .serverHost("127.0.0.1")
            .serverPort(port)
            .addDisconnectedListener(context -> inbox.closed(reason(context.getCause())));
    if (transport == Transport.WEBSOCKET) {
      builder = builder.webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
    }
    Post will = entry.will();
    if (will != null) {
      builder = builder.willPublish(publish(will).asWill());
    }
    if (entry.userName() != null) {
      builder = builder.simpleAuth().username(entry.userName()).applySimpleAuth();
    }
    return builder.buildAsync();
  }

  private static int reason(Throwable cause) {
    return cause instanceof Mqtt5DisconnectException said
        ? said.getMqttMessage().getReasonCode().getCode()
        : 0;
  }

  @Override
  public void subscribe(String filter, int qos, int id) throws Exception {
    Mqtt5Subscribe subscribe = Mqtt5Subscribe.builder().topicFilter(filter).qos(qos(qos)).build();
    var _ = await(client().subscribe(subscribe));
  }

  @Override
  public void publish(List<Post> posts) throws Exception {
    List<CompletableFuture<Mqtt5PublishResult>> sent = new ArrayList<>();
    for (Post post : posts) {
      sent.add(client().publish(publish(post)));
    }
    for (CompletableFuture<Mqtt5PublishResult> one : sent) {
      var _ = await(one);
    }
  }

  @Override
  public void disconnect(int reason) throws Exception {
    Mqtt5DisconnectReasonCode code = Mqtt5DisconnectReasonCode.fromCode(reason);
    if (code == null) {
      throw new IllegalArgumentException("no reason " + reason);
    }
    var _ = await(client().disconnectWith().reasonCode(code).send());
  }

  @Override
  public void close() throws Exception {
    if (client != null) { // Whether it was connected or not.
      var _ = await(client.disconnect().handle((_, _) -> true));
    }
  }

  private Mqtt5AsyncClient client() {
    if (client == null) {
      throw new IllegalStateException("not connected yet");
    }
    return client;
  }

  private static Mqtt5Publish publish(Post post) {
    Post.Properties from = post.properties();
    Mqtt5UserPropertiesBuilder user = Mqtt5UserProperties.builder();
    for (String property : from.user()) {
      int equals = property.indexOf('=');
      user = user.add(property.substring(0, equals), property.substring(equals + 1));
    }
    Mqtt5PublishBuilder.Complete to =
        Mqtt5Publish.builder()
            .topic(post.topic())
            .payload(post.payload().getBytes(UTF_8))
            .qos(qos(post.qos()))
            .retain(post.retained())
            .userProperties(user.build());
    if (!from.contentType().isEmpty()) {
      to = to.contentType(from.contentType());
    }
    if (!from.responseTopic().isEmpty()) {
      to = to.responseTopic(from.responseTopic());
    }
    if (!from.correlationData().isEmpty()) {
      to = to.correlationData(from.correlationData().getBytes(UTF_8));
    }
    if (from.expirySeconds() > 0) {
      to = to.messageExpiryInterval(from.expirySeconds());
    }
    return to.build();
  }

  private static Post post(Mqtt5Publish from) {
    Post.Properties to =
        new Post.Properties(
            from.getUserProperties().asList().stream()
                .map(property -> property.getName() + "=" + property.getValue())
                .toList(),
            from.getContentType().map(Object::toString).orElse(""),
            from.getResponseTopic().map(Object::toString).orElse(""),
            from.getCorrelationData().map(HiveMq5Peer::text).orElse(""),
            from.getMessageExpiryInterval().orElse(0),
            List.of());
    return new Post(
        from.getTopic().toString(),
        new String(from.getPayloadAsBytes(), UTF_8),
        from.getQos().getCode(),
        from.isRetain(),
        to);
  }

  private static String text(ByteBuffer bytes) {
    return UTF_8.decode(bytes).toString();
  }
}
