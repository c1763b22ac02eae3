package dev.midge;

import dev.midge.acme.AcmeSettings;
import dev.midge.acme.AcmeStatus;
import dev.midge.auth.AccessControl;
import dev.midge.auth.Tokens;
import dev.midge.broker.Authenticator;
import dev.midge.broker.Broker;
import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.broker.Limits;
import dev.midge.broker.Tally;
import dev.midge.certs.CertificateFailure;
import dev.midge.certs.Certificates;
import dev.midge.certs.Recipe;
import dev.midge.certs.RecipeFiles;
import dev.midge.config.InvalidConfiguration;
import dev.midge.config.Place;
import dev.midge.config.Problems;
import dev.midge.limit.Addresses;
import dev.midge.listener.BindFailure;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Endpoint.Proof;
import dev.midge.listener.EndpointFiles;
import dev.midge.listener.LimitTable;
import dev.midge.listener.ListenerSpec;
import dev.midge.listener.Listeners;
import dev.midge.listener.LoadedListeners;
import dev.midge.listener.NettyLoops;
import dev.midge.listener.Site;
import dev.midge.observe.BanLog;
import dev.midge.observe.ConnectionLog;
import dev.midge.observe.Metrics;
import dev.midge.observe.RefusalLog;
import dev.midge.probe.Courier;
import dev.midge.store.RocksStore;
import dev.midge.store.StoreFailure;
import dev.midge.web.LazySite;
import dev.midge.web.WebSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// A running server: all rooms wired, without Quarkus and without a command line, so that a test
/// starts one as the program does. Started and closed by one thread.
public final class Server implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger("dev.midge.server");

  /// The name of the recipe of who signs for clients, below the root that they trust.
  private static final String AUTHORITY = "intermediate";

  /// How long the end may wait for what clients are still to be told.
  private static final int PATIENCE_SECONDS = 2;

  private final DataFolder data;
  private boolean isClosed;
  private final RocksStore store;
  private final EndpointFiles endpointFiles;
  private final NettyLoops loops;
  private final Tokens tokens;
  private final AccessControl access;
  private final Broker broker;
  private final Certificates certificates;
  private final Listeners listeners;
  private final CertificateRenewal renewal;
  private final MemoryWatch memory;
  private final Addresses addresses;
  private final OperatorPort operator;
  private final Metrics metrics;
  private final Reporting reporting;
  private volatile boolean isStarted;
  private final ServeSettings settings;
  private volatile Configuration configuration;

  private Server(
      DataFolder data,
      RocksStore store,
      Configuration configuration,
      InetAddress address,
      ServeSettings settings,
      @Nullable Authenticator authenticator,
      Machine machine) {
    LoadedListeners loaded = configuration.listeners();
    this.settings = settings;
    this.configuration = configuration;
    this.tokens = new Tokens(data.path().resolve("tokens"));
    this.access = new AccessControl(configuration.access(), tokens);
    this.data = data;
    this.store = store;
    this.endpointFiles = new EndpointFiles(data.path());
    this.loops = new NettyLoops(loaded.loops(), loaded.inboundBytesMax(), loaded.bytesOut());
    ConnectionLog connectionLog = new ConnectionLog();
    RefusalLog refusalLog = new RefusalLog();
    this.broker =
        new Broker(
            loops.all(),
            new Broker.Ports(
                loaded.serverLimits(),
                authenticator == null ? this.access : authenticator,
                this.access,
                store,
                connectionLog,
                new SecureRandom()));
    this.certificates =
        new Certificates(
            data.path().resolve("certs"), configuration.recipes(), hosts(settings, address));
    this.addresses = new Addresses(loaded.addresses(), machine.nanoClock(), new BanLog());
    addresses.bans().ofFile(configuration.bans());
    addresses.bans().whenMore(() -> loops.endBanned(addresses));
    this.operator = new OperatorPort(data.path(), addresses, broker.inspection(), this::reload);
    this.listeners =
        new Listeners(
            loops,
            addresses,
            address,
            certificates,
            refusalLog,
            new LazySite(this::site),
            operator.site(),
            loaded.connectionsMax(),
            loaded.handshakes());
    ListenerWatch watch = new ListenerWatch(listeners, certificates, AUTHORITY, tokens);
    this.reporting = new Reporting(broker, watch, machine.nanoClock());
    this.memory = new MemoryWatch(broker, machine.memoryFullness());
    this.renewal = new CertificateRenewal(certificates, listeners, this::rewriteEndpoints);
    this.metrics =
        new Metrics(
            new Metrics.Sources(
                Version.number(),
                broker,
                connectionLog,
                refusalLog,
                certificates,
                listeners::connections,
                listeners::pendingHandshakes,
                renewal::acme,
                renewal::count,
                store::usedBytes,
                store::usedBytesMax,
                watch::latest));
  }

  /// Starts a server and returns when every listener accepts and the endpoint files are written.
  ///
  /// @throws StartFailure if the data folder, what is in it or a port cannot be had; then nothing
  ///   is left open
  /// @throws InvalidConfiguration if a certificate has no recipe, or a wrong one
  public static Server start(ServeSettings settings, Configuration configuration) {
    return start(settings, configuration, null);
  }

  /// The same, with somebody to decide who clients are, instead of the accounts.
  public static Server start(
      ServeSettings settings, Configuration configuration, @Nullable Authenticator authenticator) {
    return start(settings, configuration, authenticator, Machine.THIS);
  }

  /// The same, on a machine of its own.
  public static Server start(
      ServeSettings settings,
      Configuration configuration,
      @Nullable Authenticator authenticator,
      Machine machine) {
    return start(settings, configuration, authenticator, machine, () -> {});
  }

  /// The same, with something to do before each step; if that throws, the start is given up, and
  /// nothing is left open.
  static Server start(
      ServeSettings settings,
      Configuration configuration,
      @Nullable Authenticator authenticator,
      Machine machine,
      Runnable beforeEachStep) {
    InetAddress address = address(settings.bind());
    Problems problems = new Problems();
    requirePublicRecipe(settings, configuration.recipes(), problems);
    problems.throwIfAny();
    beforeEachStep.run();
    DataFolder data = DataFolder.take(settings.data());
    Backup.takeUp(data);
    long openNanos = System.nanoTime();
    Server server =
        new Server(
            data,
            openStore(data, configuration.listeners().storeBytesMax()),
            configuration,
            address,
            settings,
            authenticator,
            machine);
    try {
      server.open(configuration.listeners().listeners(), openNanos, beforeEachStep);
      return server;
    } catch (BindFailure | StoreFailure | CertificateFailure e) {
      server.close();
      throw new StartFailure(e.getMessage(), e);
    } catch (IOException e) {
      server.close();
      throw new StartFailure(settings.data() + ": cannot be written (" + e + ").", e);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /// The open listeners, by port.
  public List<Endpoint> endpoints() {
    return listeners.endpoints();
  }

  /// How many messages were dropped for this reason since the start.
  public long count(Drop drop) {
    return Tally.sum(broker.tallies(), drop);
  }

  /// How often something has happened since the start.
  public long count(Counter counter) {
    return Tally.sum(broker.tallies(), counter);
  }

  /// All that is counted, in the text format of Prometheus.
  public String metrics() {
    return metrics.scrape();
  }

  /// Whether all event loops turn. Blocks until they have, for two seconds at most.
  boolean turns() {
    return loops.turn(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
  }

  /// Who does the work of TLS, in words.
  public String tlsProvider() {
    return listeners.tlsProvider();
  }

  /// How many TLS handshakes are under way.
  public int pendingHandshakes() {
    return listeners.pendingHandshakes();
  }

  /// Tests each listener with TLS that was not tested yet, and tells the log and the endpoint files
  /// what came of it. Blocks, for some seconds.
  ///
  /// @return the endpoints that were tested
  public List<Endpoint> proveListeners() {
    List<Endpoint> tested = listeners.prove();
    long failed = 0;
    for (Endpoint endpoint : tested) {
      Proof proof = Objects.requireNonNull(endpoint.tls()).proof();
      if (!proof.equals(Proof.PASSED)) {
        failed++;
        LOG.errorf("%s is not as its file says: %s", endpoint.name(), proof.detail());
      }
    }
    if (!tested.isEmpty()) {
      LOG.infof(
          "tested listeners with TLS: %d as they should be, %d not",
          tested.size() - failed, failed);
      rewriteEndpoints();
    }
    return tested;
  }

  private synchronized void rewriteEndpoints() {
    if (!isClosed) { // Nobody is to find files of a server that is gone.
      try {
        endpointFiles.write(listeners.endpoints());
      } catch (IOException e) {
        LOG.errorf(e, "the endpoint files could not be written");
      }
    }
  }

  private synchronized void removeEndpoints() throws IOException {
    isClosed = true;
    endpointFiles.remove();
  }

  /// Goes over to another configuration: listeners are opened, changed and closed, and other
  /// accounts and rules hold for clients that are connected, too. Connections stay, but for those
  /// of listeners that are no more. Returns when all that holds.
  ///
  /// @return what cannot be changed before the next start
  /// @throws BindFailure if a port cannot be opened; then nothing has changed
  /// @throws StartFailure if there is to be a port of the operator, but others know the token; then
  ///   nothing has changed either
  /// @throws InvalidConfiguration if a certificate is wanted whose recipe came after the start
  public synchronized List<String> reload(Configuration next) {
    Problems problems = new Problems();
    next.listeners().requireCertificates(RecipeFiles.forServers(configuration.recipes()), problems);
    problems.throwIfAny();
    operator.requireToken(next.listeners().listeners());
    Listeners.Change change = listeners.change(next.listeners().listeners(), settings::port);
    broker.closed(Set.copyOf(change.closed()));
    addresses.become(next.listeners().addresses());
    addresses.bans().ofFile(next.bans());
    access.replace(next.access(), next.listeners().policies());
    broker.reviewAccess().toCompletableFuture().join();
    List<String> later = next.restartsFor(configuration);
    configuration = configuration.with(next);
    rewriteEndpoints();
    LOG.infof(
        "took up the configuration: opened %s, changed %s, closed %s",
        change.opened(), change.changed(), change.closed());
    return later;
  }

  /// The same with the configuration as it is in its files now.
  private List<String> reload() {
    return reload(Configuration.read(settings.files()));
  }

  /// How things stand with the public authority, if one is asked for a certificate.
  public Optional<AcmeStatus> acme() {
    return renewal.acme();
  }

  /// Renews the certificates that are due by this time, as the server does by itself every hour.
  public void renewCertificates(Instant by) {
    renewal.renewAll(by);
  }

  /// Looks whether memory is short, as the server does by itself all the time.
  public void lookAtMemory() {
    memory.look();
  }

  /// Publishes what there is to say under `$SYS`, as the server does by itself every few seconds.
  public void publishFigures() {
    reporting.publishFigures();
  }

  /// Writes down how the server is, and which of its listeners answer, as it does by itself every
  /// few seconds.
  public void lookAtItself() {
    reporting.sample();
    reporting.lookAtListeners();
  }

  private Site site() {
    return new WebSite(
        new WebSite.Matter(
            Version.number(),
            listeners::endpoints,
            certificates,
            AUTHORITY,
            renewal,
            renewal,
            new OwnTokens(tokens),
            this::metrics,
            () -> LimitTable.of(configuration.listeners()),
            addresses,
            new WebSite.Health(() -> isStarted, listeners::unanswered),
            reporting.watched(),
            () -> configuration.listeners().broadcasts().contact(),
            () -> configuration.access().accountNames(),
            new Courier(listeners.own(), listeners::door, new SecureRandom())));
  }

  /// Tells all clients that the server stops, lets them go, and leaves nothing open.
  @Override
  public void close() {
    try (data;
        store;
        metrics) {
      removeEndpoints();
      reporting.close();
      renewal.close();
      memory.close();
      listeners.close();
      broker
          .shutDown()
          .toCompletableFuture()
          .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
      loops.close();
      access.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void open(List<ListenerSpec> specs, long openNanos, Runnable beforeEachStep)
      throws IOException {
    endpointFiles.remove();
    beforeEachStep.run();
    settings.root().ifPresent(this::bringIn);
    operator.requireToken(specs);
    operator.open();
    restore(specs, openNanos);
    reporting.open(data.path().resolve("history"));
    loops.start(broker);
    askForPublicCertificate(specs);
    for (ListenerSpec spec : specs) {
      beforeEachStep.run();
      listeners.open(spec, settings.port(spec));
    }
    endpointFiles.write(listeners.endpoints());
    renewal.start();
    memory.start();
    reporting.start(configuration.listeners().broadcasts());
    isStarted = true;
  }

  private void bringIn(ServeSettings.Root root) {
    if (!certificates.has(AUTHORITY)) {
      throw new StartFailure("--ca-cert: there is no recipe '" + AUTHORITY + "' to be under it.");
    }
    boolean _ =
        certificates.replaceRoot(
            AUTHORITY, Optional.of(root.files()), Duration.ofDays(root.overlapDays()));
  }

  private static List<String> hosts(ServeSettings settings, InetAddress address) {
    Stream<String> own =
        address.isAnyLocalAddress() ? Stream.of() : Stream.of(address.getHostAddress());
    return Stream.concat(settings.domains().stream(), own).toList();
  }

  private static void requirePublicRecipe(
      ServeSettings settings, Map<String, Recipe> recipes, Problems problems) {
    if (settings.acme() != null && RecipeFiles.ofPublic(recipes).isEmpty()) {
      problems.add(
          new Place("--acme-directory", 0),
          "no recipe in " + settings.files().certs() + " has the key 'acme'",
          "A recipe with 'acme: true' says where the certificate belongs.");
    }
  }

  /// A certificate that no listener shows is not asked for.
  private void askForPublicCertificate(List<ListenerSpec> specs) {
    AcmeSettings acme = settings.acme();
    Recipe recipe = RecipeFiles.ofPublic(configuration.recipes()).orElse(null);
    if (acme != null
        && recipe != null
        && specs.stream()
            .map(ListenerSpec::tls)
            .anyMatch(tls -> tls != null && tls.certificate().equals(recipe.name()))) {
      renewal.ask(acme, recipe, data.path().resolve("acme"));
    }
  }

  /// Sessions of a listener that is no more get the limits of the first one.
  private void restore(List<ListenerSpec> specs, long openNanos) {
    Map<String, Limits> limits = new HashMap<>();
    specs.forEach(spec -> limits.put(spec.name(), spec.limits()));
    Limits others = specs.getFirst().limits();
    broker.restore(name -> limits.getOrDefault(name, others), addresses::known);
    if (broker.sessionCount() > 0) {
      LOG.infof(
          "took up %d sessions; the store was open after %d ms",
          broker.sessionCount(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - openNanos));
    }
    long left =
        Tally.sum(broker.tallies(), Drop.RETAINED_MESSAGES)
            + Tally.sum(broker.tallies(), Drop.RETAINED_BYTES);
    if (left > 0) {
      LOG.warnf(
          "%d retained messages are more than the limits allow; they stay on disk and are not sent",
          left);
    }
  }

  private static RocksStore openStore(DataFolder data, long usedBytesMax) {
    try {
      return RocksStore.open(data.path().resolve("store"), usedBytesMax);
    } catch (StoreFailure e) {
      data.close();
      throw new StartFailure(e.getMessage(), e);
    }
  }

  private static InetAddress address(String bind) {
    if (bind.isEmpty()) {
      return new InetSocketAddress(0).getAddress();
    }
    try {
      return InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      throw new StartFailure(
          "--bind: there is no address '" + bind + "'. Leave --bind out for all addresses.", e);
    }
  }
}
