package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/// Eclipse Paho for Java, MQTT 5.0. It sends topic aliases, and must not ask for them: version
/// 1.2.5 loses the topic of a message that comes with one (its issue 866).
final class Paho5Peer implements Peer {
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(Inbox.PATIENCE_SECONDS);

  private final String uri;
  private final Inbox inbox;
  private @Nullable MqttAsyncClient client;

  Paho5Peer(String uri, Inbox inbox) {
    this.uri = uri;
    this.inbox = inbox;
  }

  @Override
  public Answer connect(Entry entry) throws MqttException {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(!entry.kept());
    options.setSessionExpiryInterval(entry.expirySeconds());
    Post will = entry.will();
    if (will != null) {
      options.setWill(will.topic(), message(will));
    }
    if (entry.userName() != null) {
      options.setUserName(entry.userName());
    }
    MqttAsyncClient opened = new MqttAsyncClient(uri, entry.clientId(), new MemoryPersistence());
    client = opened;
    opened.setCallback(new Receiver());
    try {
      IMqttToken token = opened.connect(options);
      token.waitForCompletion(PATIENCE_MILLIS);
      return new Answer(0, token.getSessionPresent());
    } catch (MqttException refused) {
      return new Answer(refused.getReasonCode(), false);
    }
  }

  @Override
  public void subscribe(String filter, int qos, int id) throws MqttException {
    MqttProperties properties = new MqttProperties();
    if (id > 0) {
      properties.setSubscriptionIdentifier(id);
    }
    MqttSubscription[] one = {new MqttSubscription(filter, qos)};
    client().subscribe(one, null, null, properties).waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public void publish(List<Post> posts) throws MqttException {
    List<IMqttToken> tokens = new ArrayList<>();
    for (Post post : posts) {
      tokens.add(client().publish(post.topic(), message(post)));
    }
    for (IMqttToken token : tokens) {
      token.waitForCompletion(PATIENCE_MILLIS);
    }
  }

  @Override
  public void disconnect(int reason) throws MqttException {
    client()
        .disconnect(PATIENCE_MILLIS, null, null, reason, new MqttProperties())
        .waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public void close() throws MqttException {
    if (client != null) {
      if (client.isConnected()) {
        client.disconnectForcibly(0, PATIENCE_MILLIS, false);
      }
      client.close(true);
    }
  }

  private MqttAsyncClient client() {
    if (client == null) {
      throw new IllegalStateException("not connected yet");
    }
    return client;
  }

  private static MqttMessage message(Post post) {
    MqttProperties to = new MqttProperties();
    Post.Properties from = post.properties();
    List<UserProperty> user = new ArrayList<>();
    for (String property : from.user()) {
      int equals = property.indexOf('=');
      user.add(new UserProperty(property.substring(0, equals), property.substring(equals + 1)));
    }
    to.setUserProperties(user);
    if (!from.contentType().isEmpty()) {
      to.setContentType(from.contentType());
    }
    if (!from.responseTopic().isEmpty()) {
      to.setResponseTopic(from.responseTopic());
    }
    if (!from.correlationData().isEmpty()) {
      to.setCorrelationData(from.correlationData().getBytes(UTF_8));
    }
    if (from.expirySeconds() > 0) {
      to.setMessageExpiryInterval(from.expirySeconds());
    }
    MqttMessage message =
        new MqttMessage(post.payload().getBytes(UTF_8), post.qos(), post.retained(), to);
    return message;
  }

  private static Post post(String topic, MqttMessage message) {
    MqttProperties from = message.getProperties();
    byte[] correlation = Objects.requireNonNullElse(from.getCorrelationData(), new byte[0]);
    Post.Properties to =
        new Post.Properties(
            from.getUserProperties().stream()
                .map(property -> property.getKey() + "=" + property.getValue())
                .toList(),
            Objects.requireNonNullElse(from.getContentType(), ""),
            Objects.requireNonNullElse(from.getResponseTopic(), ""),
            new String(correlation, UTF_8),
            Objects.requireNonNullElse(from.getMessageExpiryInterval(), 0L),
            List.copyOf(from.getSubscriptionIdentifiers()));
    return new Post(
        topic, new String(message.getPayload(), UTF_8), message.getQos(), message.isRetained(), to);
  }

  private final class Receiver implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      inbox.add(post(topic, message));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      inbox.closed(response.getReturnCode());
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
