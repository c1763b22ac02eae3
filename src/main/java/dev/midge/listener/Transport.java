package dev.midge.listener;

import java.util.List;
import java.util.Locale;

/// What carries the MQTT bytes of a listener.
public enum Transport {
  TCP("mqtt"),
  WEBSOCKET("ws"),
  /// What a client begins with: MQTT, or HTTP that becomes a WebSocket.
  EVERYTHING("mqtt");

  private final String scheme;

  Transport(String scheme) {
    this.scheme = scheme;
  }

  /// What clients may call it in ALPN, best first.
  List<String> protocols() {
    return switch (this) {
      case TCP -> List.of("mqtt", "x-amzn-mqtt-ca"); // A large cloud calls it so.
      case WEBSOCKET -> List.of("http/1.1");
      case EVERYTHING -> List.of("mqtt", "x-amzn-mqtt-ca", "http/1.1");
    };
  }

  /// The scheme of its URLs, without or with TLS.
  public String scheme(boolean isTls) {
    return isTls ? scheme + "s" : scheme;
  }

  /// The word for it in listener files and endpoint files.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
