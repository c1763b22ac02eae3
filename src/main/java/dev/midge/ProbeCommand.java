package dev.midge;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.midge.probe.OwnConnections;
import dev.midge.probe.ProbePage;
import dev.midge.probe.ProbeRound;
import dev.midge.probe.ProbeTarget;
import dev.midge.probe.Prober;
import dev.midge.probe.RemoteListeners;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `midge probe`: looks at all listeners of a server, from wherever it runs.
@Command(
    name = "probe",
    description =
        "Looks at all listeners of a server as a client does: DNS, TCP, TLS, CONNECT, SUBSCRIBE and a"
            + " message that comes back. Says what is not as the server promises.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    showDefaultValues = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    descriptionHeading = "%n",
    optionListHeading = "%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all is as it is promised",
      "1:something is not, or the web site does not answer",
      "2:a wrong option"
    })
final class ProbeCommand implements Callable<Integer> {
  private static final int AT_A_TIME = 8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--target",
      paramLabel = "URL",
      defaultValue = "http://localhost:8000",
      description = "The web site of the server, which tells where its listeners are.")
  private URI target;

  @Option(names = "--json", description = "Prints JSON instead of a table.")
  private boolean isJson;

  @Option(
      names = "--serve",
      paramLabel = "PORT",
      description =
          "Looks again and again until it is told to stop, and serves what it found: a page at /,"
              + " JSON at /status.json.")
  private @Nullable Integer port;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How often it looks, with --serve.")
  private int everySeconds;

  @Override
  public Integer call() throws InterruptedException {
    if (everySeconds < 1 || target.getHost() == null) {
      throw new ParameterException(
          spec.commandLine(), "--target is a URL with a host, and --every is 1 or more.");
    }
    Security.setProperty("networkaddress.cache.ttl", "0"); // Each look asks for itself.
    Prober prober = new Prober(OwnConnections.NONE, new SecureRandom(), AT_A_TIME);
    RemoteListeners listeners = new RemoteListeners(target);
    try {
      return port == null ? lookOnce(prober, listeners) : serve(prober, listeners, port);
    } catch (IOException e) {
      spec.commandLine().getErr().println(target + ": " + e);
      return ExitCode.SOFTWARE;
    }
  }

  private int lookOnce(Prober prober, RemoteListeners listeners)
      throws IOException, InterruptedException {
    List<ProbeTarget> targets = listeners.read();
    spec.commandLine().getErr().println("looking at " + targets.size() + " listeners ...");
    ProbePage page = look(prober, targets);
    PrintWriter out = spec.commandLine().getOut();
    out.print(isJson ? page.json() : page.table());
    out.flush();
    return page.isGood() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private ProbePage look(Prober prober, List<ProbeTarget> targets) {
    return new ProbePage(target.toString(), new ProbeRound(Instant.now(), prober.round(targets)));
  }

  private int serve(Prober prober, RemoteListeners listeners, int port)
      throws IOException, InterruptedException {
    List<ProbeTarget> targets = listeners.read();
    AtomicReference<ProbePage> latest = new AtomicReference<>(look(prober, targets));
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor()); // By itself it waits for each.
    server.createContext(
        "/",
        exchange -> {
          switch (exchange.getRequestURI().getPath()) {
            case "/" -> answer(exchange, 200, "text/html; charset=utf-8", latest.get().html());
            case "/status.json" -> answer(exchange, 200, "application/json", latest.get().json());
            default -> answer(exchange, 404, "text/plain", "Nothing is here.\n");
          }
        });
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(stopped::countDown));
    server.start();
    try {
      PrintWriter out = spec.commandLine().getOut();
      out.println("serving at http://localhost:" + server.getAddress().getPort() + "/");
      out.flush();
      while (!stopped.await(everySeconds, TimeUnit.SECONDS)) {
        try {
          targets = listeners.read();
        } catch (IOException e) {
          spec.commandLine().getErr().println(target + ": " + e); // What it said last is looked at.
        }
        latest.set(look(prober, targets));
      }
      return ExitCode.OK;
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", type);
    exchange.getResponseHeaders().set("cache-control", "no-store");
    exchange.getResponseHeaders().set("content-security-policy", "default-src 'none'");
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
