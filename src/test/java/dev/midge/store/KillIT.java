package dev.midge.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import dev.midge.kit.Requirement;
import dev.midge.store.Ledger.Entry;
import dev.midge.store.Ledger.Series;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with two loops that is killed again and again, or whose power is cut, or whose disk
/// fails to sync as well, while clients use it: what it acknowledged is there afterwards, in its
/// order, and what has QoS 2 comes once.
///
/// `-Dmidge.kills=50` does so more often, `-Dmidge.seed=N` at the moments of an earlier run.
class KillIT {
  private static final int KILLS = Integer.getInteger("midge.kills", 5);
  private static final long SEED = Long.getLong("midge.seed", System.nanoTime());
  private static final int PATIENCE_SECONDS = 60;
  private static final int PUBLISHERS = 3;

  /// How many messages a publisher has under way.
  private static final int WINDOW = 32;

  /// A kill comes at most so long after the server began to work again.
  private static final int LIFE_MILLIS_MAX = 1500;

  @TempDir private Path temporary;
  private final Ledger ledger = new Ledger();
  private final Semaphore acknowledgements = new Semaphore(0);
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Mqtt5AsyncClient> clients = new ArrayList<>();
  private @Nullable ServerProcess server;
  private @Nullable Volume volume;

  /// How the server ends.
  private interface Blow {
    void fall(ServerProcess server) throws Exception;
  }

