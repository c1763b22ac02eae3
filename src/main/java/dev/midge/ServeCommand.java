package dev.midge;

import dev.midge.acme.AcmeSettings;
import dev.midge.acme.Proof;
import dev.midge.certs.BroughtRoot;
import dev.midge.config.InvalidConfiguration;
import dev.midge.listener.Choice;
import dev.midge.listener.ListenerFiles;
import io.quarkus.runtime.Quarkus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `midge serve`: runs the server until it is told to stop.
@Command(
    name = "serve",
    description = "Runs the server until it is told to stop, by Ctrl+C or SIGTERM.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    defaultValueProvider = EnvironmentDefaults.class,
    showDefaultValues = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:stopped as it was told",
      "1:could not start: a port, an address or the data folder is not to be had",
      "2:wrong configuration: an option or a listener file"
    },
    footer = {
      "",
      "Each option may be set in the environment too: --port-offset as MIDGE_PORT_OFFSET, --data"
          + " as MIDGE_DATA, and so on. The command line wins."
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions files;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = ListenerFiles.LOCAL,
      description =
          "Whose settings take the place of the defaults: those of profiles/NAME.yaml in that"
              + " folder. 'local' is the defaults as they are, 'public' a server for strangers.")
  private String profile = ListenerFiles.LOCAL;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description =
          "The folder for what the server writes. Scripts find the open ports in its files"
              + " endpoints.json and endpoints.env.")
  private Path data;

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      description = "The address to open ports at; all of them, IPv4 and IPv6, if left out.")
  private @Nullable String bind;

  @Option(
      names = "--port",
      paramLabel = "NAME=PORT",
      split = ",",
      splitSynopsisLabel = ",",
      showDefaultValue = Visibility.NEVER,
      description = "Opens this listener at another port than its file says; once for each.")
  private Map<String, Integer> ports = new LinkedHashMap<>();

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "Adds N to each port.")
  private int portOffset;

  @Option(
      names = "--random-ports",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      paramLabel = "true|false",
      description = "Opens each listener at any free port.")
  private boolean randomPorts;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      splitSynopsisLabel = ",",
      showDefaultValue = Visibility.NEVER,
      description = "Opens these listeners only.")
  private Set<String> only = new LinkedHashSet<>();

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      split = ",",
      splitSynopsisLabel = ",",
      showDefaultValue = Visibility.NEVER,
      description = "A name that the world knows this server by; once for each.")
  private List<String> domains = new ArrayList<>();

  @Option(
      names = "--acme-directory",
      paramLabel = "URL",
      description =
          "The ACME directory that is asked for a certificate for these names: a URL, letsencrypt or"
              + " letsencrypt-staging. Its terms of service are taken for agreed.")
  private @Nullable String acmeDirectory;

  @Option(
      names = "--acme-email",
      paramLabel = "ADDR",
      description = "Where that authority can reach you.")
  private @Nullable String acmeEmail;

  @Option(
      names = "--acme-proof",
      paramLabel = "http-01|tls-alpn-01",
      defaultValue = "http-01",
      description =
          "How that authority sees that a name is yours: by the web site, which it must reach at port"
              + " 80, or by TLS, at port 443.")
  private String acmeProof = "http-01";

  @Option(
      names = "--acme-ca",
      paramLabel = "FILE",
      description =
          "Whom to trust behind that directory, as PEM; those that Java trusts, if left out.")
  private @Nullable Path acmeCa;

  @Option(
      names = "--ca-cert",
      paramLabel = "FILE",
      description =
          "The certificate of a root of your own, in PEM, to take the place of the one in the data"
              + " folder.")
  private @Nullable Path caCert;

  @Option(names = "--ca-key", paramLabel = "FILE", description = "Its key, in PEM.")
  private @Nullable Path caKey;

  @Option(
      names = "--ca-overlap-days",
      paramLabel = "N",
      defaultValue = "90",
      description =
          "How long clients that trust the root before it are still served; 0 is not at all.")
  private int caOverlapDays;

  @Option(
      names = "--log-format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How the log is written to standard error: lines to read, or JSON objects.")
  private LogFormat logFormat = LogFormat.text;

  /// How the log is written.
  private enum LogFormat {
    text,
    json
  }

  @Override
  public Integer call() {
    // Quarkus reads it when it starts; what is logged before that waits for it.
    System.setProperty("quarkus.log.console.json.enabled", "" + (logFormat == LogFormat.json));
    PrintWriter err = spec.commandLine().getErr();
    try {
      ServeSettings settings = settings();
      UntilStopped.run(process -> serve(settings, process));
      return ExitCode.OK;
    } catch (InvalidConfiguration e) {
      err.println(e.getMessage());
      return ExitCode.USAGE;
    } catch (StartFailure e) {
      err.println(e.getMessage());
      return ExitCode.SOFTWARE;
    }
  }

  private ServeSettings settings() {
    AcmeSettings acme =
        acmeDirectory == null
            ? null
            : AcmeSettings.of(acmeDirectory, acmeEmail == null ? "" : acmeEmail, domains, acmeCa)
                .by(Proof.of(acmeProof));
    return new ServeSettings(
        new Configuration.Source(
            files.listeners(), profile, files.certs(), new Choice(only, ports, portOffset)),
        data,
        bind == null ? "" : bind,
        randomPorts,
        acme == null ? AcmeSettings.names(domains) : acme.domains(),
        acme,
        root());
  }

  private Optional<ServeSettings.Root> root() {
    if (caCert == null && caKey == null) {
      return Optional.empty();
    }
    if (caCert == null || caKey == null || caOverlapDays < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--ca-cert and --ca-key belong together, and --ca-overlap-days is 0 or more.");
    }
    return Optional.of(new ServeSettings.Root(new BroughtRoot(caCert, caKey), caOverlapDays));
  }

  private void serve(ServeSettings settings, UntilStopped process) {
    Configuration configuration = Configuration.read(settings.files());
    try (Server server = Server.start(settings, configuration, null, Machine.THIS, process::goOn)) {
      process.started();
      try (ConfigurationWatch _ =
          ConfigurationWatch.start(settings.files(), next -> goOver(server, next))) {
        announce(server);
        testLater(server);
        try (ServiceWatch _ = ServiceWatch.start(System.getenv(), server::turns)) {
          awaitEnd();
        }
      }
    }
  }

  private static void awaitEnd() {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Quarkus.run(null, (_, cause) -> failure.set(cause));
    if (failure.get() != null) {
      throw new StartFailure("Quarkus could not start: " + failure.get(), failure.get());
    }
  }

  private static List<String> goOver(Server server, Configuration next) {
    List<String> later = server.reload(next);
    testLater(server);
    return later;
  }

  private static void testLater(Server server) {
    Thread.ofPlatform().daemon().name("self-test").start(server::proveListeners);
  }

  private void announce(Server server) {
    PrintWriter out = spec.commandLine().getOut();
    new EndpointTable(server.endpoints()).lines().forEach(out::println);
    out.println();
    out.println("Scripts find this in " + data.resolve("endpoints.json") + " and endpoints.env.");
    if (server.endpoints().stream().anyMatch(endpoint -> endpoint.tls() != null)) {
      out.println("TLS is done by " + server.tlsProvider() + ".");
    }
    out.flush();
  }
}
