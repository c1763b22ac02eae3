package dev.midge.listener;

import static java.util.stream.Collectors.toMap;

import dev.midge.certs.Certificates;
import dev.midge.certs.Certificates.Root;
import dev.midge.certs.KeyKind;
import dev.midge.certs.RefusalJournal;
import dev.midge.config.ConfigurationProblem;
import dev.midge.config.Place;
import dev.midge.limit.Addresses;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Endpoint.Proof;
import dev.midge.listener.TlsSpec.Clients;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// The ports that are open. Opened and closed by one thread.
public final class Listeners implements AutoCloseable {

  private static final int FIRST_UNPRIVILEGED_PORT = 1024;

  private final NettyLoops loops;
  private final Addresses addresses;
  private final int connectionsMax;
  private final AtomicInteger connections = new AtomicInteger();
  private final InetAddress address;
  private final Certificates certificates;
  private final Site site;
  private final RefusalJournal refusals;
  private final Handshakes handshakes;
  private final Probes probes = new Probes();
  private final List<TlsDoor> doors = new CopyOnWriteArrayList<>();
  private final Map<String, MqttPipeline> pipelines = new ConcurrentHashMap<>();
  private final List<Channel> channels = new ArrayList<>();
  private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
  private final List<ListenerSpec> specs = new CopyOnWriteArrayList<>();

  /// No port is open yet.
  ///
  /// @param certificates what listeners with TLS show
  /// @param refusals who is told which clients were refused for their certificates
  /// @param loops the loops that will serve the connections
  /// @param addresses who has how much of the server
  /// @param address the address to open ports at, or the wildcard address for all there are
  /// @param site what is served over HTTP
  /// @param connectionsMax how many connections they may have together
  /// @param handshakes how many TLS handshakes may be under way at once
  public Listeners(
      NettyLoops loops,
      Addresses addresses,
      InetAddress address,
      Certificates certificates,
      RefusalJournal refusals,
      Site site,
      int connectionsMax,
      HandshakeBounds handshakes) {
    this.connectionsMax = connectionsMax;
    this.handshakes = new Handshakes(handshakes);
    this.refusals = refusals;
    this.site = site;
    this.loops = loops;
    this.addresses = addresses;
    this.certificates = certificates;
    this.address = address;
  }

