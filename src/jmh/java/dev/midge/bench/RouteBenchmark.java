package dev.midge.bench;

import dev.midge.auth.AccessControl;
import dev.midge.auth.AccessFile;
import dev.midge.auth.Tokens;
import dev.midge.broker.Authenticator;
import dev.midge.broker.Broker;
import dev.midge.broker.Connection;
import dev.midge.broker.Farewell;
import dev.midge.broker.Journal;
import dev.midge.broker.Limits;
import dev.midge.broker.Loop;
import dev.midge.broker.Shares;
import dev.midge.broker.Store;
import dev.midge.broker.Wire;
import dev.midge.config.Problems;
import dev.midge.listener.ListenerFiles;
import dev.midge.listener.LoadedListeners;
import dev.midge.packet.Message;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A PUBLISH through the whole broker, from the decoded packet to the wires of its receivers and
/// back with their acknowledgements, without sockets and bytes: what the rules themselves cost.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RouteBenchmark {
  private static final TopicName TOPIC = TopicName.of("factory/hall-7/press-3/temperature");

  @Param({"1", "500"})
  private int receivers;

  @Param({"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  private QoS qos;

  /// What the policy of all clients says: nothing is to be asked, all topics are covered, or a
  /// topic is found behind others.
  @Param({"everything", "covered", "matched"})
  private String rules;

  private final FakeLoop loop = new FakeLoop();
  private final List<FakeWire> subscribers = new ArrayList<>();
  private final byte[] payload = new byte[100];
  private FakeWire publisher;

  /// Connects and subscribes.
  @Setup
  public void prepare() throws IOException {
    LoadedListeners loaded = ListenerFiles.load(Path.of("listeners"), Set.of("plain"), 0, 1 << 30);
    Broker broker =
        new Broker(
            List.of(loop),
            new Broker.Ports(
                loaded.serverLimits(),
                Authenticator.EVERYBODY,
                authorizer(),
                Store.NONE,
                new Silence(),
                new Random(1)));
    Limits limits = loaded.listeners().getFirst().limits();
    publisher = connect(broker, limits, "publisher");
    for (int i = 0; i < receivers; i++) {
      FakeWire subscriber = connect(broker, limits, "subscriber-" + i);
      subscriber.connection.receive(
          new Subscribe(
              1,
              List.of(
                  new Subscribe.Request(
                      TopicFilter.of(TOPIC.toString()),
                      qos,
                      false,
                      false,
                      RetainHandling.SEND_AT_SUBSCRIBE)),
              0,
              Properties.NONE));
      subscribers.add(subscriber);
    }
    loop.drain();
  }

  private AccessControl authorizer() throws IOException {
    String topics =
        switch (rules) {
          case "everything" -> "['#', '$SYS/#']";
          case "covered" -> "['#']";
          default -> "['a/b/c', 'home/+/other/#', '%c/#', '" + TOPIC + "']";
        };
    Path folder = Files.createTempDirectory("bench");
    Files.writeString(
        folder.resolve("access.yaml"),
        "policies: { everything: { read: %s, write: %s } }".formatted(topics, topics));
    return new AccessControl(AccessFile.read(folder, new Problems()), new Tokens(folder));
  }

  /// One message to all receivers; returns how many have it by now.
  @Benchmark
  public long route() {
    publisher.connection.receive(
        new Publish(
            TOPIC,
            0,
            payload,
            qos,
            false,
            false,
            qos == QoS.AT_MOST_ONCE ? 0 : 1,
            Publish.NO_EXPIRY,
            Properties.NONE));
    loop.drain();
    long delivered = 0;
    for (FakeWire subscriber : subscribers) {
      if (qos != QoS.AT_MOST_ONCE) {
        subscriber.connection.receive(
            new Puback(subscriber.packetId, ReasonCode.SUCCESS, Properties.NONE));
      }
      delivered += subscriber.delivered;
    }
    return delivered;
  }

  private FakeWire connect(Broker broker, Limits limits, String clientId) {
    FakeWire wire = new FakeWire();
    wire.connection = broker.loop(0).open(wire, limits);
    wire.connection.receive(
        new Connect(
            ProtocolVersion.MQTT_3_1_1, true, 0, clientId, null, null, null, Properties.NONE));
    loop.drain();
    return wire;
  }

  /// Does tasks when it is told to.
  private static final class FakeLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public void executeLater(Runnable task) {
      tasks.add(task);
    }

    @Override
    public long nowMillis() {
      return 1_000_000;
    }

    @Override
    public long readNanos() {
      return System.nanoTime();
    }

    @Override
    public long outboundBytes() {
      return 0;
    }

    void drain() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }
  }

  /// A client that takes everything and remembers the last packet identifier.
  private static final class FakeWire implements Wire {
    private Connection connection;
    private long delivered;
    private int packetId;

    @Override
    public void accept(ProtocolVersion version, long packetBytesMax) {}

    @Override
    public boolean fits(Packet packet) {
      return true;
    }

    @Override
    public boolean send(Packet packet) {
      return true;
    }

    @Override
    public boolean publish(
        Message message,
        QoS qos,
        boolean retain,
        boolean duplicate,
        int id,
        int[] subscriptionIds,
        long expirySeconds,
        int topicAlias,
        boolean onlyAlias) {
      delivered++;
      packetId = id;
      return true;
    }

    @Override
    public long pendingBytes() {
      return 0;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void reading(boolean on) {}

    @Override
    public void moveTo(int loop, Runnable arrived) {}

    @Override
    public void close() {}

    @Override
    public void welcome() {}

    @Override
    public Shares shares() {
      return Shares.UNBOUNDED;
    }

    @Override
    public String remoteAddress() {
      return "fake";
    }
  }

  /// Hears of everything and says nothing, but that a benchmark which fails says so.
  private static final class Silence implements Journal {
    @Override
    public void connected(Connection connection) {}

    @Override
    public void refused(Connection connection, ReasonCode reason, String detail) {
      throw new IllegalStateException(detail);
    }

    @Override
    public void ended(Connection connection, Farewell farewell) {
      throw new IllegalStateException("a connection ended");
    }

    @Override
    public void failed(String where, RuntimeException failure) {
      throw new IllegalStateException(where, failure);
    }
  }
}
