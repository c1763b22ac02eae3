package dev.midge.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What the server says under `$SYS/broker`, topic by topic, as a client reads it.
class SysTopicsTest {
  private static final String ROOT = "$SYS/broker/";
  private static final TestClock CLOCK = new TestClock();

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .listener("few", "limits: { queue_messages_max: 1 }")
          .shared("loops: 1");

  /// What `mosquitto` 2.0.11 publishes, and its manual describes, apart from loads and bridges.
  private static final String NAMES =
      """
      bytes/received
      bytes/sent
      clients/active
      clients/connected
      clients/disconnected
      clients/expired
      clients/inactive
      clients/maximum
      clients/total
      heap/current
      heap/current size
      heap/maximum
      heap/maximum size
      messages/inflight
      messages/received
      messages/sent
      messages/stored
      publish/bytes/received
      publish/bytes/sent
      publish/messages/dropped
      publish/messages/received
      publish/messages/sent
      retained messages/count
      shared_subscriptions/count
      store/messages/bytes
      store/messages/count
      subscriptions/count
      uptime
      version
      """;

  private static final String LOADS =
      """
      bytes/received
      bytes/sent
      connections
      messages/received
      messages/sent
      publish/dropped
      publish/received
      publish/sent
      sockets
      """;

  private final Map<String, String> figures = new HashMap<>();
  private RawClient watcher;

  /// What the watcher sent and got since it last looked.
  private int got;

  private int gotBytes;

  @BeforeEach
  void watch() {
    watcher = RawClient.connected(SERVER.port(), 4, "watcher");
    watcher.send("82 ( 0001 \"$SYS/#\" 00 )");
    for (WirePacket each = read(); each.type() != WirePacket.SUBACK; each = read()) {
      note(each);
    }
    look();
  }

  @AfterEach
  void leave() {
    watcher.leave();
  }

  private WirePacket read() {
    WirePacket packet = watcher.read();
    got++;
    gotBytes += packet.body().length + (packet.body().length < 128 ? 2 : 3);
    return packet;
  }

  private void note(WirePacket packet) {
    assertThat(packet.type()).isEqualTo(WirePacket.PUBLISH);
    figures.put(packet.topic().substring(ROOT.length()), packet.text());
  }

  /// Lets the server say what has changed, and hears all of it. What has happened until now is
  /// counted when the first PINGREQ is answered, and what answers the third was written after all.
  private Map<String, String> look() {
    hear();
    got = 0;
    gotBytes = 0;
    Map<String, String> before = Map.copyOf(figures);
    SERVER.server().publishFigures();
    hear();
    hear();
    return before;
  }

  /// Takes what has come, until the answer to a PINGREQ.
  private void hear() {
    watcher.send("c0 00");
    for (WirePacket each = read(); each.type() != WirePacket.PINGRESP; each = read()) {
      note(each);
    }
  }

  private long figure(String name) {
    return Long.parseLong(figures.get(name));
  }

  private static long of(Map<String, String> figures, String name) {
    return Long.parseLong(figures.get(name));
  }

  @Test
  void everyTopicOfMosquittoIsThereAndNoOther() {
    Stream<String> loads =
        LOADS.lines().flatMap(name -> Stream.of("1", "5", "15").map(m -> name + "/" + m + "min"));

    assertThat(figures.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(NAMES.lines(), loads.map(name -> "load/" + name)).toList());
  }

  @Test
  void allOfThemAreRetained() {
    try (RawClient late = RawClient.connected(SERVER.port(), 5, "late")) {
      late.send("82 ( 0001 ( ) \"$SYS/broker/+\" 00 )").expectType(WirePacket.SUBACK);
      TreeSet<String> topics = new TreeSet<>();
      for (int i = 0; i < 2; i++) {
        WirePacket retained = late.expectType(WirePacket.PUBLISH);
        assertThat(retained.retain()).isTrue();
        topics.add(retained.topic());
      }
      assertThat(topics).containsExactly("$SYS/broker/uptime", "$SYS/broker/version");
      late.leave();
    }
  }

  @Test
  void versionAndUptimeAreSaidAsMosquittoSaysThem() {
    CLOCK.pass(Duration.ofSeconds(7));
    Map<String, String> before = look();

    assertThat(figures.get("version")).matches("Midge version \\d+\\.\\d+\\.\\d+.*");
    assertThat(figures.get("uptime")).endsWith(" seconds");
    assertThat(seconds(figures)).isEqualTo(seconds(before) + 7);
  }

  private static long seconds(Map<String, String> figures) {
    return Long.parseLong(figures.getOrDefault("uptime", "").replace(" seconds", ""));
  }

