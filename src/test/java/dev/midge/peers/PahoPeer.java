package dev.midge.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/// Eclipse Paho for Java, MQTT 3.1 and 3.1.1.
final class PahoPeer implements Peer {
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(Inbox.PATIENCE_SECONDS);

  private final String uri;
  private final int version;
  private final Inbox inbox;
  private @Nullable MqttAsyncClient client;

  PahoPeer(String uri, int version, Inbox inbox) {
    this.uri = uri;
    this.version = version;
    this.inbox = inbox;
  }

  @Override
  public Answer connect(Entry entry) throws MqttException {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(version);
    options.setCleanSession(!entry.kept());
    options.setMaxInflight(65_535);
    Post will = entry.will();
    if (will != null) {
      options.setWill(will.topic(), will.payload().getBytes(UTF_8), will.qos(), will.retained());
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
    client().subscribe(filter, qos).waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public void publish(List<Post> posts) throws MqttException {
    List<IMqttToken> tokens = new ArrayList<>();
    for (Post post : posts) {
      tokens.add(
          client()
              .publish(post.topic(), post.payload().getBytes(UTF_8), post.qos(), post.retained()));
    }
    for (IMqttToken token : tokens) {
      token.waitForCompletion(PATIENCE_MILLIS);
    }
  }

  @Override
  public void disconnect(int reason) throws MqttException {
    client().disconnect().waitForCompletion(PATIENCE_MILLIS);
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

  private final class Receiver implements MqttCallback {
    @Override
    public void messageArrived(String topic, MqttMessage message) {
      inbox.add(
          new Post(
              topic,
              new String(message.getPayload(), UTF_8),
              message.getQos(),
              message.isRetained(),
              Post.Properties.NONE));
    }

    @Override
    public void connectionLost(Throwable cause) {
      inbox.closed(0);
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
