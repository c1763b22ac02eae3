package dev.midge.listener;

import static java.util.stream.Collectors.toMap;

import dev.midge.broker.Ceilings;
import dev.midge.broker.Durability;
import dev.midge.broker.Limits;
import dev.midge.broker.ServerLimits;
import dev.midge.broker.Users;
import dev.midge.certs.Fault;
import dev.midge.config.Problems;
import dev.midge.config.Settings;
import dev.midge.limit.Networks;
import dev.midge.listener.Expect.Outcome;
import dev.midge.listener.TlsSpec.Clients;
import dev.midge.listener.TlsSpec.Handshake;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.UserPropertyBounds;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The keys of listener files: what each is called, and which values it allows.
final class ListenerReader {

  private static final long TIB = 1L << 40;

  /// The longest packet there can be: a header byte, four length bytes and 268,435,455 more.
  private static final int LONGEST_PACKET_BYTES = 268_435_460;

  private static final Map<String, ProtocolVersion> VERSIONS =
      Map.of(
          "3.1", ProtocolVersion.MQTT_3_1,
          "3.1.1", ProtocolVersion.MQTT_3_1_1,
          "5.0", ProtocolVersion.MQTT_5);
  private static final Map<String, QoS> QUALITIES =
      Map.of("0", QoS.AT_MOST_ONCE, "1", QoS.AT_LEAST_ONCE, "2", QoS.EXACTLY_ONCE);
  private static final Map<String, Transport> TRANSPORTS =
      Stream.of(Transport.values()).collect(toMap(Transport::toString, transport -> transport));
  private static final Map<String, Outcome> OUTCOMES =
      Map.of("accepted", Outcome.ACCEPTED, "refused", Outcome.REFUSED);
  private static final Map<String, Durability> DURABILITIES =
      Map.of("none", Durability.NONE, "os", Durability.OS, "disk", Durability.DISK);
  private static final Map<String, Fault> FAULTS =
      Stream.of(Fault.values()).collect(toMap(Fault::toString, fault -> fault));
  private static final Map<String, Users> USERS =
      Map.of(
          "any", Users.ANY,
          "accounts", Users.ACCOUNTS,
          "tokens", Users.TOKENS,
          "scram", Users.SCRAM);
  private static final Map<String, Clients> CLIENTS =
      Map.of("none", Clients.NONE, "optional", Clients.OPTIONAL, "required", Clients.REQUIRED);
  private static final Map<String, Boolean> SERVER_NAME =
      Map.of("optional", false, "required", true);
  private static final Map<String, Handshake> HANDSHAKES =
      Map.of(
          "completes", Handshake.COMPLETES,
          "stalls", Handshake.STALLS,
          "is-cut", Handshake.IS_CUT);
  private static final Map<String, String> STACKS =
      Stream.of("openssl", "python", "python-strict", "java", "node")
          .collect(toMap(stack -> stack, stack -> stack));
  private static final Pattern RECIPE = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Map<String, String> TLS_VERSIONS =
      Map.of("TLSv1.2", "TLSv1.2", "TLSv1.3", "TLSv1.3");
  private static final Pattern PATH = Pattern.compile("/[A-Za-z0-9/._~-]*");

  private final Settings settings;
  private final AutoBounds auto;
  private final Problems problems;

  ListenerReader(Settings settings, AutoBounds auto, Problems problems) {
    this.settings = settings;
    this.auto = auto;
    this.problems = problems;
  }

  /// Reads a listener file, over the defaults.
  ListenerSpec listener() {
    String name = settings.text("name");
    int port = (int) settings.whole("port", 1, 65_535);
    String summary = settings.text("summary");
    Transport transport = transport();
    refuseBlock("websocket", transport, Transport.WEBSOCKET);
    refuseBlock("http", transport, Transport.HTTP);
    TlsSpec tls = settings.says("tls") ? tls() : null;
    Outcome connect = settings.block("expect").choice("connect", OUTCOMES);
    return new ListenerSpec(
        name,
        port,
        bind(transport),
        settings.place("port"),
        summary,
        settings.says("explanation") ? settings.text("explanation") : "",
        transport,
        tls,
        websocketPaths(),
        controlFramesMax(),
        http(),
        connectionsMax(),
        limits(name),
        LimitReader.traffic(settings.block("limits")),
        slowedSecondsMax(),
        settings.says("proxy") ? LimitReader.proxy(settings.block("proxy")) : null,
        settings.block("access").place("policy"),
        expect(connect, tls, settings.block("expect")));
  }

