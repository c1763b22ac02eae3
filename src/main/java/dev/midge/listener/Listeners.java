package dev.midge.listener;

import static java.util.Comparator.comparingInt;
import static java.util.stream.Collectors.toMap;

import dev.midge.certs.Certificates;
import dev.midge.certs.Certificates.Root;
import dev.midge.certs.RefusalJournal;
import dev.midge.config.ConfigurationProblem;
import dev.midge.config.Place;
import dev.midge.limit.Addresses;
import dev.midge.limit.Networks;
import dev.midge.listener.Endpoint.Auth;
import dev.midge.listener.Endpoint.Proof;
import dev.midge.listener.TlsSpec.Clients;
import dev.midge.probe.Login;
import dev.midge.probe.OwnConnections;
import dev.midge.probe.ProbeTarget;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
  private final Site operators;
  private final RefusalJournal refusals;
  private final Handshakes handshakes;
  private final Probes probes = new Probes();
  private volatile List<Port> ports = List.of();

  /// What became of listeners when their files changed, by name.
  public record Change(List<String> opened, List<String> changed, List<String> closed) {
    private static Change between(Map<String, ListenerSpec> before, List<ListenerSpec> after) {
      List<String> opened = new ArrayList<>();
      List<String> changed = new ArrayList<>();
      Map<String, ListenerSpec> closed = new LinkedHashMap<>(before);
      for (ListenerSpec spec : after) {
        ListenerSpec known = closed.remove(spec.name());
        if (known == null) {
          opened.add(spec.name());
        } else if (!known.equals(spec)) {
          changed.add(spec.name());
        }
      }
      return new Change(opened, changed, List.copyOf(closed.keySet()));
    }
  }

  /// No port is open yet.
  ///
  /// @param certificates what listeners with TLS show
  /// @param refusals who is told which clients were refused for their certificates
  /// @param loops the loops that will serve the connections
  /// @param addresses who has how much of the server
  /// @param address the address to open ports at, or the wildcard address for all there are
  /// @param site what is served over HTTP
  /// @param operators what operators are served
  /// @param connectionsMax how many connections they may have together
  /// @param handshakes how many TLS handshakes there may be
  public Listeners(
      NettyLoops loops,
      Addresses addresses,
      InetAddress address,
      Certificates certificates,
      RefusalJournal refusals,
      Site site,
      Site operators,
      int connectionsMax,
      HandshakeBounds handshakes) {
    this.connectionsMax = connectionsMax;
    this.handshakes = new Handshakes(handshakes, addresses::nowNanos);
    this.refusals = refusals;
    this.site = site;
    this.operators = operators;
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
    ports = Stream.concat(ports.stream(), Stream.of(opened(spec, port))).toList();
  }

  /// Puts other listeners in the place of those that are open. What is the same stays untouched,
  /// and every port that is needed still stays open: one that is wanted at another address is open
  /// there before it is closed where it was. Connections stay with the listener that they came to.
  ///
  /// @param wanted the listeners that there are to be
  /// @param port the port to bind for each, or 0 for any that is free
  /// @throws BindFailure if a port cannot be opened; then all is as it was
  public Change change(List<ListenerSpec> wanted, ToIntFunction<ListenerSpec> port) {
    Map<Integer, Port> known = ports.stream().collect(toMap(one -> one.spec().port(), one -> one));
    List<Port> newcomers = new ArrayList<>();
    List<Port> moved = new ArrayList<>();
    try {
      for (ListenerSpec spec : wanted) {
        Port open = known.get(spec.port());
        if (open == null) {
          newcomers.add(opened(spec, port.applyAsInt(spec)));
        } else if (!address(open.spec()).equals(address(spec))) {
          moved.add(open);
          open.isShared(true);
          newcomers.add(opened(spec, open.number(), true));
        }
      }
    } catch (RuntimeException failure) {
      newcomers.forEach(Port::close);
      moved.forEach(one -> one.isShared(false));
      throw failure;
    }
    Map<String, ListenerSpec> before =
        ports.stream().map(Port::spec).collect(toMap(ListenerSpec::name, spec -> spec));
    List<Port> all = new ArrayList<>(newcomers);
    for (ListenerSpec spec : wanted) {
      Port same = known.get(spec.port());
      if (same != null && !moved.contains(same)) {
        known.remove(spec.port());
        all.add(same);
        if (!same.spec().equals(spec)) {
          same.become(behind(spec));
        }
      }
    }
    moved.forEach(Port::drain);
    known.values().forEach(Port::close);
    newcomers.forEach(one -> one.isShared(false));
    all.sort(comparingInt(one -> one.spec().port()));
    ports = List.copyOf(all);
    return Change.between(before, wanted);
  }

  private Port opened(ListenerSpec spec, int number) {
    return opened(spec, number, false);
  }

  /// Opens a port.
  ///
  /// @param isShared whether it is open already at another address, which may be one of the same
  private Port opened(ListenerSpec spec, int number, boolean isShared) {
    Port port = new Port(behind(spec));
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(Port.SHARED, isShared)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .handler(new AcceptGate(loops, addresses, port, probes, connectionsMax, connections))
            .childHandler(port)
            .bind(new InetSocketAddress(address(spec), number))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new BindFailure(problem(spec, number, bound.cause()), bound.cause());
    }
    port.bound(bound.channel());
    return port;
  }

  private Port.Behind behind(ListenerSpec spec) {
    TlsDoor tls =
        spec.tls() == null
            ? null
            : new TlsDoor(
                spec.tls(),
                spec.transport().protocols(),
                certificates,
                refusals.at(spec.name()),
                loops.aside());
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
            new HttpStages(spec.transport() == Transport.OPERATOR ? operators : site, spec.http()),
            new Directions(this::endpoints));
    return new Port.Behind(spec, tls, proxy, pipeline, Proof.PENDING);
  }

  /// What follows the port in its URL.
  private static String path(ListenerSpec spec) {
    return switch (spec.transport()) {
      case TCP, EVERYTHING -> "";
      case WEBSOCKET -> spec.websocketPaths().getFirst();
      case HTTP -> "/";
      case OPERATOR -> "/api/v1/bans";
    };
  }

  /// Shows what is new among the certificates to all who connect from now on. Any thread.
  ///
  /// @param names which are new
  public void renewed(Set<String> names) {
    ports.stream().map(Port::tls).filter(Objects::nonNull).forEach(door -> door.renewed(names));
  }

  /// Lets what clients keep of their TLS sessions from now on be encrypted by another key. Any
  /// thread.
  public void rotateTicketKeys() {
    ports.stream().map(Port::tls).filter(Objects::nonNull).forEach(TlsDoor::rotateTicketKeys);
  }

  /// Connects to each listener with TLS that was not tested yet, and sees whether it has the one
  /// fault that its file says and no other; from then on its endpoint says what came of it. Blocks,
  /// for some seconds.
  ///
  /// @return the endpoints that were tested
  public List<Endpoint> prove() {
    SelfTest test = new SelfTest(certificates, probes);
    List<Endpoint> tested = new ArrayList<>();
    for (Port port : ports) {
      ListenerSpec spec = port.spec();
      if (spec.tls() != null
          && port.isOpen()
          && port.proof().equals(Proof.PENDING)
          && !Thread.currentThread().isInterrupted()) {
        ProbeTargets.make(certificates, spec.tls());
        var where = new InetSocketAddress(reachable(spec), port.number());
        Proof proof = test.prove(spec, spec.tls(), where);
        if (port.isOpen()) { // Otherwise it tells only that it was closed meanwhile.
          port.proved(spec, proof);
          tested.add(endpoint(port));
        }
      }
    }
    return tested;
  }

  /// What a client is to find at each open listener, and who is told of its connections. Any
  /// thread.
  ///
  /// @param certified what it shows where a certificate is asked for
  /// @param token what it shows where a token is asked for
  public List<ProbeTarget> targets(Supplier<Login> certified, Supplier<Login> token) {
    ProbeTargets targets = new ProbeTargets(certificates, certified, token);
    return ports.stream()
        .map(port ->
            targets.of(port.spec(), addresses(port.spec()), port.number(), path(port.spec())))
        .toList();
  }

  /// Where this process finds a listener that takes anonymous clients by TCP without TLS, or null.
  /// Any thread.
  public @Nullable InetSocketAddress door() {
    return ports.stream()
        .filter(port -> port.spec().transport() == Transport.TCP && port.spec().tls() == null)
        .filter(port -> port.spec().limits().anonymous())
        .findFirst()
        .map(port -> new InetSocketAddress(reachable(port.spec()), port.number()))
        .orElse(null);
  }

  /// Who is told of the connections that the server opens to itself.
  public OwnConnections own() {
    return probes;
  }

  /// The addresses at which this process reaches a port: of each family that it is open for.
  private List<InetAddress> addresses(ListenerSpec spec) {
    List<InetAddress> all = new ArrayList<>(List.of(reachable(spec)));
    if (address(spec).isAnyLocalAddress() && Loopback.hasIpv6()) {
      all.add(Loopback.IPV6);
    }
    return all;
  }

  /// The names of the listeners that do not answer: their port is not open, or their loops are
  /// stuck. Blocks, for a moment if all is well; any thread.
  public List<String> unanswered() {
    Map<String, Future<Boolean>> answers = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Port port : ports) {
        var knock = new InetSocketAddress(reachable(port.spec()), port.number());
        answers.put(port.spec().name(), threads.submit(() -> Knock.isAnswered(knock, probes)));
      }
    }
    return answers.entrySet().stream()
        .filter(answer -> !answer.getValue().resultNow())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// An address at which this process reaches the ports.
  private InetAddress reachable(ListenerSpec spec) {
    InetAddress at = address(spec);
    return at.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : at;
  }

  /// Who does the work of TLS, in words: `BoringSSL`, `the JDK` where there is no library of it, or
  /// both where there are listeners for which BoringSSL will not do.
  public String tlsProvider() {
    List<String> others = new ArrayList<>();
    for (Port port : ports) {
      ListenerSpec spec = port.spec();
      TlsSpec tls = spec.tls();
      if (tls != null
          && tls.certificates().stream()
              .anyMatch(name -> TlsEntrance.needsJdk(tls, certificates.recipe(name).key()))) {
        others.add(spec.name());
      }
    }
    String usual = TlsEntrance.provider();
    return others.isEmpty() || usual.equals(TlsEntrance.JDK)
        ? usual
        : usual + ", of " + String.join(", ", others) + " by " + TlsEntrance.JDK;
  }

  /// Whether what an authority says of its certificate is shown with that (OCSP stapling). The JDK
  /// would ask it by itself, within a handshake.
  public static boolean isStapling() {
    return !TlsEntrance.provider().equals(TlsEntrance.JDK);
  }

  /// How many connections each listener has, by its name. Any thread.
  public Map<String, Integer> connections() {
    return ports.stream().collect(toMap(port -> port.spec().name(), Port::connections));
  }

  /// How many TLS handshakes are under way. Any thread.
  public int pendingHandshakes() {
    return handshakes.pending();
  }

  /// The open listeners, by port.
  public List<Endpoint> endpoints() {
    return ports.stream().map(this::endpoint).toList();
  }

  /// A port as clients find it: with whom they are to trust, and the host that its certificate is
  /// for, where a public authority has said so.
  private Endpoint endpoint(Port port) {
    ListenerSpec spec = port.spec();
    InetAddress at = address(spec);
    String host = at.isAnyLocalAddress() ? "localhost" : at.getHostAddress();
    Endpoint.Tls tls = null;
    if (spec.tls() != null) {
      String name = spec.tls().certificate();
      host = certificates.publicHost(name).orElse(host);
      Path caFile = certificates.trusted(name).map(Root::file).orElse(null);
      tls = new Endpoint.Tls(name, caFile, port.proof());
    }
    return new Endpoint(
        spec.name(),
        spec.summary(),
        spec.explanation(),
        spec.transport(),
        spec.expect(),
        tls,
        host,
        port.number(),
        path(spec),
        auth(spec));
  }

  /// Closes all ports; connections stay.
  @Override
  public void close() {
    ports.forEach(Port::close);
  }

  /// Where a listener is opened.
  private InetAddress address(ListenerSpec spec) {
    InetAddress own = spec.bind().isEmpty() ? null : Networks.address(spec.bind());
    return own == null ? address : own;
  }

  private static Auth auth(ListenerSpec spec) {
    if (spec.transport() == Transport.OPERATOR) {
      return Auth.TOKEN;
    }
    if (spec.tls() != null && spec.tls().clients() == Clients.REQUIRED) {
      return Auth.CERTIFICATE;
    }
    if (spec.limits().anonymous()) {
      return Auth.ANONYMOUS;
    }
    return switch (spec.limits().users()) {
      case TOKENS -> Auth.JWT;
      case SCRAM -> Auth.SCRAM;
      default -> Auth.PASSWORD;
    };
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
          spec.bind().isEmpty() ? new Place("--bind", 0) : spec.portPlace(),
          "this machine does not have the address " + address(spec).getHostAddress(),
          "Leave " + (spec.bind().isEmpty() ? "--bind" : "'bind'") + " out for all addresses.");
    }
    return new ConfigurationProblem(
        spec.portPlace(), "port " + port + " cannot be opened: " + words, "");
  }
}
