package dev.midge.listener;

import java.util.Locale;

/// What a listener speaks: what carries MQTT, or HTTP.
public enum Transport {
  TCP("mqtt"),
  WEBSOCKET("ws"),
  /// No MQTT, but the web site.
  HTTP("http");

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
    return name().toLowerCase(Locale.ROOT);
  }
}
