package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The HiveMQ client, MQTT 3.1.1.
final class HiveMqPeer implements Peer {
  private final Transport transport;
  private final int port;
  private final Inbox inbox;
  private @Nullable Mqtt3AsyncClient client;

  HiveMqPeer(Transport transport, int port, Inbox inbox) {
    this.transport = transport;
    this.port = port;
    this.inbox = inbox;
  }

  @Override
  public Answer connect(Entry entry) throws Exception {
    Mqtt3ClientBuilder builder =
        Mqtt3Client.builder()
            .identifier(entry.clientId())
            .serverHost("127.0.0.1")
            .serverPort(port)
            .addDisconnectedListener(_ -> inbox.closed(0));
    if (transport == Transport.WEBSOCKET) {
      builder = builder.webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
    }
    Post will = entry.will();
    if (will != null) {
      builder = builder.willPublish(publish(will));
    }
    if (entry.userName() != null) {
      builder = builder.simpleAuth().username(entry.userName()).applySimpleAuth();
    }
    Mqtt3AsyncClient built = builder.buildAsync();
    client = built;
    built.publishes(MqttGlobalPublishFilter.ALL, message -> inbox.add(post(message)));
    try {
      boolean present =
          await(built.connectWith().cleanSession(!entry.kept()).send()).isSessionPresent();
      return new Answer(0, present);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Mqtt3ConnAckException refused) {
        return new Answer(refused.getMqttMessage().getReturnCode().getCode(), false);
      }
      throw e;
    }
  }

  @Override
  public void subscribe(String filter, int qos, int id) throws Exception {
    var _ = await(client().subscribeWith().topicFilter(filter).qos(qos(qos)).send());
  }

  @Override
  public void publish(List<Post> posts) throws Exception {
    List<CompletableFuture<Mqtt3Publish>> sent = new ArrayList<>();
    for (Post post : posts) {
      sent.add(client().publish(publish(post)));
    }
    for (CompletableFuture<Mqtt3Publish> one : sent) {
      var _ = await(one);
    }
  }

  @Override
  public void disconnect(int reason) throws Exception {
    var _ = await(client().disconnect());
  }

  @Override
  public void close() throws Exception {
    if (client != null) { // Whether it was connected or not.
      var _ = await(client.disconnect().handle((_, _) -> true));
    }
  }

  private Mqtt3AsyncClient client() {
    if (client == null) {
      throw new IllegalStateException("not connected yet");
    }
    return client;
  }

  private static Mqtt3Publish publish(Post post) {
    return Mqtt3Publish.builder()
        .topic(post.topic())
        .payload(post.payload().getBytes(UTF_8))
        .qos(qos(post.qos()))
        .retain(post.retained())
        .build();
  }

  private static Post post(Mqtt3Publish message) {
    return new Post(
        message.getTopic().toString(),
        new String(message.getPayloadAsBytes(), UTF_8),
        message.getQos().getCode(),
        message.isRetain(),
        Post.Properties.NONE);
  }

  /// The library's word for a quality of service.
  static MqttQos qos(int level) {
    return MqttQos.values()[level];
  }

  /// Waits for what the library promised.
  static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(Inbox.PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
