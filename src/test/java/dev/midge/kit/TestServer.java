package dev.midge.kit;

import dev.midge.Configuration;
import dev.midge.Machine;
import dev.midge.ServeSettings;
import dev.midge.Server;
import dev.midge.acme.AcmeSettings;
import dev.midge.auth.AccessFile;
import dev.midge.broker.Authenticator;
import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.broker.Identity;
import dev.midge.broker.Limits;
import dev.midge.broker.Verdict;
import dev.midge.listener.Endpoint;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.Transport;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.ReasonCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A server in this process, on ports of its own, for the tests of one class: with the listener
/// files that Midge comes with, and more that a test asks for. Register it as a static extension.
public final class TestServer implements BeforeAllCallback, AfterAllCallback {
  private static final Path LISTENERS = Path.of("listeners");

  /// What it would publish by itself, no test but one of that expects.
  private final StringBuilder server =
      new StringBuilder("sys_seconds: 0\ndemo: false\nwatch_seconds: 0\n");

  private final Map<String, String> extra = new LinkedHashMap<>();
  private final StringBuilder addresses = new StringBuilder();
  private String policies = "";
  private String accounts = "";
  private Path folder = Path.of(".");
  private @Nullable Path parent;
  private @Nullable Server running;
  private @Nullable Authenticator authenticator;
  private LongSupplier nanoClock = System::nanoTime;
  private DoubleSupplier memoryFullness = Machine.THIS.memoryFullness();
  private int nextPort = 20_000;
  private @Nullable Supplier<AcmeSettings> acme;

  private TestServer() {}

  /// A server with Midge's own listeners.
  public static TestServer local() {
    return new TestServer();
  }

  /// Adds a TCP listener.
  ///
  /// @param yaml what its file says besides name, port, summary and expect
  public TestServer listener(String name, String yaml) {
    return listener(name, yaml, "");
  }

  /// The same, with more that it is expected to do.
  ///
  /// @param expect what its file says in `expect`, besides that it accepts clients
  public TestServer listener(String name, String yaml, String expect) {
    int port = nextPort++;
    extra.put(
        port + "-" + name + ".yaml",
        """
        name: %s
        port: %d
        summary: For tests.
        expect: { connect: accepted, %s }
        %s
        """
            .formatted(name, port, expect.isEmpty() ? "" : expect + ", verdict: accepted", yaml));
    return this;
  }

  /// Adds to the policies and accounts: an entry of each, or more, as the access file has them.
  public TestServer access(String policies, String accounts) {
    this.policies = policies.indent(2);
    this.accounts = accounts.indent(2);
    return this;
  }

  /// Puts other policies and accounts in the place of those, while the server runs.
  public void replaceAccess(String policies, String accounts) throws IOException {
    access(policies, accounts);
    writeAccess();
    reload();
  }