  @Test
  void whatHasNotChangedIsNotPublishedAgain() {
    look();
    figures.clear();
    look();

    assertThat(figures)
        .doesNotContainKeys("version", "uptime", "clients/total", "publish/messages/received")
        .containsKeys("messages/received");
  }

  @Test
  void clientsAreCountedConnectedAndAway() {
    RawClient kept = RawClient.open(SERVER.port()).speak(4);
    kept.send(RawClient.connect(4, 0x00, "", "kept")).expectType(WirePacket.CONNACK);
    look();
    Map<String, String> before = Map.copyOf(figures);
    kept.leave();
    RawClient.connected(SERVER.port(), 4, "gone").leave();
    look();

    assertThat(of(before, "clients/connected")).isEqualTo(2);
    assertThat(figures)
        .containsEntry("clients/connected", "1")
        .containsEntry("clients/active", "1")
        .containsEntry("clients/disconnected", "1")
        .containsEntry("clients/inactive", "1")
        .containsEntry("clients/total", "2");
    assertThat(figure("clients/maximum")).isGreaterThanOrEqualTo(2);
    RawClient.connected(SERVER.port(), 4, "kept").leave();
  }

  @Test
  void sessionsThatExpiredAreCounted() {
    long before = figure("clients/expired");
    try (RawClient mayfly = RawClient.open(SERVER.port()).speak(5)) {
      mayfly.send(RawClient.connect(5, 0x02, "11 00000001", "mayfly"));
      mayfly.expectType(WirePacket.CONNACK);
      mayfly.leave();
    }
    // It takes a second; who waits for the end of a session has a will that comes then.
    try (RawClient other = RawClient.connected(SERVER.port(), 5, "witness")) {
      other.send("82 ( 0001 ( ) \"clock\" 00 )").expectType(WirePacket.SUBACK);
      try (RawClient clock = RawClient.open(SERVER.port())) {
        clock
            .send(
                "10 ( \"MQTT\" 05 06 003c ( 11 00000002 ) \"clock\" ( 18 0000ffff ) \"clock\" ["
                    + " 'tick' ] )")
            .expectType(WirePacket.CONNACK);
      }
      other.expectType(WirePacket.PUBLISH);
      other.leave();
    }
    look();

    assertThat(figure("clients/expired")).isEqualTo(before + 2);
  }