  /// Opens a listener.
  ///
  /// @param port the port to bind, or 0 for any that is free
  /// @throws BindFailure if the port cannot be opened
  public void open(ListenerSpec spec, int port) {
    TlsDoor tls =
        spec.tls() == null
            ? null
            : new TlsDoor(spec.tls(), spec.transport().protocols(), certificates, refusals);
    ProxyDoor proxy = spec.proxy() == null ? null : new ProxyDoor(spec.proxy(), addresses, loops);
    MqttPipeline pipeline =
        new MqttPipeline(
            loops,
            addresses,
            proxy,
            spec,
            tls,
            handshakes,
            probes,
            new HttpStages(site, spec.http()),
            new Directions(this::endpoints));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .handler(new AcceptGate(loops, addresses, proxy, connectionsMax, connections))
            .childHandler(pipeline)
            .bind(new InetSocketAddress(address, port))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindFailure(problem(spec, port, bound.cause()), bound.cause());
    }
    Channel channel = bound.channel();
    channels.add(channel);
    pipelines.put(spec.name(), pipeline);
    if (tls != null) {
      doors.add(tls);
    }
    specs.add(spec);
    endpoints.add(
        new Endpoint(
            spec.name(),
            spec.summary(),
            spec.explanation(),
            spec.transport(),
            spec.expect(),
            spec.tls() == null ? null : new Endpoint.Tls(null, Proof.PENDING),
            address.isAnyLocalAddress() ? "localhost" : address.getHostAddress(),
            ((InetSocketAddress) channel.localAddress()).getPort(),
            path(spec),
            auth(spec)));
  }

  /// What follows the port in its URL.
  private static String path(ListenerSpec spec) {
    return switch (spec.transport()) {
      case TCP, EVERYTHING -> "";
      case WEBSOCKET -> spec.websocketPaths().getFirst();
      case HTTP -> "/";
    };
  }

  /// Shows what is new among the certificates to all who connect from now on. Any thread.
  ///
  /// @param names which are new
  public void renewed(Set<String> names) {
    doors.forEach(door -> door.renewed(names));
  }

  /// Lets what clients keep of their TLS sessions from now on be encrypted by another key. Any
  /// thread.
  public void rotateTicketKeys() {
    doors.forEach(TlsDoor::rotateTicketKeys);
  }

  /// Connects to each listener with TLS, and sees whether it has the one fault that its file says
  /// and no other; from then on its endpoint says what came of it. Blocks, for some seconds.
  ///
  /// @return the endpoints that were tested
  public List<Endpoint> prove() {
    SelfTest test = new SelfTest(certificates, probes);
    List<Endpoint> tested = new ArrayList<>();
    for (int i = 0; i < specs.size() && !Thread.currentThread().isInterrupted(); i++) {
      ListenerSpec spec = specs.get(i);
      Endpoint endpoint = endpoints.get(i);
      if (spec.tls() != null && endpoint.tls() != null) {
        InetAddress host = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
        InetSocketAddress where = new InetSocketAddress(host, endpoint.port());
        Proof proof = test.prove(spec, spec.tls(), where);
        Endpoint proved = endpoint.with(endpoint.host(), new Endpoint.Tls(null, proof));
        endpoints.set(i, proved);
        tested.add(asItIs(spec, proved));
      }
    }
    return tested;
  }

  /// Who does the work of TLS, in words: `BoringSSL`, `the JDK` where there is no library of it, or
  /// both where a certificate has a key that BoringSSL does not take.
  public String tlsProvider() {
    List<String> others = new ArrayList<>();
    for (ListenerSpec spec : specs) {
      List<String> shown = spec.tls() == null ? List.of() : spec.tls().certificates();
      if (shown.stream().anyMatch(name -> certificates.recipe(name).key() == KeyKind.ED25519)) {
        others.add(spec.name());
      }
    }
    String usual = TlsEntrance.provider();
    return others.isEmpty() || usual.equals(TlsEntrance.JDK)
        ? usual
        : usual + ", of " + String.join(", ", others) + " by " + TlsEntrance.JDK;
  }

  /// How many connections each listener has, by its name. Any thread.
  public Map<String, Integer> connections() {
    return pipelines.entrySet().stream()
        .collect(toMap(Map.Entry::getKey, pipeline -> pipeline.getValue().connections()));
  }

  /// How many TLS handshakes are under way. Any thread.
  public int pendingHandshakes() {
    return handshakes.pending();
  }

  /// The open listeners, in the order in which they were opened.
  public List<Endpoint> endpoints() {
    List<Endpoint> all = new ArrayList<>();
    for (int i = 0; i < endpoints.size(); i++) {
      all.add(asItIs(specs.get(i), endpoints.get(i)));
    }
    return all;
  }

  /// The endpoint with what changes while it is open: whom its clients are to trust, and the host
  /// that its certificate is for, where a public authority has said so.
  private Endpoint asItIs(ListenerSpec spec, Endpoint endpoint) {
    if (spec.tls() == null || endpoint.tls() == null) {
      return endpoint;
    }
    String name = spec.tls().certificate();
    Path caFile = certificates.trusted(name).map(Root::file).orElse(null);
    String host = certificates.publicHost(name).orElse(endpoint.host());
    return endpoint.with(host, new Endpoint.Tls(caFile, endpoint.tls().proof()));
  }

  /// Closes all ports; connections stay.
  @Override
  public void close() {
    channels.forEach(channel -> channel.close().awaitUninterruptibly());
  }

  private static Auth auth(ListenerSpec spec) {
    if (spec.tls() != null && spec.tls().clients() == Clients.REQUIRED) {
      return Auth.CERTIFICATE;
    }
    return spec.limits().anonymous() ? Auth.ANONYMOUS : Auth.PASSWORD;
  }

  private ConfigurationProblem problem(ListenerSpec spec, int port, Throwable cause) {
    String words = String.valueOf(cause.getMessage());
    if (words.contains("in use")) {
      return new ConfigurationProblem(
          spec.portPlace(),
          "port " + port + " is taken by another program",
          "Stop that program, or move all ports with --port-offset N or --random-ports.");
    }
    if (words.contains("denied") && port < FIRST_UNPRIVILEGED_PORT) {
      return new ConfigurationProblem(
          spec.portPlace(),
          "port " + port + " is open to the administrator only",
          "Move all ports above 1023 with --port-offset N or --random-ports.");
    }
    if (words.contains("assign requested address")) {
      return new ConfigurationProblem(
          new Place("--bind", 0),
          "this machine does not have the address " + address.getHostAddress(),
          "Leave --bind out for all addresses.");
    }
    return new ConfigurationProblem(
        spec.portPlace(), "port " + port + " cannot be opened: " + words, "");
  }
}
