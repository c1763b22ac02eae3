package dev.midge.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A broker to load.
///
/// @param name what it is called in tables
/// @param tls how clients do TLS with it, or null if they do not
/// @param path of its WebSocket, or "" when it speaks MQTT without one
/// @param pid its process on this machine, or 0 when that is not known
record Target(
    String name, InetSocketAddress address, @Nullable TlsManner tls, String path, long pid) {

  private static final int MQTT_PORT = 1883;
  private static final Map<String, Integer> PORTS =
      Map.of("mqtt", MQTT_PORT, "tcp", MQTT_PORT, "mqtts", 8883, "ws", 80, "wss", 443);
  private static final String WEBSOCKET_PATH = "/mqtt";
  private static final Pattern URL =
      Pattern.compile(
          "(?:(mqtts?|tcp|wss?)://)?(\\[[^]]+]|[^:/\\[\\]]+)(?::(\\d{1,5}))?(/[^, ?]*)?(?:\\?([^, ]*))?");
  private static final Pattern NAMED = Pattern.compile("([^=]+)=([^,]+)(?:,(\\d+))?");

  /// The broker at `mqtt://host:port`, or `mqtts`, `ws` or `wss`; a WebSocket has a path, too,
  /// which is `/mqtt` if left out. After a question mark comes how to do TLS ([TlsManner]).
  ///
  /// @param pid its process, or 0
  static Target of(String url, long pid) {
    return of(url, url, pid);
  }

  /// The broker of `NAME=URL` or `NAME=URL,PID`.
  static Target named(String text) {
    Matcher parts = NAMED.matcher(text);
    if (!parts.matches()) {
      throw new LoadFailure(
          "'" + text + "' is not NAME=URL,PID like midge=mqtt://localhost:1883,1");
    }
    return of(parts.group(1), parts.group(2), parts.group(3) == null ? 0 : pid(parts.group(3)));
  }

  /// Where to find a broker when the command line does not say: by `MQTT_URL` in the environment,
  /// else by the file that a Midge in this folder writes, else at the usual port.
  static String standardUrl(Map<String, String> environment, Path endpoints) {
    String url = environment.get("MQTT_URL");
    if (url != null && !url.isBlank()) {
      return url;
    }
    if (Files.exists(endpoints)) {
      Properties properties = new Properties();
      try (var reader = Files.newBufferedReader(endpoints)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new LoadFailure(endpoints + ": cannot be read", e);
      }
      return properties.getProperty("MQTT_URL", "mqtt://localhost:" + MQTT_PORT);
    }
    return "mqtt://localhost:" + MQTT_PORT;
  }

  /// Whether it is on this machine or in a private network: what is elsewhere is somebody's.
  boolean isNear() {
    InetAddress host = address.getAddress();
    boolean isUniqueLocal = host.getAddress().length == 16 && (host.getAddress()[0] & 0xFE) == 0xFC;
    return isLoopback()
        || host.isAnyLocalAddress()
        || host.isSiteLocalAddress()
        || host.isLinkLocalAddress()
        || isUniqueLocal;
  }

  /// Whether it is reached without leaving the machine.
  boolean isLoopback() {
    return address.getAddress().isLoopbackAddress();
  }

  /// The address that a WebSocket is asked for at.
  URI webSocketUri() {
    String host = address.getHostString();
    return URI.create(
        "%s://%s:%d%s"
            .formatted(
                tls == null ? "ws" : "wss",
                host.contains(":") ? "[" + host + "]" : host,
                address.getPort(),
                path));
  }

  private static Target of(String name, String url, long pid) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new LoadFailure("'" + url + "' is not mqtt://host:port, or mqtts, ws or wss");
    }
    String scheme = Objects.requireNonNullElse(parts.group(1), "mqtt");
    String path = Objects.requireNonNullElse(parts.group(4), "/");
    boolean isTls = scheme.equals("mqtts") || scheme.equals("wss");
    TlsManner tls = TlsManner.of(Objects.requireNonNullElse(parts.group(5), ""));
    String webSocket = path.equals("/") ? WEBSOCKET_PATH : path;
    try {
      int port =
          parts.group(3) == null ? PORTS.getOrDefault(scheme, 0) : Integer.parseInt(parts.group(3));
      InetAddress host = InetAddress.getByName(parts.group(2));
      return new Target(
          name,
          new InetSocketAddress(host, port),
          isTls ? tls : null,
          scheme.startsWith("ws") ? webSocket : "",
          pid);
    } catch (UnknownHostException | IllegalArgumentException e) {
      throw new LoadFailure("there is no host and port '" + url + "'", e);
    }
  }

  private static long pid(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new LoadFailure("'" + digits + "' is no process", e);
    }
  }
}
