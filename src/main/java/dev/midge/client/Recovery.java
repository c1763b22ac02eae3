package dev.midge.client;

import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What happens when a connection is gone: some commands connect again, others end. Runs on the
/// thread of the connection.
final class Recovery {

  private static final int DELAY_SECONDS = 1;

  private final boolean isReconnecting;
  private final Consumer<String> notice;
  private final Consumer<Throwable> lost;
  private boolean wasConnected;
  private boolean isNoticed;

  /// Decides for one connection.
  ///
  /// @param isReconnecting whether to connect again, each second until it works, once a connection
  ///   was there
  /// @param notice is told when that begins
  /// @param lost is told why when the connection is gone for good, other than by the client's own
  ///   DISCONNECT
  Recovery(boolean isReconnecting, Consumer<String> notice, Consumer<Throwable> lost) {
    this.isReconnecting = isReconnecting;
    this.notice = notice;
    this.lost = lost;
  }

  /// The server has accepted.
  void connected() {
    wasConnected = true;
    isNoticed = false;
  }

  /// The connection is gone.
  ///
  /// @param cause with words for the user
  void disconnected(MqttClientDisconnectedContext context, Throwable cause) {
    if (context.getSource() == MqttDisconnectSource.USER) {
      return;
    }
    if (!wasConnected || !isReconnecting || cause instanceof Refusal) {
      lost.accept(cause);
      return;
    }
    if (!isNoticed) {
      isNoticed = true;
      notice.accept(Failures.describe(cause) + " Trying to connect again every second.");
    }
    context
        .getReconnector()
        .reconnect(true)
        .resubscribeIfSessionExpired(true)
        .republishIfSessionExpired(true)
        .delay(DELAY_SECONDS, TimeUnit.SECONDS);
  }
}
