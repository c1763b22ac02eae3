package dev.midge.broker;

import dev.midge.packet.Packet.Connect;
import org.jspecify.annotations.Nullable;

/// Enhanced authentication on one connection (4.12): the method that its CONNECT named, and the
/// exchange that is under way, if one is. Loop thread of the connection only.
final class Authentication {
  private final String methodName;
  private final AuthMethod method;
  private final Connect connect;
  private AuthMethod.@Nullable Exchange exchange;
  private byte[] lastData = new byte[0];

  Authentication(String methodName, AuthMethod method, Connect connect) {
    this.methodName = methodName;
    this.method = method;
    this.connect = connect;
  }

  /// The name that all packets of the exchange carry. [MQTT-4.12.0-5]
  String methodName() {
    return methodName;
  }

  /// The CONNECT that waits for the outcome.
  Connect connect() {
    return connect;
  }

  /// Takes the client's data to the exchange under way, or to a new one.
  AuthMethod.Step next(byte[] data) {
    if (exchange == null) {
      exchange = method.begin();
    }
    AuthMethod.Step step = exchange.next(data);
    if (!(step instanceof AuthMethod.Continue)) {
      exchange = null;
    }
    if (step instanceof AuthMethod.Accepted accepted) {
      lastData = accepted.data();
    }
    return step;
  }

  /// Whether an exchange is under way.
  boolean isUnderWay() {
    return exchange != null;
  }

  /// What the server said last, to be sent with CONNACK.
  byte[] lastData() {
    return lastData;
  }
}
