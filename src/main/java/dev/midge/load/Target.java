package dev.midge.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A broker to load.
///
/// @param name what it is called in tables
/// @param isTls whether it speaks TLS there
/// @param pid its process on this machine, or 0 when that is not known
record Target(String name, InetSocketAddress address, boolean isTls, long pid) {

  private static final int MQTT_PORT = 1883;
  private static final int MQTTS_PORT = 8883;
  private static final Pattern URL =
      Pattern.compile("(?:(mqtt|tcp|mqtts)://)?(\\[[^]]+]|[^:/\\[\\]]+)(?::(\\d{1,5}))?/?");
  private static final Pattern NAMED = Pattern.compile("([^=]+)=([^,]+)(?:,(\\d+))?");

  /// The broker at `mqtt://host:port` or `mqtts://host:port`.
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

  private static Target of(String name, String url, long pid) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new LoadFailure("'" + url + "' is not mqtt://host:port or mqtts://host:port");
    }
    String host = parts.group(2);
    boolean isTls = "mqtts".equals(parts.group(1));
    int usual = isTls ? MQTTS_PORT : MQTT_PORT;
    int port = parts.group(3) == null ? usual : Integer.parseInt(parts.group(3));
    try {
      return new Target(name, new InetSocketAddress(InetAddress.getByName(host), port), isTls, pid);
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
