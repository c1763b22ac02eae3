package dev.midge.client;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// The options that both commands have: where the server is, who the client is, and what is printed
/// besides messages. What they leave out, the environment may say.
final class ConnectionOptions {

  private static final int KEEP_ALIVE_SECONDS_MIN = 5;
  private static final int UINT16_MAX = 0xFFFF;
  private static final int TLS_PORT = 8883;
  private static final String RANDOM_ID_LETTERS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_ID_LENGTH = 18;

  @Option(
      names = {"-h", "--host"},
      paramLabel = "HOST",
      description = "The server's host. $MQTT_HOST or localhost if left out.")
  private @Nullable String host;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description =
          "The server's port. If left out $MQTT_PORT, or 1883, 8883 with TLS, 8080 with WebSocket,"
              + " 8081 with both.")
  private @Nullable String port;

  @Option(
      names = {"-L", "--url"},
      paramLabel = "URL",
      description =
          "All in one: mqtt[s]|ws[s]://[username[:password]@]host[:port]/topic. A WebSocket is"
              + " opened at the path /mqtt.")
  private @Nullable String url;

  @Option(names = "--ws", description = "Connect over WebSocket.")
  private boolean isWebSocket;

  @Option(
      names = {"-u", "--username"},
      paramLabel = "NAME",
      description = "The user name.")
  private @Nullable String username;

  @Option(
      names = {"-P", "--pw"},
      paramLabel = "PASSWORD",
      description = "The password.")
  private @Nullable String password;

  @Option(
      names = {"-i", "--id"},
      paramLabel = "ID",
      description =
          "The client identifier. If left out, one that begins with mosq- and goes on by chance, or"
              + " one that the server chooses if MQTT 5.0 is spoken.")
  private @Nullable String clientId;

  @Option(
      names = {"-I", "--id-prefix"},
      paramLabel = "PREFIX",
      description = "The client identifier is this and the number of the process.")
  private @Nullable String clientIdPrefix;

  @Option(
      names = {"-V", "--protocol-version"},
      paramLabel = "VERSION",
      description =
          "mqttv311 (311) or mqttv5 (5). mqttv311 if left out, and mqttv5 if there is -D or -x."
              + " This client does not speak MQTT 3.1.")
  private @Nullable String version;

  @Option(
      names = {"-k", "--keepalive"},
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "The keep alive, 5 to 65535.")
  private int keepAliveSeconds;

  @Option(
      names = {"-c", "--disable-clean-session"},
      description = "Take up the session that the server has for -i, and leave it there.")
  private boolean isPersistent;

  @Option(
      names = "-x",
      paramLabel = "SECONDS",
      description =
          "How long the server keeps the session afterwards; -1 for ever. With -c for ever if left"
              + " out, else 0. Means -V 5.")
  private @Nullable String sessionExpiry;

  @Option(
      names = {"-D", "--property"},
      paramLabel = "WORD",
      arity = "3..4",
      parameterConsumer = PropertyOption.class,
      description =
          "A property of MQTT 5.0: PACKET NAME VALUE, or PACKET user-property NAME VALUE. PACKET is"
              + " connect, publish, subscribe, unsubscribe, disconnect or will. Means -V 5.")
  private Map<PacketName, PacketProperties> properties = new EnumMap<>(PacketName.class);

  @Option(
      names = "-A",
      paramLabel = "ADDRESS",
      description = "Connect from this address of this machine.")
  private @Nullable String bindAddress;

  @Option(
      names = "-M",
      paramLabel = "N",
      defaultValue = "20",
      description = "How many messages of QoS 1 and 2 may wait for an acknowledgement at once.")
  private int inflightMax;

  @Option(names = "--nodelay", description = "Send small packets at once. This client always does.")
  @SuppressWarnings("UnusedVariable") // The library has no other way.
  private boolean isNoDelay;

  @Option(
      names = {"-d", "--debug"},
      description = "Print each packet that goes or comes.")
  private boolean isDebug;

  @Option(names = "--quiet", description = "Print no errors but those of the command line.")
  private boolean isQuiet;

  @ArgGroup(
      validate = false,
      heading = "%nThe will, published when this client is lost:%n",
      order = 1)
  private WillOptions willOptions = new WillOptions();

  @ArgGroup(validate = false, heading = "%nTLS:%n", order = 2)
  private TlsOptions tlsOptions = new TlsOptions();

  /// Whether to print packets.
  boolean isDebug() {
    return isDebug;
  }

  /// Whether to print no errors.
  boolean isQuiet() {
    return isQuiet;
  }

  /// The topic at the end of the URL, or null if there is no URL.
  @Nullable String urlTopic() {
    if (url == null) {
      return null;
    }
    String topic = ServerUrl.parse(url, "-L").path();
    if (topic == null) {
      throw new InvalidOption("-L: '" + url + "' has no topic after its host.");
    }
    return topic;
  }

  /// Checks and resolves all that these options and the environment say.
  ///
  /// @param receiveMax the Receive Maximum of MQTT 5.0, 0 for the greatest
  /// @throws InvalidOption if they make no sense
  ConnectSettings settings(Map<String, String> environment, int receiveMax) {
    if (keepAliveSeconds < KEEP_ALIVE_SECONDS_MIN || keepAliveSeconds > UINT16_MAX) {
      throw new InvalidOption("-k: the keep alive must be 5 to 65535 seconds.");
    }
    if (inflightMax < 1 || inflightMax > UINT16_MAX) {
      throw new InvalidOption("-M must be 1 to 65535.");
    }
    boolean isVersion5 = isVersion5();
    ServerUrl server = server(environment);
    String name = username == null ? server.username() : username;
    String secret = password == null ? server.password() : password;
    if (secret != null && name == null && !isVersion5) {
      throw new InvalidOption("-P needs -u: MQTT 3.1.1 has no password without a user name.");
    }
    return new ConnectSettings(
        transport(server, environment),
        isVersion5,
        clientId(isVersion5),
        keepAliveSeconds,
        !isPersistent,
        sessionExpirySeconds(),
        name,
        secret,
        willOptions.will(properties.get(PacketName.WILL)),
        inflightMax,
        receiveMax,
        properties);
  }

  private boolean isVersion5() {
    if (version == null) {
      return !properties.isEmpty() || sessionExpiry != null;
    }
    return switch (version) {
      case "mqttv5", "5" -> true;
      case "mqttv311", "311" -> {
        if (!properties.isEmpty() || sessionExpiry != null) {
          throw new InvalidOption("-D and -x need -V 5: MQTT 3.1.1 has no properties.");
        }
        yield false;
      }
      case "mqttv31", "31" ->
          throw new InvalidOption(
              "-V: the MQTT library of this client does not speak MQTT 3.1. Use -V 311, or"
                  + " mosquitto's own client.");
      default -> throw new InvalidOption("-V: '" + version + "' must be mqttv5 or mqttv311.");
    };
  }

  private String clientId(boolean isVersion5) {
    if (clientId != null && clientIdPrefix != null) {
      throw new InvalidOption("-i and -I cannot be used together.");
    }
    if (isPersistent && clientId == null) {
      throw new InvalidOption("-c needs -i: a session is found by the client identifier.");
    }
    if (sessionExpirySeconds() == ConnectSettings.NEVER && clientId == null) {
      throw new InvalidOption("-x -1 needs -i: a session is found by the client identifier.");
    }
    if (clientId != null) {
      return clientId;
    }
    if (clientIdPrefix != null) {
      return clientIdPrefix + ProcessHandle.current().pid();
    }
    return isVersion5 ? "" : randomId();
  }

  private static String randomId() {
    StringBuilder id = new StringBuilder("mosq-");
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < RANDOM_ID_LENGTH; i++) {
      id.append(RANDOM_ID_LETTERS.charAt(random.nextInt(RANDOM_ID_LETTERS.length())));
    }
    return id.toString();
  }

  private long sessionExpirySeconds() {
    PacketProperties connect = properties.get(PacketName.CONNECT);
    long byProperty =
        connect == null ? -1 : connect.number(PropertyName.SESSION_EXPIRY_INTERVAL, -1);
    if (sessionExpiry == null) {
      return byProperty >= 0 ? byProperty : isPersistent ? ConnectSettings.NEVER : 0;
    }
    if (byProperty >= 0) {
      throw new InvalidOption("-x and -D connect session-expiry-interval say the same.");
    }
    if (sessionExpiry.equals("∞") || sessionExpiry.equals("-1")) {
      return ConnectSettings.NEVER;
    }
    try {
      long seconds = Long.decode(sessionExpiry);
      if (seconds >= 0 && seconds <= ConnectSettings.NEVER) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      throw new InvalidOption("-x: '" + sessionExpiry + "' is not a number.", e);
    }
    throw new InvalidOption("-x must be -1 to " + ConnectSettings.NEVER + ".");
  }

  /// The server: what options say, then the URL, then the environment. Who names a host does not
  /// mean the server of `MQTT_URL`, nor its password.
  private ServerUrl server(Map<String, String> environment) {
    String environmentUrl = variable(environment, "MQTT_URL");
    String environmentPort = variable(environment, "MQTT_PORT");
    ServerUrl base = null;
    boolean isByEnvironment = url == null && host == null;
    if (url != null) {
      base = ServerUrl.parse(url, "-L");
    } else if (isByEnvironment && environmentUrl != null) {
      base = ServerUrl.parse(environmentUrl, "MQTT_URL");
    }
    boolean isOverWebSocket = isWebSocket || (base != null && base.isWebSocket());
    boolean isSecure = tlsOptions.isAsked() || (base != null && base.isSecure());
    int portNumber;
    if (port != null) {
      portNumber = ServerUrl.port(port, "-p");
    } else if (base != null && base.isWebSocket() == isOverWebSocket) {
      portNumber = base.port();
    } else if (base == null && environmentPort != null) {
      portNumber = ServerUrl.port(environmentPort, "MQTT_PORT");
    } else {
      portNumber = ServerUrl.usualPort(isSecure, isOverWebSocket);
    }
    return new ServerUrl(
        isSecure || (portNumber == TLS_PORT && !isOverWebSocket),
        isOverWebSocket,
        base == null ? null : base.username(),
        base == null ? null : base.password(),
        host(base, environment),
        portNumber,
        isByEnvironment && base != null ? base.path() : null);
  }

  private String host(@Nullable ServerUrl base, Map<String, String> environment) {
    if (host != null) {
      return host;
    }
    String otherwise = variable(environment, "MQTT_HOST");
    return base != null ? base.host() : otherwise == null ? "localhost" : otherwise;
  }

  private MqttClientTransportConfig transport(ServerUrl server, Map<String, String> environment) {
    var transport =
        MqttClientTransportConfig.builder().serverHost(server.host()).serverPort(server.port());
    if (server.isSecure()) {
      String caFile = variable(environment, "MQTT_CA_FILE");
      transport = transport.sslConfig(tlsOptions.config(caFile == null ? null : Path.of(caFile)));
    } else {
      tlsOptions.checkUnused();
    }
    if (server.isWebSocket()) {
      String path = server.path();
      transport =
          transport.webSocketConfig(
              MqttWebSocketConfig.builder().serverPath(path == null ? "mqtt" : path).build());
    }
    if (bindAddress != null) {
      transport = transport.localAddress(localAddress(bindAddress));
    }
    return transport.build();
  }

  private static InetSocketAddress localAddress(String address) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), 0);
    } catch (UnknownHostException e) {
      throw new InvalidOption("-A: there is no address '" + address + "'.", e);
    }
  }

  private static @Nullable String variable(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value;
  }
}