  /// Writes other policies and accounts in the place of those, for the next start.
  public void writeAccess(String policies, String accounts) {
    access(policies, accounts);
    try {
      writeAccess();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeAccess() throws IOException {
    String text = Files.readString(LISTENERS.resolve(AccessFile.NAME));
    Files.writeString(
        folder.resolve("listeners").resolve(AccessFile.NAME),
        text.replaceFirst("(?m)^policies:\n", Matcher.quoteReplacement("policies:\n" + policies))
            .replaceFirst("(?m)^accounts:\n", Matcher.quoteReplacement("accounts:\n" + accounts)));
  }

  /// Changes what all listeners share: `key: value` lines of the `server` block.
  public TestServer shared(String yaml) {
    return shared(yaml, server);
  }

  private TestServer shared(String yaml, StringBuilder block) {
    block.append(yaml).append('\n');
    return this;
  }

  /// Changes what one address may have: `key: value` lines of the `addresses` block. Nobody but
  /// these is exempt: 192.0.2.1.
  public TestServer addresses(String yaml) {
    return shared("exempt: [192.0.2.1]\n" + yaml, addresses);
  }

  /// Lets this tell the time by which rates are counted, in nanoseconds.
  public TestServer clock(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    return this;
  }

  /// Lets it write in a folder in this one.
  public TestServer in(Path parent) {
    this.parent = parent;
    return this;
  }

  /// Lets this tell how full the memory is, 0 to 1; [#server] is to look at it then.
  public TestServer memory(DoubleSupplier fullness) {
    this.memoryFullness = fullness;
    return this;
  }

  private Machine machine() {
    return new Machine(nanoClock, memoryFullness);
  }

  /// Lets this decide who clients are, instead of the accounts.
  public TestServer authenticating(Authenticator authenticator) {
    this.authenticator = authenticator;
    return this;
  }

  /// The same for all clients that prove nothing.
  public TestServer authenticating(Function<Connect, CompletionStage<ReasonCode>> judge) {
    return authenticating(
        new Authenticator() {
          @Override
          public CompletionStage<Verdict> prove(Limits limits, Connect connect) {
            return greet(limits, connect);
          }

          @Override
          public CompletionStage<Verdict> greet(Limits limits, Connect connect) {
            return judge
                .apply(connect)
                .thenApply(reason ->
                    reason.isError()
                        ? new Verdict.Refused(reason)
                        : new Verdict.Admitted(Identity.claimed(connect.userName())));
          }
        });
  }

  /// Lets it get a certificate from an ACME server.
  ///
  /// @param settings asked for at each start
  public TestServer acme(Supplier<AcmeSettings> settings) {
    this.acme = settings;
    return this;
  }

  /// The running server.
  public Server server() {
    return running();
  }

  /// The port of the plain TCP listener.
  public int port() {
    return port("plain");
  }

  /// The port of the listener with this name.
  public int port(String name) {
    return running().endpoints().stream()
        .filter(endpoint -> endpoint.name().equals(name))
        .mapToInt(Endpoint::port)
        .findFirst()
        .orElseThrow();
  }

  /// The folder of its listener files.
  public Path listeners() {
    return folder.resolve("listeners");
  }

  /// Where the server writes.
  public Path data() {
    return folder.resolve("data");
  }

  /// The certificate that clients are to trust.
  public Path caFile() {
    return folder.resolve("data/certs/ca.crt");
  }

  /// The open listeners.
  public List<Endpoint> endpoints() {
    return running().endpoints();
  }

  /// The open listeners that everybody is told of: all but the operator's.
  public List<Endpoint> publicEndpoints() {
    return endpoints().stream()
        .filter(endpoint -> endpoint.transport() != Transport.OPERATOR)
        .toList();
  }

  /// Lets the server test itself, and returns what it tested.
  public List<Endpoint> proveListeners() {
    return running().proveListeners();
  }

  /// How many messages were dropped for this reason since the start.
  public long count(Drop drop) {
    return running().count(drop);
  }

  /// How often something has happened since the start.
  public long count(Counter counter) {
    return running().count(counter);
  }

  /// Lets the certificates be renewed that are due by this time.
  public void renewCertificates(Instant by) {
    running().renewCertificates(by);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  /// Starts it, for a test that has one of its own.
  public void start() throws IOException {
    folder =
        parent == null
            ? Files.createTempDirectory("midge-test")
            : Files.createTempDirectory(parent, "midge-test");
    Path listeners = Files.createDirectory(folder.resolve("listeners"));
    try (var files = Files.newDirectoryStream(LISTENERS, "*.yaml")) {
      for (Path file : files) {
        Files.copy(file, listeners.resolve(file.getFileName().toString()));
      }
    }
    for (var file : extra.entrySet()) {
      Files.writeString(listeners.resolve(file.getKey()), file.getValue());
    }
    writeAccess();
    overrideShared(listeners.resolve("defaults.yaml"));
    running = open();
  }

  /// Stops the server and starts it again on its data, on other ports.
  public void restart() {
    restart(() -> {});
  }

  /// The same, with something that is to happen while it is down.
  public void restart(Runnable meanwhile) {
    running().close();
    running = null;
    meanwhile.run();
    running = open();
  }

  /// The same, being down for so long.
  public void restartAfter(Duration time) {
    restart(() -> {
      long end = System.currentTimeMillis() + time.toMillis();
      while (System.currentTimeMillis() < end) {
        LockSupport.parkUntil(end);
      }
    });
  }

  private Server open() {
    ServeSettings settings = new ServeSettings(source(), folder.resolve("data"), "127.0.0.1", true);
    return Server.start(
        acme == null ? settings : settings.with(acme.get()),
        Configuration.read(source()),
        authenticator,
        machine());
  }

  /// Where its configuration is.
  public Configuration.Source source() {
    return new Configuration.Source(
        listeners(), ListenerFiles.LOCAL, Path.of("certs"), Set.of(), 0);
  }

  /// Writes a file among those of the listeners.
  public void write(String name, String text) throws IOException {
    Files.writeString(listeners().resolve(name), text);
  }

  /// What a file among those of the listeners says.
  public String text(String name) throws IOException {
    return Files.readString(listeners().resolve(name));
  }

  /// Removes a file from those of the listeners.
  public void remove(String name) throws IOException {
    Files.delete(listeners().resolve(name));
  }

  /// Takes up the configuration as it is now in the files.
  ///
  /// @return what of it has to wait for the next start
  public List<String> reload() {
    return running().reload(Configuration.read(source()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop();
  }

  /// Stops it, and leaves nothing.
  public void stop() {
    if (running != null) {
      running.close();
    }
    deleteAll(folder);
  }

  private Server running() {
    if (running == null) {
      throw new IllegalStateException("not started; is it registered as a static extension?");
    }
    return running;
  }

  private void overrideShared(Path defaults) throws IOException {
    String text = Files.readString(defaults);
    text = overridden(text, "server", server.toString());
    text = overridden(text, "addresses", addresses.toString());
    Files.writeString(defaults, text);
  }

  private static String overridden(String text, String block, String lines) {
    int begin = text.indexOf("\n" + block + ":");
    String after = text.substring(begin);
    for (String line : lines.lines().filter(each -> !each.isBlank()).toList()) {
      String key = line.substring(0, line.indexOf(':')).strip();
      after = after.replaceFirst("(?m)^  " + key + ":.*$", "  " + line.strip());
    }
    return text.substring(0, begin) + after;
  }

  private static void deleteAll(Path folder) {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
