package dev.midge.client;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5MessageException;
import com.hivemq.client.mqtt.mqtt5.message.Mqtt5Message;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubcomp.Mqtt5PubComp;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRec;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscribe;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAck;
import com.hivemq.client.mqtt.mqtt5.message.unsubscribe.Mqtt5Unsubscribe;
import com.hivemq.client.mqtt.mqtt5.message.unsubscribe.unsuback.Mqtt5UnsubAck;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A connection in MQTT 5.0.
final class Link5 implements Link {

  private static final int RECEIVE_MAX = 0xFFFF;

  /// The greatest packet that there can be (2.1.4), and all that the library can ask for.
  private static final int PACKET_BYTES_MAX = 268_435_460;

  private final ConnectSettings settings;
  private final Trace trace;
  private final Mqtt5AsyncClient client;

  /// A connection that is not open yet.
  Link5(
      ConnectSettings settings, MqttClientExecutorConfig executor, Recovery recovery, Trace trace) {
    this.settings = settings;
    this.trace = trace;
    Mqtt5ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion5()
            .transportConfig(settings.transport())
            .executorConfig(executor)
            .addConnectedListener(_ -> recovery.connected())
            .addDisconnectedListener(context -> recovery.disconnected(context, cause(context)));
    if (!settings.clientId().isEmpty()) {
      builder = builder.identifier(settings.clientId());
    }
    Mqtt5SimpleAuth credentials = credentials();
    if (credentials != null) {
      builder = builder.simpleAuth(credentials);
    }
    PacketProperties connect = settings.properties(PacketName.CONNECT);
    String method = connect.text(PropertyName.AUTHENTICATION_METHOD);
    if (method != null) {
      builder =
          builder.enhancedAuth(
              new OneStepAuthentication(method, connect.bytes(PropertyName.AUTHENTICATION_DATA)));
    }
    if (settings.will() != null) {
      builder = builder.willPublish(will(settings.will()));
    }
    client = builder.buildAsync();
  }