  @Test
  void publishesArePutDownByCountAndPayload() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "speaker")) {
      client.send("82 ( 0001 \"a\" 01 )").expectType(WirePacket.SUBACK);
      look();
      int gotBefore = got;
      Map<String, String> before = Map.copyOf(figures);
      client.send("32 ( \"a\" 0001 'four' )").readAll(2);
      client.send("40 02 0001").send("30 ( \"b\" 'threethree' )").expectNothing();
      look();

      assertThat(figure("publish/messages/received"))
          .isEqualTo(of(before, "publish/messages/received") + 2);
      assertThat(figure("publish/bytes/received"))
          .isEqualTo(of(before, "publish/bytes/received") + 14);
      assertThat(figure("publish/messages/sent"))
          .isEqualTo(of(before, "publish/messages/sent") + (gotBefore - 2) + 1);
      assertThat(figure("publish/bytes/sent")).isGreaterThan(of(before, "publish/bytes/sent") + 4);
      client.leave();
    }
  }

  @Test
  void packetsAndBytesOfAllTypesAreCounted() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "counted")) {
      look();
      int gotBefore = got;
      int gotBytesBefore = gotBytes;
      Map<String, String> before = Map.copyOf(figures);
      client.send("c0 00").expect("d0 00");
      client.send("32 ( \"a\" 0001 'x' )").expect("40 02 0001");
      look();

      // The watcher has sent PINGREQ three times between the two readings.
      assertThat(figure("messages/received")).isEqualTo(of(before, "messages/received") + 2 + 3);
      assertThat(figure("bytes/received")).isEqualTo(of(before, "bytes/received") + 2 + 8 + 6);
      assertThat(figure("messages/sent"))
          .isEqualTo(of(before, "messages/sent") + gotBefore + 2 + 1);
      assertThat(figure("bytes/sent"))
          .isEqualTo(of(before, "bytes/sent") + gotBytesBefore + 2 + 4 + 2);
      client.leave();
    }
  }

  @Test
  void subscriptionsAndRetainedMessagesAreCounted() {
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "subscriber")) {
      Map<String, String> before = Map.copyOf(figures);
      client.send("82 ( 0001 \"x/+\" 00 \"$share/g/x\" 00 )").expectType(WirePacket.SUBACK);
      client.send("33 ( \"kept\" 0001 'x' )").expectType(WirePacket.PUBACK);
      look();

      assertThat(figure("subscriptions/count")).isEqualTo(of(before, "subscriptions/count") + 2);
      assertThat(figure("shared_subscriptions/count"))
          .isEqualTo(of(before, "shared_subscriptions/count") + 1);
      assertThat(figure("retained messages/count"))
          .isEqualTo(of(before, "retained messages/count") + 1);
      client.send("33 ( \"kept\" 0001 )").expectType(WirePacket.PUBACK);
      client.leave();
    }
  }

  @Test
  void messagesThatWaitAndThoseInFlightAreInTheStore() {
    Map<String, String> before = Map.copyOf(figures);
    RawClient kept = RawClient.open(SERVER.port()).speak(4);
    kept.send(RawClient.connect(4, 0x00, "", "waiting")).expectType(WirePacket.CONNACK);
    kept.send("82 ( 0001 \"w\" 01 )").expectType(WirePacket.SUBACK);
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "speaker")) {
      client.send("32 ( \"w\" 0001 'one' )").expectType(WirePacket.PUBACK);
      assertThat(kept.expectType(WirePacket.PUBLISH).text()).isEqualTo("one");
      look();
      assertThat(figure("messages/inflight")).isEqualTo(of(before, "messages/inflight") + 1);

      kept.leave();
      client.send("32 ( \"w\" 0002 'two' )").expectType(WirePacket.PUBACK);
      look();
      assertThat(figure("store/messages/count") - figure("retained messages/count"))
          .isEqualTo(
              of(before, "store/messages/count") - of(before, "retained messages/count") + 2);
      assertThat(figure("messages/stored")).isEqualTo(figure("store/messages/count"));
      assertThat(figure("store/messages/bytes"))
          .isGreaterThan(of(before, "store/messages/bytes") + 6);
      client.leave();
    }
    RawClient.connected(SERVER.port(), 4, "waiting").leave();
    look();

    assertThat(figure("store/messages/count") - figure("retained messages/count"))
        .isEqualTo(of(before, "store/messages/count") - of(before, "retained messages/count"));
    assertThat(figure("messages/inflight")).isEqualTo(of(before, "messages/inflight"));
  }

  @Test
  void whatFoundNoRoomIsDropped() {
    long before = figure("publish/messages/dropped");
    RawClient kept = RawClient.open(SERVER.port("few")).speak(4);
    kept.send(RawClient.connect(4, 0x00, "", "few")).expectType(WirePacket.CONNACK);
    kept.send("82 ( 0001 \"few\" 01 )").expectType(WirePacket.SUBACK);
    kept.leave();
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "speaker")) {
      client.send("32 ( \"few\" 0001 'x' )").expectType(WirePacket.PUBACK);
      client.send("32 ( \"few\" 0002 'x' )").expectType(WirePacket.PUBACK);
      client.leave();
    }
    RawClient.connected(SERVER.port(), 4, "few").leave();
    look();

    assertThat(figure("publish/messages/dropped")).isEqualTo(before + 1);
  }

  @Test
  void heapIsThatOfTheProcess() {
    assertThat(figure("heap/current")).isPositive().isEqualTo(figure("heap/current size"));
    assertThat(figure("heap/maximum"))
        .isGreaterThanOrEqualTo(figure("heap/current"))
        .isEqualTo(figure("heap/maximum size"));
  }

  /// A minute in which 60 messages come is one of 60 messages; of it, an average keeps less the
  /// longer it looks back.
  @Test
  void loadsAreMovingAveragesForAMinute() {
    CLOCK.forget();
    look();
    assertThat(figures.get("load/publish/received/15min")).isEqualTo("0.00");
    try (RawClient client = RawClient.connected(SERVER.port(), 4, "busy")) {
      for (int i = 0; i < 60; i++) {
        client.send("30 ( \"a\" 'x' )");
      }
      client.expectNothing();
      client.leave();
    }
    CLOCK.pass(Duration.ofMinutes(1));
    look();

    assertThat(figures.get("load/publish/received/1min")).isEqualTo(kept(60, 1));
    assertThat(figures.get("load/publish/received/5min")).isEqualTo(kept(60, 5));
    assertThat(figures.get("load/publish/received/15min")).isEqualTo(kept(60, 15));
    assertThat(figures.get("load/connections/1min")).isEqualTo(kept(1, 1));
    assertThat(figures.get("load/sockets/1min")).isEqualTo(kept(1, 1));
  }

  private static String kept(double perMinute, double minutes) {
    return String.format(Locale.ROOT, "%.2f", perMinute * (1 - Math.exp(-1 / minutes)));
  }
}
