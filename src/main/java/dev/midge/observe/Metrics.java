package dev.midge.observe;

import dev.midge.acme.AcmeStatus;
import dev.midge.acme.StatusResult;
import dev.midge.broker.Broker;
import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.broker.Histogram;
import dev.midge.broker.Tally;
import dev.midge.certs.Certificates;
import dev.midge.certs.ClientRefusal;
import dev.midge.packet.ReasonCode;
import dev.midge.probe.ProbeRound;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// All that is counted, as Prometheus reads it. Nothing is made before the first scrape, and
/// nothing is done between two of them: a server that nobody watches does not pay for it. Any
/// thread.
public final class Metrics implements AutoCloseable {

  private static final String STRAYS = "STRAYS_OF_";

  /// What is told.
  ///
  /// @param version the version of this program
  /// @param broker what the loops counted, and how much there is
  /// @param connections why clients were not let in
  /// @param refusals what came of TLS, and which certificates of clients were refused
  /// @param certificates the server's own certificates
  /// @param open how many connections each listener has, by its name
  /// @param handshakes how many TLS handshakes are under way
  /// @param acme how it stands with the public authority
  /// @param statuses how often this came of asking it whether its certificate is revoked
  /// @param storeBytes how much of the disk the store takes
  /// @param storeBytesMax how much it may take
  /// @param probes what came of the latest look at all listeners
  public record Sources(
      String version,
      Broker broker,
      ConnectionLog connections,
      RefusalLog refusals,
      Certificates certificates,
      Supplier<Map<String, Integer>> open,
      IntSupplier handshakes,
      Supplier<Optional<AcmeStatus>> acme,
      ToLongFunction<StatusResult> statuses,
      LongSupplier storeBytes,
      LongSupplier storeBytesMax,
      Supplier<ProbeRound> probes) {}

  private final Sources sources;
  private @Nullable Registry registry;

  public Metrics(Sources sources) {
    this.sources = sources;
  }

  /// Everything, in the text format of Prometheus.
  public synchronized String scrape() {
    if (registry == null) {
      registry = new Registry(sources);
    }
    return registry.scrape();
  }

  /// Forgets everything.
  @Override
  public synchronized void close() {
    if (registry != null) {
      registry.close();
    }
  }

  /// What is made at the first scrape.
  private static final class Registry {
    private final PrometheusMeterRegistry registry =
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Sources sources;
    private final MultiGauge connections;
    private final MultiGauge certificates;

    Registry(Sources sources) {
      this.sources = sources;
      this.connections =
          MultiGauge.builder("midge.connections")
              .description("Open connections by listener")
              .register(registry);
      this.certificates =
          MultiGauge.builder("midge.certificate.not.after")
              .description("When each certificate of the server that is in use ends, in Unix time")
              .baseUnit("seconds")
              .register(registry);
      Gauge.builder("midge.info", () -> 1)
          .description("Which version this is")
          .tag("version", sources.version)
          .register(registry);
      addCounters();
      addTimes();
      registry.getPrometheusRegistry().register(new LaneMetrics(sources.broker));
      registry.getPrometheusRegistry().register(sources.refusals.handshakes());
      registry.getPrometheusRegistry().register(new ProbeMetrics(sources.probes));
      addRefusals();
      addState();
      addAcme();
      Gauge.builder("process.resident.memory", ProcessMemory::residentBytes)
          .description("The memory of the machine that the process has")
          .baseUnit("bytes")
          .register(registry);
      new JvmMemoryMetrics().bindTo(registry);
      collections.bindTo(registry);
      new JvmThreadMetrics().bindTo(registry);
      new ProcessorMetrics().bindTo(registry);
      new FileDescriptorMetrics().bindTo(registry);
      new UptimeMetrics().bindTo(registry);
    }

    String scrape() {
      connections.register(
          rows(sources.open.get().entrySet(), "listener", Map.Entry::getKey, Map.Entry::getValue),
          true);
      certificates.register(
          rows(
              sources.certificates.inUse(),
              "name",
              Certificates.InUse::name,
              inUse -> inUse.certificate().getNotAfter().toInstant().getEpochSecond()),
          true);
      return registry.scrape();
    }

    void close() {
      collections.close();
      registry.close();
    }

    private static <T> Iterable<Row<?>> rows(
        Iterable<T> all, String tag, Function<T, String> name, ToDoubleFunction<T> value) {
      List<Row<?>> rows = new ArrayList<>();
      for (T one : all) {
        rows.add(Row.of(Tags.of(tag, name.apply(one)), value.applyAsDouble(one)));
      }
      return rows;
    }

