package dev.midge.listener;

import dev.midge.certs.Fault;
import dev.midge.listener.Endpoint.Auth;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// Tells clients that came to the wrong port which one is right. Any thread.
///
/// @param endpoints what is open
record Directions(Supplier<List<Endpoint>> endpoints) {

  /// A sentence with the ports that speak MQTT over this transport to anyone, or an empty string if
  /// there are none.
  String to(Transport transport) {
    OptionalInt plain = port(transport, false);
    OptionalInt tls = port(transport, true);
    String what = what(transport, false);
    if (plain.isEmpty() && tls.isEmpty()) {
      return "";
    }
    if (plain.isEmpty()) {
      return what + " with TLS is on port " + tls.getAsInt() + ".";
    }
    String secure = tls.isPresent() ? ", with TLS on port " + tls.getAsInt() : "";
    return what + " is on port " + plain.getAsInt() + secure + ".";
  }

  /// What is spoken over a transport, in words.
  static String what(Transport transport, boolean isTls) {
    return switch (transport) {
      case TCP -> isTls ? "MQTT over TLS" : "MQTT over TCP";
      case WEBSOCKET -> isTls ? "MQTT over WebSocket and TLS" : "MQTT over WebSocket";
      case HTTP, OPERATOR -> isTls ? "HTTP over TLS" : "HTTP";
      case EVERYTHING -> isTls ? "MQTT, WebSocket and HTTP over TLS" : "MQTT, WebSocket and HTTP";
    };
  }

  /// A sentence with the port of the web site, or an empty string if there is none.
  String toSite() {
    OptionalInt port = port(Transport.HTTP, false);
    return port.isPresent() ? " The web site is on port " + port.getAsInt() + "." : "";
  }

  private OptionalInt port(Transport transport, boolean isTls) {
    return endpoints.get().stream()
        .filter(endpoint -> endpoint.transport() == transport && endpoint.auth() == Auth.ANONYMOUS)
        .filter(endpoint ->
            (endpoint.tls() != null) == isTls && endpoint.expect().fault() == Fault.NONE)
        .mapToInt(Endpoint::port)
        .findFirst();
  }
}