  @AfterEach
  void endWhatIsLeft() throws Exception {
    over.set(true);
    clients.forEach(client -> {
      var _ = client.disconnect().exceptionally(_ -> null);
    });
    if (server != null) {
      server.close();
    }
    if (volume != null) {
      volume.remove();
    }
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWhenTheServerIsKilled() throws Exception {
    server = new ServerProcess(temporary, temporary.resolve("data"), "");
    nothingIsLostThroughout(server, ServerProcess::kill);
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWhenThePowerFails() throws Exception {
    Requirement.require(Volume.isPossible(), "only root may cut the power of a volume");
    Volume cut = new Volume(temporary, "512M");
    volume = cut;
    server = new ServerProcess(temporary, cut.path().resolve("data"), "");
    List<Boolean> cuts = new ArrayList<>();
    nothingIsLostThroughout(server, running -> cuts.add(cut.cutPower(running.process())));
    assertThat(cuts).as("that what nobody synced was lost").contains(true);
  }

  @Test
  void nothingThatWasAcknowledgedIsLostWhenSyncsFailBeforeTheServerIsKilled() throws Exception {
    ServerProcess.requireTracing();
    String failing = "-o /dev/null -e inject=fdatasync,fsync:error=EIO:when=20+30";
    server = new ServerProcess(temporary, temporary.resolve("data"), failing);
    nothingIsLostThroughout(server, ServerProcess::kill);
    assertThat(server.log())
        .content()
        .contains("Input/output error; what is not written is not acknowledged")
        .contains("writing again; nothing that was acknowledged is lost");
  }

  private void nothingIsLostThroughout(ServerProcess server, Blow blow) throws Exception {
    Random random = new Random(SEED);
    server.start();
    CountDownLatch ends = new CountDownLatch(3 * 2 * PUBLISHERS);
    Mqtt5AsyncClient away = subscriber("away", ends);
    disconnect(away);
    subscriber("there", ends);
    subscriber("there-too", ends);
    List<Thread> publishers = new ArrayList<>();
    for (int i = 0; i < PUBLISHERS; i++) {
      Mqtt5AsyncClient client = connected("publisher-" + i);
      publishers.add(Thread.ofVirtual().start(() -> publish(client)));
    }

    for (int kill = 0; kill < KILLS; kill++) {
      awaitWork();
      assertThat(server.process().waitFor(random.nextInt(LIFE_MILLIS_MAX), TimeUnit.MILLISECONDS))
          .as("the server ended by itself")
          .isFalse();
      blow.fall(server);
      server.start();
    }
    awaitWork();
    over.set(true);
    for (Thread publisher : publishers) {
      assertThat(publisher.join(Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
    }
    connect(away);

    assertThat(ends.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("the last messages come to all subscribers; seed %d", SEED)
        .isTrue();
    for (String subscriber : List.of("away", "there", "there-too")) {
      ledger.check(subscriber);
    }
    server.kill();
    try (StoreFolder folder = StoreFolder.open(server.data().resolve("store"))) {
      assertThat(folder.check((_, _) -> {})).as("what does not fit together").isEmpty();
    }
    System.out.printf(
        "%d kills, %d messages acknowledged, seed %d%n", KILLS, ledger.acknowledgedCount(), SEED);
  }

  /// Waits until the server acknowledges what it is sent.
  private void awaitWork() throws InterruptedException {
    acknowledgements.drainPermits();
    assertThat(acknowledgements.tryAcquire(2 * WINDOW, PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("the server works; seed %d", SEED)
        .isTrue();
  }

  /// Publishes with QoS 1 and 2 in turn until all is over, and at last the highest number with
  /// each.
  private void publish(Mqtt5AsyncClient client) {
    String name = client.getConfig().getClientIdentifier().orElseThrow().toString();
    Semaphore window = new Semaphore(WINDOW);
    int number = 1;
    for (; !over.get(); number++) {
      send(client, window, new Entry(new Series(name, 1), number));
      send(client, window, new Entry(new Series(name, 2), number));
    }
    window.acquireUninterruptibly(WINDOW);
    window.release(2);
    send(client, window, new Entry(new Series(name, 1), Integer.MAX_VALUE));
    send(client, window, new Entry(new Series(name, 2), Integer.MAX_VALUE));
    window.acquireUninterruptibly(2);
  }

  private void send(Mqtt5AsyncClient client, Semaphore window, Entry entry) {
    window.acquireUninterruptibly();
    var _ =
        client
            .publishWith()
            .topic("kill/" + entry.series().publisher())
            .qos(entry.series().qos() == 1 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
            .payload(entry.payload().getBytes(StandardCharsets.UTF_8))
            .send()
            .whenComplete((result, failure) -> {
              if (failure == null && result.getError().isEmpty()) {
                ledger.acknowledged(entry);
                acknowledgements.release();
              }
              window.release();
            });
  }

  private Mqtt5AsyncClient subscriber(String name, CountDownLatch ends) throws Exception {
    Mqtt5AsyncClient client = client(name);
    client.publishes(
        MqttGlobalPublishFilter.ALL,
        publish -> {
          Entry entry = Entry.of(new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8));
          ledger.received(name, entry);
          if (entry.number() == Integer.MAX_VALUE) {
            ends.countDown();
          }
        });
    connect(client);
    client
        .subscribeWith()
        .topicFilter("kill/#")
        .qos(MqttQos.EXACTLY_ONCE)
        .send()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return client;
  }

  private Mqtt5AsyncClient connected(String name) throws Exception {
    Mqtt5AsyncClient client = client(name);
    connect(client);
    return client;
  }

  private Mqtt5AsyncClient client(String name) {
    Mqtt5AsyncClient client =
        Mqtt5Client.builder()
            .identifier(name)
            .serverHost(InetAddress.getLoopbackAddress().getHostAddress())
            .serverPort(Objects.requireNonNull(server).port())
            .automaticReconnect()
            .initialDelay(100, TimeUnit.MILLISECONDS)
            .maxDelay(200, TimeUnit.MILLISECONDS)
            .applyAutomaticReconnect()
            .buildAsync();
    clients.add(client);
    return client;
  }

  private static void connect(Mqtt5AsyncClient client) throws Exception {
    client
        .connectWith()
        .cleanStart(false)
        .noSessionExpiry()
        .send()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static void disconnect(Mqtt5AsyncClient client) throws Exception {
    client.disconnectWith().noSessionExpiry().send().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
