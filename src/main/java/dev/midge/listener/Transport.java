package dev.midge.listener;

/// What carries the MQTT bytes of a listener.
public enum Transport {
  TCP("mqtt"),
  WEBSOCKET("ws");

  private final String scheme;

  Transport(String scheme) {
    this.scheme = scheme;
  }

  /// The scheme of its URLs, without or with TLS.
  public String scheme(boolean isTls) {
    return isTls ? scheme + "s" : scheme;
  }

  /// The word for it in listener files and endpoint files.
  @Override
  public String toString() {
    return this == TCP ? "tcp" : "websocket";
  }
}
