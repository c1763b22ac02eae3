package dev.midge.acme;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.midge.certs.Credential;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A directory before that of Pebble: it sends clients there, but has some resources of its own,
/// which answer as a test wants it. Nothing there looks at what it is asked.
final class StubDirectory implements AutoCloseable {
  private final HttpsServer server;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, String> resources = new ConcurrentHashMap<>();

  /// What a path answers.
  ///
  /// @param retryAfterSeconds or a negative number for none
  record Answer(int status, String type, String body, int retryAfterSeconds) {}

  StubDirectory(Pebble pebble) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(pebble.credential())));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    String base = pebble.directory().resolve("/").toString();
    resources.put("newNonce", base + "nonce-plz");
    resources.put("newAccount", base + "sign-me-up");
    resources.put("newOrder", base + "order-plz");
  }

  URI directory() {
    return URI.create(base() + "/dir");
  }

  /// Takes the place of a resource.
  void replace(String resource, Answer answer) {
    resources.put(resource, base() + "/" + resource);
    at("/" + resource, answer);
  }

  /// Says when certificates are to be renewed.
  void wishes(Instant start, Instant end) {
    String body = "{\"suggestedWindow\":{\"start\":\"%s\",\"end\":\"%s\"}}".formatted(start, end);
    replace("renewalInfo", new Answer(200, "application/json", body, 3600));
  }

  /// Gives the directory itself another answer.
  void fails(Answer answer) {
    at("/dir", answer);
  }

  private void at(String path, Answer answer) {
    answers.put(path, answer);
  }

  private String base() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      // What follows the name of a resource is of no interest here.
      String path = exchange.getRequestURI().getPath().replaceFirst("(/[^/]*).*", "$1");
      Answer answer = answers.getOrDefault(path, directoryAnswer());
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.getResponseHeaders().set("Replay-Nonce", "bm9uY2U");
      if (answer.retryAfterSeconds() >= 0) {
        exchange.getResponseHeaders().set("Retry-After", "" + answer.retryAfterSeconds());
      }
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private Answer directoryAnswer() {
    StringBuilder json = new StringBuilder("{\"meta\":{}");
    resources.forEach((name, url) -> json.append(",\"" + name + "\":\"" + url + "\""));
    return new Answer(200, "application/json", json + "}", -1);
  }

  private static SSLContext context(Credential credential) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "own", credential.key(), new char[0], credential.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
