package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.midge.broker.Counter;
import dev.midge.broker.Drop;
import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What strangers try who mean harm, against a server with bounds as a public one has: each attack
/// meets its bound and is counted, two others next to it lose nothing, and afterwards the server
/// has what it had before. What single packets can do wrong is in the chapters of the
/// specification, handshakes in `tls`, HTTP in `web`, rates and shares of addresses in `listener`.
final class HostileTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ATTACKER = "127.0.0.66";
  private static final int VERSION = 5;

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .shared("inbound_bytes_max: 1MiB\nretained_messages_max: 1000\n")
          .listener(
              "guarded",
              """
              mqtt:
                packet_bytes_max: 64KiB
                receive_max: 16
                topic_alias_max: 4
                session_seconds_max: 1
              limits:
                queue_messages_max: 50
                queue_bytes_max: 256KiB
                outbound_bytes_max: 64KiB
                subscriptions_max: 50
                filters_per_subscribe_max: 32
                topic_levels_max: 32
                user_properties_max: 64
                client_id_bytes_max: 256
                will_bytes_max: 16KiB
                retained_seconds_max: 1
                shared_subscriptions_max: 10
                takeovers_per_minute_max: 10
              """)
          .listener("impatient", "mqtt: { keep_alive_seconds_max: 1, connect_seconds_max: 1 }")
          .listener(
              "guarded-web",
              "transport: websocket\nwebsocket: { control_frames_per_second_max: 20 }")
          .addresses(
              """
              connections_max: 120
              sessions_max: 100
              subscriptions_max: 200
              queued_bytes_max: 1MiB
              retained_messages_max: 20
              retained_bytes_max: 64KiB\
              """);

  /// One thing that strangers try.
  ///
  /// @param deed does it, with connections from an address of its own
  /// @param answered how often it was answered so far
  record Attack(String name, Consumer<Attackers> deed, LongSupplier answered) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// The connections of an attack.
  static final class Attackers implements AutoCloseable {
    private final List<RawClient> clients = new ArrayList<>();
    private final long connections = openConnections();
    private final double sessions = figure("midge_sessions");

    /// One that has said nothing yet.
    RawClient open() {
      return open("guarded");
    }

    /// The same at another listener.
    RawClient open(String listener) {
      RawClient client = RawClient.openFrom(ATTACKER, SERVER.port(listener)).speak(VERSION);
      clients.add(client);
      return client;
    }

    /// One that was let in.
    RawClient connected(String id) {
      return RawClient.connected(open(), VERSION, id);
    }

    /// They leave, and the server notices.
    @Override
    public void close() {
      clients.forEach(RawClient::close);
      await(() -> openConnections() <= connections && figure("midge_sessions") <= sessions);
    }
  }

  static List<Attack> attacks() {
    return List.of(
        new Attack("a slow CONNECT", HostileTest::slowConnect, counter(Counter.CONNECTS_REFUSED)),
        new Attack("SlowITe", HostileTest::slowIte, counter(Counter.KEEP_ALIVE_TIMEOUTS)),
        new Attack("a reader that never reads", HostileTest::neverRead, drop(Drop.OUTBOUND_BYTES)),
        new Attack(
            "a client that acknowledges nothing",
            HostileTest::hoard,
            () -> SERVER.count(Drop.QUEUE_MESSAGES) + SERVER.count(Drop.QUEUE_BYTES)),
        new Attack(
            "a war about an identifier", HostileTest::war, counter(Counter.TAKEOVERS_REFUSED)),
        new Attack("a storm of wills", HostileTest::willStorm, drop(Drop.ADDRESS_RETAINED)),
        new Attack("long wills", HostileTest::longWills, counter(Counter.CONNECTS_REFUSED)),
        new Attack(
            "a flood of retained messages", HostileTest::retain, drop(Drop.ADDRESS_RETAINED)),
        new Attack(
            "an explosion of subscriptions",
            HostileTest::subscribe,
            counter(Counter.SUBSCRIPTIONS_REFUSED)),
        new Attack(
            "very many sessions", HostileTest::sessions, counter(Counter.SESSIONS_OVER_ADDRESS)),
        new Attack(
            "very many connections",
            HostileTest::connections,
            counter(Counter.CONNECTIONS_OVER_ADDRESS)),
        new Attack("deep topics", HostileTest::deepTopics, drop(Drop.TOPIC_TOO_LARGE)),
        new Attack("floods of properties", HostileTest::properties, violations()),
        new Attack("identifiers of QoS 2 that are never released", HostileTest::qos2, violations()),
        new Attack("more aliases than there are", HostileTest::aliases, violations()),
        new Attack("share names that are none", HostileTest::shareNames, violations()),
        new Attack("a length that is believed", HostileTest::lengths, violations()),
        new Attack(
            "unfinished packets", HostileTest::unfinished, counter(Counter.CLIENTS_OVER_INBOUND)),
        new Attack("topics of the server", HostileTest::spoof, drop(Drop.RESERVED_TOPIC)),
        new Attack(
            "a WebSocket full of pings", HostileTest::pings, counter(Counter.WEBSOCKETS_OVER_RATE)),
        new Attack(
            "a WebSocket full of nothing",
            HostileTest::emptyFragments,
            counter(Counter.WEBSOCKETS_OVER_RATE)),
        new Attack("packets that make no sense", HostileTest::senseless, violations()));
  }

  private static long openConnections() {
    return SERVER.count(Counter.CONNECTIONS_OPENED) - SERVER.count(Counter.CONNECTIONS_CLOSED);
  }

  private static void await(BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  private static LongSupplier counter(Counter counter) {
    return () -> SERVER.count(counter);
  }

  private static LongSupplier drop(Drop drop) {
    return () -> SERVER.count(drop);
  }

  private static LongSupplier violations() {
    return counter(Counter.VIOLATIONS);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void costsNobodyElseAnything(Attack attack) {
    for (int version = 3; version <= 5; version++) {
      long before = attack.answered.getAsLong();
      try (Bystanders _ = new Bystanders(SERVER.port("guarded"), version)) {
        launch(attack);
      }
      assertThat(attack.answered.getAsLong()).isGreaterThan(before);
    }
  }

  @Test
  void afterwardsTheServerHasWhatItHadBefore() {
    // Whatever is made once is there after the first time, and what the server has at rest is not
    // the same each time: it must not grow.
    List<Resources> rests = Stream.generate(HostileTest::survive).limit(4).toList();
    Resources before = Resources.of(rests.subList(0, 2), Math::max);
    Resources after = Resources.of(rests.subList(2, 4), Math::min);

    assertThat(after.descriptors).as("%s", rests).isLessThanOrEqualTo(before.descriptors + 5);
    assertThat(after.threads).as("%s", rests).isLessThanOrEqualTo(before.threads + 5);
    assertThat(after.heapBytes).as("%s", rests).isLessThanOrEqualTo(before.heapBytes + (8 << 20));
  }

  /// What the process has.
  private record Resources(long descriptors, long threads, long heapBytes) {

    /// The extremes of several.
    static Resources of(List<Resources> all, LongBinaryOperator extreme) {
      return new Resources(
          all.stream().mapToLong(Resources::descriptors).reduce(extreme).orElseThrow(),
          all.stream().mapToLong(Resources::threads).reduce(extreme).orElseThrow(),
          all.stream().mapToLong(Resources::heapBytes).reduce(extreme).orElseThrow());
    }
  }

  private static Resources survive() {
    attacks().forEach(HostileTest::launch);
    return rested();
  }

  private static void launch(Attack attack) {
    try (Attackers attackers = new Attackers()) {
      attack.deed.accept(attackers);
    }
  }

  /// What the process has once the server has nothing of the attackers any more.
  private static Resources rested() {
    await(() ->
        figure("midge_sessions") == 0
            && figure("midge_subscriptions") == 0
            && figure("midge_retained_messages") == 0);
    assertThat(openConnections()).isZero();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Resources(
        system.getOpenFileDescriptorCount(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        runtime.totalMemory() - runtime.freeMemory());
  }

  private static double figure(String name) {
    Matcher found =
        Pattern.compile("(?m)^" + name + " ([-0-9.E]+)$").matcher(SERVER.server().metrics());
    assertThat(found.find()).as(name).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static void slowConnect(Attackers attackers) {
    String connect = RawClient.connect(VERSION, 2, "", "slow");
    byte[] bytes = Notation.bytes(connect);
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(attackers.open("impatient")); // Half of them say nothing at all.
    }
    for (int i = 0; i < 10; i++) {
      for (RawClient client : clients.subList(0, 10)) {
        client.sendBytes(new byte[] {bytes[i]});
      }
    }
    clients.forEach(RawClient::expectClosed);
  }

  private static void slowIte(Attackers attackers) {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      RawClient client = attackers.open("impatient");
      client.send("10 ( \"MQTT\" 05 02 ffff ( ) \"silent-%d\" )".formatted(i));
      assertThat(client.expectType(WirePacket.CONNACK).property(0x13).number()).isEqualTo(1);
      clients.add(client);
    }
    clients.forEach(client -> client.expectEnd(0x8D));
  }

  private static void neverRead(Attackers attackers) {
    long before = SERVER.count(Drop.OUTBOUND_BYTES);
    RawClient reader = attackers.connected("never-reads");
    reader.send(Packets.subscribe(VERSION, "fat", 0)).expectType(WirePacket.SUBACK);
    RawClient publisher = attackers.connected("fat-source");
    for (int i = 0; i < 2000 && SERVER.count(Drop.OUTBOUND_BYTES) == before; i++) {
      publisher.send("32 ( \"fat\" 0001 ( ) 'x' *60000 )").expectType(WirePacket.PUBACK);
    }
  }

  private static void hoard(Attackers attackers) {
    RawClient hoarder = attackers.open();
    hoarder
        .send(RawClient.connect(VERSION, 2, "11 000000ff 21 0001", "hoarder"))
        .expectType(WirePacket.CONNACK);
    hoarder.send(Packets.subscribe(VERSION, "hoard", 1)).expectType(WirePacket.SUBACK);
    RawClient publisher = attackers.connected("hoard-source");
    for (int i = 0; i < 60; i++) {
      publisher.send("32 ( \"hoard\" 0001 ( ) 'x' *1000 )").expectType(WirePacket.PUBACK);
    }
  }

  private static void war(Attackers attackers) {
    String id = "fought-over";
    for (int i = 0; i < 30; i++) {
      attackers.open().send(RawClient.connect(VERSION, 2, "", id)).expectType(WirePacket.CONNACK);
    }
  }

  private static RawClient heir(Attackers attackers, int number, int payloadBytes) {
    return attackers
        .open()
        .send(
            "10 ( \"MQTT\" 05 26 003c ( ) \"heir-%d\" ( ) \"wills/%d\" [ 00 *%d ] )"
                .formatted(number, number, payloadBytes));
  }

  private static void willStorm(Attackers attackers) {
    long before = SERVER.count(Drop.ADDRESS_RETAINED);
    List<RawClient> heirs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      RawClient heir = heir(attackers, i, 2000);
      assertThat(heir.expectType(WirePacket.CONNACK).reason()).isZero();
      heirs.add(heir);
    }
    heirs.forEach(RawClient::close);
    await(() -> SERVER.count(Drop.ADDRESS_RETAINED) > before);
  }

  private static void longWills(Attackers attackers) {
    for (int i = 0; i < 20; i++) {
      RawClient heir = heir(attackers, i, 20_000);
      assertThat(heir.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x95);
      heir.expectClosed();
    }
  }

  private static void retain(Attackers attackers) {
    RawClient client = attackers.connected("retains");
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      client.send("33 ( \"retained/%d\" 0001 ( ) 'x' )".formatted(i));
      refused += client.expectType(WirePacket.PUBACK).reason() == 0x97 ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  private static void subscribe(Attackers attackers) {
    for (int c = 0; c < 6; c++) {
      RawClient client = attackers.connected("subscribes-" + c);
      for (int i = 0; i < 40; i++) {
        String filters =
            "\"sub/+/%1$d/#\" 00 \"$share/s%1$d/sub/#\" 00 \"a/+/%1$d\" 00".formatted(i);
        client.send("82 ( 0001 ( ) " + filters + " )").expectType(WirePacket.SUBACK);
      }
      client.send("82 ( 0001 ( ) %s )".formatted("\"f\" 00 ".repeat(33)));
      client.expectType(WirePacket.DISCONNECT);
    }
  }

  private static void sessions(Attackers attackers) {
    for (int i = 0; i < 110; i++) {
      attackers
          .open()
          .send(RawClient.connect(VERSION, 0, "11 ffffffff", "session-" + i))
          .expectType(WirePacket.CONNACK);
    }
  }

  private static void connections(Attackers attackers) {
    for (int i = 0; i < 150; i++) {
      attackers.open();
    }
    RawClient last = attackers.open();
    last.send(RawClient.connect(VERSION, 2, "", "one-more")).expectClosed();
  }

  private static void deepTopics(Attackers attackers) {
    String deep = "/".repeat(1000);
    RawClient client = attackers.connected("deep");
    for (int i = 0; i < 20; i++) {
      client
          .send("32 ( \"%s\" 0001 ( ) )".formatted(deep))
          .expect("40 ( 0001 90 ( 1f \"topic has too many levels or bytes\" ) )");
      client.send("82 ( 0001 ( ) \"%s\" 00 \"+%s\" 00 )".formatted(deep, "/+".repeat(1000)));
      client.expect("90 ( 0001 ( ) 8f 8f )");
    }
  }

  private static void properties(Attackers attackers) {
    String flood = "26 0000 0000 ".repeat(10_000);
    attackers
        .open()
        .send(RawClient.connect(VERSION, 2, flood, "flooding"))
        .expectType(WirePacket.CONNACK);
    attackers
        .connected("flooding")
        .send("30 ( \"a\" ( %s ) )".formatted(flood))
        .expectType(WirePacket.DISCONNECT);
  }

  private static void qos2(Attackers attackers) {
    RawClient client = attackers.connected("never-releases");
    for (int i = 1; i <= 16; i++) {
      client.send("34 ( \"a\" %04x ( ) )".formatted(i)).expectType(WirePacket.PUBREC);
    }
    client.send("34 ( \"a\" 0020 ( ) )").expectEnd(0x93);
  }

  private static void aliases(Attackers attackers) {
    RawClient client = attackers.connected("aliases");
    for (int i = 1; i <= 4; i++) {
      client.send("32 ( \"%s\" 0001 ( 23 %04x ) )".formatted("a".repeat(20_000), i));
      client.expectType(WirePacket.PUBACK);
    }
    client.send("30 ( \"a\" ( 23 0005 ) )").expectEnd(0x94);
  }

  private static void shareNames(Attackers attackers) {
    for (String filter : List.of("$share/", "$share//a", "$share/+/a", "$share/g/", "$share/#")) {
      RawClient client = attackers.connected("share-names");
      client.send(Packets.subscribe(VERSION, filter, 0)).expectType(WirePacket.DISCONNECT);
      client.expectClosed();
    }
  }

  private static void lengths(Attackers attackers) {
    for (String first : List.of("30 ff ff ff 7f", "10 ff ff ff 7f", "10 ff ff ff ff 7f", "82 00")) {
      RawClient client = attackers.open();
      client.send(first);
      try {
        client.expectClosed();
      } catch (AssertionError told) {
        client.close(); // Where the version can be known there is an answer.
      }
    }
    attackers.connected("long").send("30 ff ff ff 7f").expectEnd(0x95);
  }

  private static void unfinished(Attackers attackers) {
    long before = SERVER.count(Counter.CLIENTS_OVER_INBOUND);
    byte[] beginning = Notation.bytes("30 80 c0 03 0001 'a' 00 'x' *50000");
    for (int i = 0; i < 60; i++) {
      attackers.connected("unfinished-" + i).sendBytes(beginning);
    }
    await(() -> SERVER.count(Counter.CLIENTS_OVER_INBOUND) > before);
  }

  private static void spoof(Attackers attackers) {
    RawClient client = attackers.connected("spoofs");
    for (String topic : List.of("$SYS/broker/version", "$CONTROL/x", "$share/g/a", "$")) {
      client.send(Packets.publish(VERSION, 3, topic, "mine"));
      assertThat(client.expectType(WirePacket.PUBACK).reason()).isEqualTo(0x87);
    }
  }

  private static void senseless(Attackers attackers) {
    for (String packet :
        List.of(
            RawClient.connect(VERSION, 2, "", "again"),
            "20 ( 00 00 ( ) )",
            "d0 00",
            "f0 ( 18 ( ) )",
            "60 ( 0001 )",
            "30 ( \"\" ( ) )",
            "30 ( \"a/+\" ( ) )",
            "82 ( 0001 ( 0b 80 80 80 80 01 ) \"a\" 00 )")) {
      attackers.connected("senseless").send(packet).expectType(WirePacket.DISCONNECT);
    }
  }

  private static void pings(Attackers attackers) {
    overwhelm(0x80 | RawWebSocket.PING, 0x80 | RawWebSocket.PING, 125);
  }

  private static void emptyFragments(Attackers attackers) {
    overwhelm(RawWebSocket.BINARY, 0, 0);
  }

  private static void overwhelm(int first, int next, int length) {
    try (RawWebSocket socket = RawWebSocket.open(SERVER.port("guarded-web"), "/mqtt", "mqtt")) {
      for (int i = 0; i < 100; i++) {
        socket.send(i == 0 ? first : next, new byte[length]);
      }
      RawWebSocket.Frame frame = socket.read();
      while (frame.opcode() != RawWebSocket.CLOSE) {
        frame = socket.read();
      }
      assertThat(frame.closeStatus()).isEqualTo(1008);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