  /// Where it is opened. What the operator is served stays on this machine, unless the file says
  /// twice that it may not.
  private String bind(Transport transport) {
    boolean isForOperator = transport == Transport.OPERATOR;
    boolean isRemote = isForOperator && settings.says("remote") && settings.flag("remote");
    if (!isForOperator && !settings.says("bind")) {
      return "";
    }
    String bind =
        settings.word(
            "bind", text -> Networks.address(text) != null, "an address, like 127.0.0.1 or ::1");
    InetAddress address = Networks.address(bind);
    if (isForOperator && !isRemote && address != null && !address.isLoopbackAddress()) {
      problems.add(
          settings.place("bind"),
          "'bind: " + bind + "' lets other machines reach what the operator is served",
          "Say 127.0.0.1 or ::1, or 'remote: true' as well if that is meant.");
    }
    return bind;
  }

  private static Expect expect(Outcome connect, @Nullable TlsSpec tls, Settings expect) {
    return tls == null
        ? new Expect(connect, Fault.NONE, Outcome.ACCEPTED, List.of())
        : new Expect(
            connect,
            expect.choice("fault", FAULTS),
            expect.choice("verdict", OUTCOMES),
            expect.says("lenient") ? expect.choices("lenient", STACKS) : List.of());
  }

  /// Reads what is said to all listeners, and what they share.
  LoadedListeners shared() {
    transport();
    tlsClients();
    tlsVersions();
    settings.block("tls").choice("server_name", SERVER_NAME);
    settings.block("tls").choice("handshake", HANDSHAKES);
    websocketPaths();
    controlFramesMax();
    http();
    connectionsMax();
    limits("");
    LimitReader.traffic(settings.block("limits"));
    slowedSecondsMax();
    Settings server = settings.block("server");
    return new LoadedListeners(
        List.of(),
        serverLimits(server),
        server.bytesOrAuto("store_bytes_max", 0, TIB, 0),
        (int) server.wholeOrAuto("loops", 1, 64, auto.loops()),
        server.bytesOrAuto("inbound_bytes_max", 1_024, TIB, auto.serverInboundBytesMax()),
        (int) server.wholeOrAuto("connections_max", 1, Integer.MAX_VALUE, auto.connectionsMax()),
        handshakes(server),
        LimitReader.rate(server, "bytes_out"),
        LimitReader.addresses(settings.block("addresses")),
        new Broadcasts(
            (int) server.whole("sys_seconds", 0, 86_400),
            server.flag("demo"),
            (int) server.whole("watch_seconds", 0, 86_400),
            contact(server)));
  }

  private static String contact(Settings server) {
    String contact = server.text("contact");
    return contact.equals("none") ? "" : contact;
  }

  private HandshakeBounds handshakes(Settings server) {
    return new HandshakeBounds(
        (int) server.wholeOrAuto("handshakes_max", 1, Integer.MAX_VALUE, auto.handshakesMax()),
        (int)
            server.wholeOrAuto(
                "handshakes_per_address_max", 1, Integer.MAX_VALUE, auto.handshakesPerAddressMax()),
        LimitReader.rate(server, "handshakes"));
  }

  private ServerLimits serverLimits(Settings server) {
    return new ServerLimits(
        (int) server.wholeOrAuto("sessions_max", 1, Integer.MAX_VALUE, auto.serverSessionsMax()),
        (int)
            server.wholeOrAuto(
                "subscriptions_max", 1, Integer.MAX_VALUE, auto.serverSubscriptionsMax()),
        server.wholeOrAuto(
            "retained_messages_max", 0, Integer.MAX_VALUE, auto.serverRetainedMessagesMax()),
        server.bytesOrAuto("retained_bytes_max", 0, TIB, auto.serverRetainedBytesMax()),
        server.bytesOrAuto("queued_bytes_max", 0, TIB, auto.serverQueuedBytesMax()),
        server.bytesOrAuto("outbound_bytes_max", 1, TIB, auto.serverOutboundBytesMax()));
  }

  private Transport transport() {
    return settings.choice("transport", TRANSPORTS);
  }

  private TlsSpec tls() {
    Settings tls = settings.block("tls");
    return new TlsSpec(
        tls.text("certificate"),
        tls.place("certificate"),
        tls.says("by_name") ? tls.texts("by_name", RECIPE, "the name of a recipe") : List.of(),
        tls.choice("server_name", SERVER_NAME),
        tlsClients(),
        tlsVersions(),
        tls.choice("handshake", HANDSHAKES));
  }

  private Clients tlsClients() {
    return settings.block("tls").choice("clients", CLIENTS);
  }

  private List<String> tlsVersions() {
    return settings.block("tls").choices("versions", TLS_VERSIONS);
  }

  private List<String> websocketPaths() {
    return settings
        .block("websocket")
        .texts("paths", PATH, "a path like /mqtt, of letters, digits and /._~-");
  }

