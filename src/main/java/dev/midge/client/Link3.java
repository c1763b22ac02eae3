package dev.midge.client;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientExecutorConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3MessageException;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectRestrictions;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAck;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscribe;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscription;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.suback.Mqtt3SubAck;
import com.hivemq.client.mqtt.mqtt3.message.unsubscribe.Mqtt3Unsubscribe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/// A connection in MQTT 3.1.1.
final class Link3 implements Link {

  private final ConnectSettings settings;
  private final Trace trace;
  private final Mqtt3AsyncClient client;

  /// A connection that is not open yet.
  Link3(
      ConnectSettings settings, MqttClientExecutorConfig executor, Recovery recovery, Trace trace) {
    this.settings = settings;
    this.trace = trace;
    Mqtt3ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion3()
            .transportConfig(settings.transport())
            .executorConfig(executor)
            .addConnectedListener(_ -> recovery.connected())
            .addDisconnectedListener(
                context -> recovery.disconnected(context, cause(context.getCause())));
    if (!settings.clientId().isEmpty()) {
      builder = builder.identifier(settings.clientId());
    }
    if (settings.username() != null) {
      var named = Mqtt3SimpleAuth.builder().username(settings.username());
      builder =
          builder.simpleAuth(
              settings.password() == null
                  ? named.build()
                  : named.password(settings.password().getBytes(StandardCharsets.UTF_8)).build());
    }
    if (settings.will() != null) {
      builder = builder.willPublish(publish3(settings.will()));
    }
    client = builder.buildAsync();
  }

  @Override
  public CompletableFuture<Reason> connect() {
    Mqtt3Connect connect =
        Mqtt3Connect.builder()
            .keepAlive(settings.keepAliveSeconds())
            .cleanSession(settings.isCleanStart())
            .restrictions(
                Mqtt3ConnectRestrictions.builder().sendMaximum(settings.inflightMax()).build())
            .build();
    trace.sending("CONNECT");
    return client
        .connect(connect)
        .thenApply(_ -> Reason.SUCCESS)
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(cause(Failures.unwrap(failure))))
        .whenComplete((reason, failure) -> {
          if (failure == null) {
            trace.received("CONNACK (" + reason.code() + ")");
          } else if (Failures.unwrap(failure) instanceof Refusal refusal) {
            trace.received("CONNACK (" + refusal.reason().code() + ")");
          }
        });
  }

  @Override
  public CompletableFuture<Reason> publish(Message message) {
    trace.sending(Trace.publish(message));
    return client
        .publish(publish3(message))
        .thenApply(_ -> {
          trace.acknowledged(message, Reason.SUCCESS);
          return Reason.SUCCESS;
        });
  }

  @Override
  public void receive(Predicate<Message> consumer, Runnable whenDone) {
    AtomicBoolean isDone = new AtomicBoolean();
    client.publishes(
        MqttGlobalPublishFilter.ALL,
        publish -> {
          Message message =
              new Message(
                  publish.getTopic().toString(),
                  publish.getPayloadAsBytes(),
                  publish.getQos().getCode(),
                  publish.isRetain(),
                  Message.Properties.NONE);
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
    List<Mqtt3Subscription> subscriptions = new ArrayList<>();
    for (String filter : filters) {
      subscriptions.add(
          Mqtt3Subscription.builder()
              .topicFilter(filter)
              .qos(MqttQos.values()[options.qos()])
              .build());
    }
    trace.subscribing(filters, options);
    return client
        .subscribe(Mqtt3Subscribe.builder().addSubscriptions(subscriptions).build())
        .exceptionallyCompose(failure ->
            Failures.unwrap(failure) instanceof Mqtt3MessageException answer
                    && answer.getMqttMessage() instanceof Mqtt3SubAck ack
                ? CompletableFuture.completedFuture(ack)
                : CompletableFuture.failedFuture(failure))
        .thenApply(ack -> {
          List<Reason> reasons =
              ack.getReturnCodes().stream()
                  .map(code -> Reason.of(code.getCode(), code, ""))
                  .toList();
          trace.subscribed(reasons);
          return reasons;
        });
  }

  @Override
  public CompletableFuture<Reason> unsubscribe(String filter) {
    trace.sending("UNSUBSCRIBE (Topic: " + filter + ")");
    return client
        .unsubscribe(Mqtt3Unsubscribe.builder().topicFilter(filter).build())
        .thenApply(_ -> {
          trace.received("UNSUBACK");
          return Reason.SUCCESS;
        });
  }

  @Override
  public CompletableFuture<Void> disconnect(boolean isWithWill) {
    trace.sending("DISCONNECT");
    return client.disconnect();
  }

  private static Throwable cause(Throwable failure) {
    if (failure instanceof Mqtt3MessageException answer
        && answer.getMqttMessage() instanceof Mqtt3ConnAck ack
        && ack.getReturnCode().isError()) {
      Reason reason = Reason.ofConnack3(ack.getReturnCode().getCode());
      return new Refusal("Connection error: " + reason.text(), reason);
    }
    return failure;
  }

  private static Mqtt3Publish publish3(Message message) {
    return Mqtt3Publish.builder()
        .topic(message.topic())
        .payload(message.payload())
        .qos(MqttQos.values()[message.qos()])
        .retain(message.isRetained())
        .build();
  }
}
