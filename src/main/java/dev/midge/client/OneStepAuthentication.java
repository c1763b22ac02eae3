package dev.midge.client;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Enhanced authentication (4.12) as far as a command line can do it: a method and data in CONNECT.
/// A server that asks further is not answered.
record OneStepAuthentication(String method, byte @Nullable [] data)
    implements Mqtt5EnhancedAuthMechanism {

  private static final int PATIENCE_SECONDS = 60;

  @Override
  public MqttUtf8String getMethod() {
    return MqttUtf8String.of(method);
  }

  @Override
  public int getTimeout() {
    return PATIENCE_SECONDS;
  }

  @Override
  public CompletableFuture<Void> onAuth(
      Mqtt5ClientConfig client, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder auth) {
    if (data != null) {
      auth.data(data);
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig client, Mqtt5AuthBuilder auth) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Boolean> onContinue(
      Mqtt5ClientConfig client, Mqtt5Auth question, Mqtt5AuthBuilder answer) {
    return CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig client, Mqtt5ConnAck connack) {
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig client, Mqtt5Auth auth) {
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public void onAuthRejected(Mqtt5ClientConfig client, Mqtt5ConnAck connack) {}

  @Override
  public void onReAuthRejected(Mqtt5ClientConfig client, Mqtt5Disconnect disconnect) {}

  @Override
  public void onAuthError(Mqtt5ClientConfig client, Throwable cause) {}

  @Override
  public void onReAuthError(Mqtt5ClientConfig client, Throwable cause) {}
}
