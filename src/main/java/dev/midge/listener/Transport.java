package dev.midge.listener;

import java.util.List;
import java.util.Locale;

/// What a listener speaks: what carries MQTT, or HTTP.
public enum Transport {
  TCP("mqtt"),
  WEBSOCKET("ws"),
  /// No MQTT, but the web site.
  HTTP("http"),
  /// No MQTT, but what the operator is served, over HTTP.
  OPERATOR("http"),
  /// What a client begins with: MQTT, HTTP that becomes a WebSocket, or HTTP for the web site.
  EVERYTHING("mqtt");

  private final String scheme;

  Transport(String scheme) {
    this.scheme = scheme;
  }

  /// What clients may call it in ALPN, best first.
  List<String> protocols() {
    return switch (this) {
      case TCP -> List.of("mqtt", "x-amzn-mqtt-ca"); // A large cloud calls it so.
      case WEBSOCKET, OPERATOR ->
          List.of("http/1.1"); // Nobody opens one over HTTP/2 unless invited to.
      case HTTP -> List.of("h2", "http/1.1");
      case EVERYTHING -> List.of("mqtt", "x-amzn-mqtt-ca", "h2", "http/1.1");
    };
  }

  /// Whether HTTP and nothing else is spoken.
  boolean isHttp() {
    return this == HTTP || this == OPERATOR;
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