  @Override
  public CompletableFuture<Reason> connect() {
    PacketProperties properties = settings.properties(PacketName.CONNECT);
    Mqtt5Connect connect =
        Mqtt5Connect.builder()
            .keepAlive(settings.keepAliveSeconds())
            .cleanStart(settings.isCleanStart())
            .sessionExpiryInterval(settings.sessionExpirySeconds())
            .restrictions(restrictions(properties))
            .userProperties(userProperties(properties.userProperties()))
            .build();
    trace.sending("CONNECT");
    return client
        .connect(connect)
        .thenApply(ack -> reason(ack, Reason.SUCCESS))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(cause(Failures.unwrap(failure))))
        .whenComplete((reason, failure) -> traceConnack(reason, failure));
  }

  @Override
  public CompletableFuture<Reason> publish(Message message) {
    trace.sending(Trace.publish(message));
    return client
        .publish(publish5(message))
        .thenApply(_ -> Reason.SUCCESS)
        .exceptionallyCompose(Link5::answer)
        .whenComplete((reason, failure) -> {
          if (failure == null) {
            trace.acknowledged(message, reason);
          }
        });
  }

  @Override
  public void receive(Predicate<Message> consumer, Runnable whenDone) {
    AtomicBoolean isDone = new AtomicBoolean();
    client.publishes(
        MqttGlobalPublishFilter.ALL,
        publish -> {
          Message message = message(publish);
          trace.received(Trace.publish(message));
          if (isDone.get()) {
            return;
          }
          isDone.set(!consumer.test(message));
          publish.acknowledge();
          if (isDone.get()) {
            whenDone.run();
          }
        },
        Runnable::run,
        true);
  }

  @Override
  public CompletableFuture<List<Reason>> subscribe(List<String> filters, SubscribeOptions options) {
    List<Mqtt5Subscription> subscriptions = new ArrayList<>();
    for (String filter : filters) {
      subscriptions.add(
          Mqtt5Subscription.builder()
              .topicFilter(filter)
              .qos(qos(options.qos()))
              .retainAsPublished(options.isRetainAsPublished())
              .retainHandling(Mqtt5RetainHandling.values()[options.retainHandling()])
              .build());
    }
    Mqtt5Subscribe subscribe =
        Mqtt5Subscribe.builder()
            .addSubscriptions(subscriptions)
            .userProperties(
                userProperties(settings.properties(PacketName.SUBSCRIBE).userProperties()))
            .build();
    trace.subscribing(filters, options);
    return client
        .subscribe(subscribe)
        .exceptionallyCompose(failure ->
            Failures.unwrap(failure) instanceof Mqtt5MessageException answer
                    && answer.getMqttMessage() instanceof Mqtt5SubAck ack
                ? CompletableFuture.completedFuture(ack)
                : CompletableFuture.failedFuture(failure))
        .thenApply(ack -> {
          String detail = ack.getReasonString().map(Object::toString).orElse("");
          List<Reason> reasons =
              ack.getReasonCodes().stream()
                  .map(code -> Reason.of(code.getCode(), code, detail))
                  .toList();
          trace.subscribed(reasons);
          return reasons;
        });
  }

  @Override
  public CompletableFuture<Reason> unsubscribe(String filter) {
    trace.sending("UNSUBSCRIBE (Topic: " + filter + ")");
    Mqtt5Unsubscribe unsubscribe =
        Mqtt5Unsubscribe.builder()
            .topicFilter(filter)
            .userProperties(
                userProperties(settings.properties(PacketName.UNSUBSCRIBE).userProperties()))
            .build();
    return client
        .unsubscribe(unsubscribe)
        .thenApply(ack -> reason(ack, Reason.SUCCESS))
        .exceptionallyCompose(Link5::answer)
        .whenComplete((_, _) -> trace.received("UNSUBACK"));
  }

  @Override
  public CompletableFuture<Void> disconnect(boolean isWithWill) {
    PacketProperties properties = settings.properties(PacketName.DISCONNECT);
    var disconnect =
        Mqtt5Disconnect.builder()
            .reasonCode(
                isWithWill
                    ? Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE
                    : Mqtt5DisconnectReasonCode.NORMAL_DISCONNECTION)
            .userProperties(userProperties(properties.userProperties()));
    long expirySeconds = properties.number(PropertyName.SESSION_EXPIRY_INTERVAL, -1);
    if (expirySeconds >= 0) {
      disconnect = disconnect.sessionExpiryInterval(expirySeconds);
    }
    String reasonString = properties.text(PropertyName.REASON_STRING);
    if (reasonString != null) {
      disconnect = disconnect.reasonString(reasonString);
    }
    trace.sending("DISCONNECT");
    return client.disconnect(disconnect.build());
  }

  private @Nullable Mqtt5SimpleAuth credentials() {
    byte @Nullable [] password =
        settings.password() == null ? null : settings.password().getBytes(StandardCharsets.UTF_8);
    if (settings.username() != null) {
      var named = Mqtt5SimpleAuth.builder().username(settings.username());
      return password == null ? named.build() : named.password(password).build();
    }
    return password == null ? null : Mqtt5SimpleAuth.builder().password(password).build();
  }

  private Mqtt5ConnectRestrictions restrictions(PacketProperties properties) {
    int receiveMax = settings.receiveMax() == 0 ? RECEIVE_MAX : settings.receiveMax();
    return Mqtt5ConnectRestrictions.builder()
        .receiveMaximum((int) properties.number(PropertyName.RECEIVE_MAXIMUM, receiveMax))
        .sendMaximum(settings.inflightMax())
        .maximumPacketSize(
            (int)
                Math.min(
                    PACKET_BYTES_MAX,
                    properties.number(PropertyName.MAXIMUM_PACKET_SIZE, PACKET_BYTES_MAX)))
        .topicAliasMaximum((int) properties.number(PropertyName.TOPIC_ALIAS_MAXIMUM, 0))
        .sendTopicAliasMaximum(0)
        .requestProblemInformation(
            properties.number(PropertyName.REQUEST_PROBLEM_INFORMATION, 1) == 1)
        .requestResponseInformation(
            properties.number(PropertyName.REQUEST_RESPONSE_INFORMATION, 0) == 1)
        .build();
  }

  private void traceConnack(@Nullable Reason reason, @Nullable Throwable failure) {
    if (reason != null) {
      trace.received("CONNACK (" + reason.code() + ")");
    } else if (failure != null && Failures.unwrap(failure) instanceof Refusal refusal) {
      trace.received("CONNACK (" + refusal.reason().code() + ")");
    }
  }

  /// Words for why a connection ended.
  private static Throwable cause(MqttClientDisconnectedContext context) {
    return cause(context.getCause());
  }

  private static Throwable cause(Throwable failure) {
    if (failure instanceof Mqtt5MessageException answer) {
      Mqtt5Message message = answer.getMqttMessage();
      Reason reason = reason(message, Reason.SUCCESS);
      if (message instanceof Mqtt5ConnAck && reason.isError()) {
        return new Refusal("Connection error: " + reason.describe() + ".", reason);
      }
      if (message instanceof Mqtt5Disconnect && reason.isError()) {
        return new Refusal("The server disconnected: " + reason.describe() + ".", reason);
      }
    }
    return failure;
  }

  /// The answer of the server if this failure is one.
  private static CompletableFuture<Reason> answer(Throwable failure) {
    if (Failures.unwrap(failure) instanceof Mqtt5MessageException answer) {
      Reason reason = reason(answer.getMqttMessage(), Reason.SUCCESS);
      if (reason.isError() && !(answer.getMqttMessage() instanceof Mqtt5Disconnect)) {
        return CompletableFuture.completedFuture(reason);
      }
    }
    return CompletableFuture.failedFuture(failure);
  }

  private static Reason reason(Mqtt5Message message, Reason otherwise) {
    return switch (message) {
      case Mqtt5ConnAck ack ->
          Reason.of(
              ack.getReasonCode().getCode(), ack.getReasonCode(), text(ack.getReasonString()));
      case Mqtt5Disconnect end ->
          Reason.of(
              end.getReasonCode().getCode(), end.getReasonCode(), text(end.getReasonString()));
      case Mqtt5PubAck ack ->
          Reason.of(
              ack.getReasonCode().getCode(), ack.getReasonCode(), text(ack.getReasonString()));
      case Mqtt5PubRec ack ->
          Reason.of(
              ack.getReasonCode().getCode(), ack.getReasonCode(), text(ack.getReasonString()));
      case Mqtt5PubComp ack ->
          Reason.of(
              ack.getReasonCode().getCode(), ack.getReasonCode(), text(ack.getReasonString()));
      case Mqtt5UnsubAck ack ->
          Reason.of(
              ack.getReasonCodes().getFirst().getCode(),
              ack.getReasonCodes().getFirst(),
              text(ack.getReasonString()));
      default -> otherwise;
    };
  }

  private static String text(Optional<?> text) {
    return text.map(Object::toString).orElse("");
  }

  private static Mqtt5Publish will(Message message) {
    var will = publish5(message).asWill();
    long delaySeconds = message.properties().willDelaySeconds();
    return delaySeconds < 0 ? will : will.extendAsWill().delayInterval(delaySeconds).build();
  }

  private static Mqtt5Publish publish5(Message message) {
    Message.Properties properties = message.properties();
    var publish =
        Mqtt5Publish.builder()
            .topic(message.topic())
            .payload(message.payload())
            .qos(qos(message.qos()))
            .retain(message.isRetained())
            .userProperties(userProperties(properties.userProperties()));
    if (properties.payloadFormat() >= 0) {
      publish =
          publish.payloadFormatIndicator(
              Mqtt5PayloadFormatIndicator.fromCode(properties.payloadFormat()));
    }
    if (properties.expirySeconds() >= 0) {
      publish = publish.messageExpiryInterval(properties.expirySeconds());
    }
    if (properties.contentType() != null) {
      publish = publish.contentType(properties.contentType());
    }
    if (properties.responseTopic() != null) {
      publish = publish.responseTopic(properties.responseTopic());
    }
    if (properties.correlationData() != null) {
      publish = publish.correlationData(properties.correlationData());
    }
    return publish.build();
  }

  private static Message message(Mqtt5Publish publish) {
    var properties =
        new Message.Properties(
            publish
                .getPayloadFormatIndicator()
                .map(Mqtt5PayloadFormatIndicator::getCode)
                .orElse(-1),
            publish.getMessageExpiryInterval().orElse(-1),
            publish.getContentType().map(Object::toString).orElse(null),
            publish.getResponseTopic().map(Object::toString).orElse(null),
            publish.getCorrelationData().map(Link5::bytes).orElse(null),
            publish.getUserProperties().asList().stream()
                .map(property ->
                    Map.entry(property.getName().toString(), property.getValue().toString()))
                .toList(),
            -1);
    return new Message(
        publish.getTopic().toString(),
        publish.getPayloadAsBytes(),
        publish.getQos().getCode(),
        publish.isRetain(),
        properties);
  }

  private static Mqtt5UserProperties userProperties(List<Map.Entry<String, String>> properties) {
    return Mqtt5UserProperties.of(
        properties.stream()
            .map(property -> Mqtt5UserProperty.of(property.getKey(), property.getValue()))
            .toList());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static MqttQos qos(int qos) {
    return MqttQos.values()[qos];
  }
}
