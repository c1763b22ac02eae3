package dev.midge.acme;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.midge.certs.HttpChallenges;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// Where an authority asks whether a host is ours. It can be held up there.
final class ChallengePort implements AutoCloseable {
  private static final String PATH = "/.well-known/acme-challenge/";

  private final HttpServer server;
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private volatile HttpChallenges challenges = HttpChallenges.NONE;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  ChallengePort() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(PATH, this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// What is answered from now on.
  void answer(HttpChallenges now) {
    challenges = now;
  }

  /// Lets nobody have an answer until [#release].
  void hold() {
    asked.clear();
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  /// The tokens that were asked for.
  BlockingQueue<String> asked() {
    return asked;
  }

  private void answer(HttpExchange exchange) throws IOException {
    String token = exchange.getRequestURI().getPath().substring(PATH.length());
    asked.add(token);
    try (exchange) {
      gate.await();
      Optional<String> answer = challenges.answer(token);
      byte[] body = answer.orElse("no").getBytes(UTF_8);
      exchange.sendResponseHeaders(answer.isPresent() ? 200 : 404, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    release();
    server.stop(0);
  }
}
