package dev.midge.peers;

/// What carries MQTT.
enum Transport {
  TCP("plain", "tcp://127.0.0.1:%d"),
  WEBSOCKET("websocket", "ws://127.0.0.1:%d/mqtt");

  private final String listener;
  private final String uri;

  Transport(String listener, String uri) {
    this.listener = listener;
    this.uri = uri;
  }

  /// The name of the listener that takes it.
  String listener() {
    return listener;
  }

  /// The server's address, as the Paho clients write it.
  String uri(int port) {
    return uri.formatted(port);
  }
}