  private int controlFramesMax() {
    return (int) settings.block("websocket").whole("control_frames_per_second_max", 0, 1_000_000);
  }

  /// A block that says how one transport is meant has no meaning for the others.
  private void refuseBlock(String block, Transport transport, Transport meant) {
    boolean isMeant =
        transport == meant
            || transport == Transport.EVERYTHING
            || (transport == Transport.OPERATOR && meant == Transport.HTTP);
    if (!isMeant && settings.says(block)) {
      problems.add(
          settings.place(block),
          "'" + block + "' has no meaning for 'transport: " + transport + "'",
          "Say 'transport: " + meant + "', or leave the block out.");
    }
  }

  private HttpSpec http() {
    Settings http = settings.block("http");
    return new HttpSpec(
        (int) http.whole("connections_per_address_max", 1, Integer.MAX_VALUE),
        (int) http.whole("requests_per_second_max", 1, 1_000_000),
        (int) http.whole("request_seconds_max", 1, 3_600),
        (int) http.whole("certificates_per_hour_max", 1, 1_000_000),
        (int) http.whole("certificates_per_address_max", 1, 1_000_000),
        http.flag("limits_local"));
  }

  private int slowedSecondsMax() {
    return (int) settings.block("limits").whole("slowed_seconds_max", 0, 86_400);
  }

  private int connectionsMax() {
    return (int)
        settings
            .block("limits")
            .wholeOrAuto("connections_max", 1, Integer.MAX_VALUE, auto.connectionsMax());
  }

  /// Whose user name counts; one that the certificate has is proved by it.
  private Users users() {
    Users users = settings.block("access").choice("users", USERS);
    return users == Users.ANY && settings.says("tls") && tlsClients() == Clients.REQUIRED
        ? Users.CERTIFIED
        : users;
  }

  private Limits limits(String name) {
    Settings mqtt = settings.block("mqtt");
    Settings limits = settings.block("limits");
    return new Limits(
        name,
        Set.copyOf(mqtt.choices("versions", VERSIONS)),
        settings.block("access").flag("anonymous"),
        users(),
        settings.block("access").text("policy"),
        (int)
            mqtt.bytesOrAuto("packet_bytes_max", 128, LONGEST_PACKET_BYTES, auto.packetBytesMax()),
        (int) mqtt.whole("receive_max", 1, 65_535),
        (int) mqtt.whole("topic_alias_max", 0, 65_535),
        (int) mqtt.whole("keep_alive_seconds_max", 0, 65_535),
        mqtt.whole("session_seconds_max", 0, 4_294_967_295L),
        mqtt.choice("qos_max", QUALITIES),
        mqtt.flag("retain"),
        mqtt.flag("wildcards"),
        mqtt.flag("shared"),
        mqtt.flag("subscription_ids"),
        (int) mqtt.whole("connect_seconds_max", 1, 3_600),
        mqtt.flag("queue_qos0"),
        (int)
            limits.wholeOrAuto("queue_messages_max", 0, Integer.MAX_VALUE, auto.queueMessagesMax()),
        limits.bytesOrAuto("queue_bytes_max", 0, TIB, auto.queueBytesMax()),
        (int) limits.whole("inflight_max", 1, 65_535),
        limits.bytesOrAuto("outbound_bytes_max", 1_024, TIB, auto.outboundBytesMax()),
        (int)
            limits.wholeOrAuto("subscriptions_max", 0, Integer.MAX_VALUE, auto.subscriptionsMax()),
        (int) limits.whole("filters_per_subscribe_max", 1, Integer.MAX_VALUE),
        (int) limits.whole("topic_bytes_max", 1, 65_535),
        (int) limits.whole("topic_levels_max", 1, 65_536),
        new UserPropertyBounds(
            (int) limits.whole("user_properties_max", 0, Integer.MAX_VALUE),
            (int) limits.bytes("user_properties_bytes_max", 0, LONGEST_PACKET_BYTES)),
        (int) limits.whole("client_id_bytes_max", 1, 65_535),
        settings.choice("durability", DURABILITIES),
        ceilings(limits));
  }

  private static Ceilings ceilings(Settings limits) {
    return new Ceilings(
        (int) limits.bytes("will_bytes_max", 0, LONGEST_PACKET_BYTES),
        (int) limits.bytes("credential_bytes_max", 1, 65_535),
        (int) limits.bytes("retained_message_bytes_max", 0, LONGEST_PACKET_BYTES),
        limits.whole("retained_seconds_max", 0, 4_294_967_295L),
        (int) limits.whole("retained_per_second_max", 0, 1_000_000),
        (int) limits.whole("shared_subscriptions_max", 0, Integer.MAX_VALUE),
        (int) limits.whole("takeovers_per_minute_max", 0, 1_000_000));
  }
}