    /// A new counter needs nothing here: its name is that of its constant.
    private void addCounters() {
      for (Counter counter : Counter.values()) {
        if (counter == Counter.CONNECTS_REFUSED) {
          continue; // By reason.
        }
        String name = counter.name();
        ToDoubleFunction<Broker> sum = broker -> Tally.sum(broker.tallies(), counter);
        if (name.startsWith(STRAYS)) {
          FunctionCounter.builder("midge.wrong.protocol", sources.broker, sum)
              .description("Connections that spoke something else than their port, by what it was")
              .tag("spoken", lower(name.substring(STRAYS.length())))
              .register(registry);
        } else {
          FunctionCounter.builder("midge." + lower(name).replace('_', '.'), sources.broker, sum)
              .description(sentence(name))
              .register(registry);
        }
      }
      for (Drop drop : Drop.values()) {
        FunctionCounter.builder(
                "midge.messages.dropped",
                sources.broker,
                broker -> Tally.sum(broker.tallies(), drop))
            .description("Messages that did not reach somebody, by the reason")
            .tag("reason", lower(drop.name()))
            .register(registry);
      }
    }

    private void addTimes() {
      time("midge_route", "How long giving a message to its receivers took", Tally::routing);
      time("midge_store", "How long the store took to keep what was promised", Tally::storing);
      time("midge_loop_lag", "How late event loops were for their tick", Tally::lag);
    }

    private void time(String name, String help, Function<Tally, Histogram> histogram) {
      registry
          .getPrometheusRegistry()
          .register(
              new TimeMetrics(name, help, () -> Tally.sum(sources.broker.tallies(), histogram)));
    }

    private void addRefusals() {
      for (ReasonCode reason : ReasonCode.values()) {
        FunctionCounter.builder(
                "midge.connects.refused", sources.connections, log -> log.refusals(reason))
            .description("Connections that ended before a client was let in, by the reason")
            .tag("reason", lower(reason.name()))
            .register(registry);
      }
      for (ClientRefusal reason : ClientRefusal.values()) {
        FunctionCounter.builder(
                "midge.client.certificates.refused", sources.refusals, log -> log.count(reason))
            .description("Clients that were refused for their certificates, by the reason")
            .tag("reason", reason.toString())
            .register(registry);
      }
    }

    private void addState() {
      gauge("midge.sessions", "Sessions, connected or not", sources.broker::sessionCount);
      gauge("midge.subscriptions", "Subscriptions", sources.broker::subscriptionCount);
      gauge("midge.retained.messages", "Retained messages", sources.broker::retainedCount);
      sum("midge.messages.queued", "Messages that wait for clients", Tally::queued);
      sum("midge.messages.inflight", "Messages not acknowledged to the end", Tally::inflight);
      gauge(
          "midge.handshakes.pending",
          "TLS handshakes under way",
          () -> sources.handshakes.getAsInt());
      Gauge.builder("midge.store.used", sources.storeBytes::getAsLong)
          .description("What the store takes of the disk")
          .baseUnit("bytes")
          .register(registry);
      Gauge.builder("midge.store.max", sources.storeBytesMax::getAsLong)
          .description("What the store may take of the disk")
          .baseUnit("bytes")
          .register(registry);
    }

    private void sum(String name, String description, ToLongFunction<Tally> figure) {
      gauge(name, description, () -> sources.broker.tallies().stream().mapToLong(figure).sum());
    }

    private void addAcme() {
      if (sources.acme.get().isEmpty()) {
        return;
      }
      for (StatusResult result : StatusResult.values()) {
        FunctionCounter.builder(
                "midge.ocsp.answers", sources.statuses, count -> count.applyAsLong(result))
            .description("What a public authority said of its certificate when it was asked")
            .tag("answer", lower(result.name()))
            .register(registry);
      }
      acme(
          "midge.acme.ordering",
          "Whether a certificate is being ordered",
          status -> status.isOrdering() ? 1 : 0);
      acme(
          "midge.acme.failures",
          "Attempts to get a certificate that failed since the last one that did not",
          AcmeStatus::failures);
      Gauge.builder("midge.acme.next", () -> acme(status -> status.next().getEpochSecond()))
          .description("When the next order is due, in Unix time")
          .baseUnit("seconds")
          .register(registry);
    }

    private void acme(String name, String description, ToDoubleFunction<AcmeStatus> value) {
      gauge(name, description, () -> acme(value));
    }

    private double acme(ToDoubleFunction<AcmeStatus> value) {
      return sources.acme.get().map(value::applyAsDouble).orElse(Double.NaN);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
      Gauge.builder(name, value).description(description).register(registry);
    }

    private static String lower(String name) {
      return name.toLowerCase(Locale.ROOT);
    }

    /// A constant's name in words.
    private static String sentence(String name) {
      String words = lower(name).replace('_', ' ');
      return Character.toUpperCase(words.charAt(0)) + words.substring(1) + " since the start";
    }
  }
}
