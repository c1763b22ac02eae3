package dev.midge.client;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a server is, as one word: `scheme://[username[:password]@]host[:port][/path]`.
///
/// @param host without the brackets of an IPv6 address
/// @param port as it is written, or else the usual one of the scheme
/// @param path what follows the first slash, or null if there is none. `-L` has the topic there,
///   `MQTT_URL` the path of a WebSocket.
record ServerUrl(
    boolean isSecure,
    boolean isWebSocket,
    @Nullable String username,
    @Nullable String password,
    String host,
    int port,
    @Nullable String path) {

  private static final int PORT_MAX = 65_535;

  /// Reads a URL. What is before the host is taken as it is, without percent decoding.
  ///
  /// @param where the option or variable that it comes from
  /// @throws InvalidOption if it is none
  static ServerUrl parse(String text, String where) {
    int schemeEnd = text.indexOf("://");
    String scheme = schemeEnd < 0 ? "" : text.substring(0, schemeEnd).toLowerCase(Locale.ROOT);
    boolean isSecure = scheme.equals("mqtts") || scheme.equals("wss");
    boolean isWebSocket = scheme.equals("ws") || scheme.equals("wss");
    if (!isSecure && !isWebSocket && !scheme.equals("mqtt")) {
      throw new InvalidOption(
          where + ": '" + text + "' must begin with mqtt://, mqtts://, ws:// or wss://.");
    }
    String rest = text.substring(schemeEnd + "://".length());
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    int at = authority.lastIndexOf('@');
    String user = at < 0 ? null : authority.substring(0, at);
    int colon = user == null ? -1 : user.indexOf(':');
    String address = authority.substring(at + 1);
    int portColon = address.indexOf(':', Math.max(0, address.indexOf(']')));
    String host = portColon < 0 ? address : address.substring(0, portColon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw new InvalidOption(where + ": '" + text + "' names no host.");
    }
    return new ServerUrl(
        isSecure,
        isWebSocket,
        user == null || colon < 0 ? user : user.substring(0, colon),
        user == null || colon < 0 ? null : user.substring(colon + 1),
        host,
        portColon < 0
            ? usualPort(isSecure, isWebSocket)
            : port(address.substring(portColon + 1), where),
        slash < 0 ? null : rest.substring(slash + 1));
  }

  /// The port where servers usually are: MQTT has 1883 and 8883, WebSocket that of Midge's own
  /// listeners.
  static int usualPort(boolean isSecure, boolean isWebSocket) {
    if (isWebSocket) {
      return isSecure ? 8081 : 8080;
    }
    return isSecure ? 8883 : 1883;
  }

  /// Reads a port.
  ///
  /// @throws InvalidOption if it is none
  static int port(String text, String where) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new InvalidOption(where + ": '" + text + "' is not a port.", e);
    }
    throw new InvalidOption(where + ": there is no port " + text + ".");
  }
}
