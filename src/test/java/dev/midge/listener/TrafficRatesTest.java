package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who sends or gets more than a rate allows is slowed down, and loses nothing that is
/// acknowledged.
final class TrafficRatesTest {
  private static final TestClock CLOCK = new TestClock();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .listener("few-publishes", "limits: { publishes: 2/s burst 5 }")
          .listener("too-fast", "limits: { publishes: 2/s burst 5, slowed_seconds_max: 30 }")
          .listener("hasty", "limits: { publishes: 2/s burst 5, slowed_seconds_max: 10 }")
          .listener("few-web", "transport: websocket\nlimits: { publishes: 2/s burst 5 }")
          .listener("few-subscribes", "limits: { subscribes: 2/s burst 5 }")
          .listener("few-bytes-in", "limits: { bytes_in: 1KiB/s burst 4KiB }")
          .listener("few-bytes-out", "limits: { bytes_out: 1KiB/s burst 4KiB }")
          .addresses("publishes: 10/s burst 20");

  @BeforeEach
  void allIsForgotten() {
    CLOCK.creep(Duration.ZERO);
    CLOCK.forget();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void aPublisherOverItsRateIsReadLaterAndLosesNothing(int version) {
    long before = SERVER.count(Counter.MESSAGES_RECEIVED);
    try (RawClient client = connected("few-publishes", version)) {
      client.send(publishes(version, 1, 12)).readAll(5);
      assertThat(SERVER.count(Counter.MESSAGES_RECEIVED)).isEqualTo(before + 5);
      CLOCK.pass(Duration.ofSeconds(1));
      client.readAll(2);
      assertThat(SERVER.count(Counter.MESSAGES_RECEIVED)).isEqualTo(before + 7);
      CLOCK.pass(Duration.ofMinutes(1));
      client.readAll(5);
      CLOCK.pass(Duration.ofMinutes(1));
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void whoIsTooFastForTooLongIsSentAway(int version) {
    long before = SERVER.count(Counter.CLIENTS_OVER_RATE);
    try (RawClient other = RawClient.connected(SERVER.port("too-fast"), version, "other");
        RawClient client = connected("too-fast", version)) {
      client.send(publishes(version, 1, 100)).readAll(5);
      CLOCK.pass(Duration.ofSeconds(29));
      client.readAll(5);
      CLOCK.pass(Duration.ofSeconds(2));
      client.expectEnd(0x96);
      other.send(publishes(version, 1, 4)).readAll(4).expectNothing();
    }
    assertThat(SERVER.count(Counter.CLIENTS_OVER_RATE)).isEqualTo(before + 1);
  }

  @Test
  void whoIsTooFastForTooLongIsSentAwayHoweverLongAServersTurnTakes() {
    try (RawClient client = connected("hasty", 5)) {
      CLOCK.creep(Duration.ofMillis(100));
      client.send(publishes(5, 1, 120));
      WirePacket last = client.read();
      while (last.type() == WirePacket.PUBACK) {
        last = client.read();
      }
      assertThat(last.type()).isEqualTo(WirePacket.DISCONNECT);
      assertThat(last.reason()).isEqualTo(0x96);
    }
  }

  @Test
  void whoIsSlowedForWhatOthersOfItsAddressSendMayStay() {
    try (RawClient others = RawClient.connected(SERVER.port(), 5, "others");
        RawClient client = connected("too-fast", 5)) {
      others.send(publishes(5, 1, 500)).readAll(20);
      for (int i = 0; i < 60; i++) {
        CLOCK.pass(Duration.ofSeconds(1));
        others.readAll(8); // All of them in the end: what is left unread is read after the test.
        client.send(publishes(5, 1, 1)).readAll(1);
      }
      CLOCK.pass(Duration.ofMinutes(5));
      client.expectNothing();
    }
  }

  @Test
  void whoRestsInBetweenMayStay() {
    try (RawClient client = connected("too-fast", 5)) {
      for (int i = 0; i < 4; i++) {
        client.send(publishes(5, 1, 6)).readAll(5);
        CLOCK.pass(Duration.ofSeconds(10));
        client.readAll(1);
        CLOCK.pass(Duration.ofSeconds(10));
      }
      client.expectNothing();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.14.4-3")
  void whoLeavesBeforeAllWasReadIsReadToTheEnd(int version) {
    leavesBeforeAllWasRead(RawClient.open(SERVER.port("few-publishes")), version);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  @Statement("MQTT-3.14.4-3")
  void whoClosesItsWebSocketBeforeAllWasReadIsReadToTheEnd(int version) {
    leavesBeforeAllWasRead(RawClient.openWebSocket(SERVER.port("few-web")), version);
  }

  private static void leavesBeforeAllWasRead(RawClient connection, int version) {
    try (RawClient witness = connected("plain", 4)) {
      witness.send("82 ( 0001 \"rate\" 00 \"will\" 00 )").expectType(WirePacket.SUBACK);
      String connect = RawClient.connect(version, 0x06, "", "hurried");
      String will = (version == 5 ? "( ) " : "") + "\"will\" 0001 'w' )";
      try (connection) {
        connection.speak(version);
        connection
            .send(connect.substring(0, connect.length() - 1) + will)
            .expectType(WirePacket.CONNACK);
        connection.send(publishes(version, 0, 12) + "e0 00");
      }
      witness.readAll(5);
      CLOCK.pass(Duration.ofMinutes(1));
      witness.readAll(5);
      CLOCK.pass(Duration.ofMinutes(1));
      witness.readAll(2);
      RawClient.connected(SERVER.port(), version, "hurried").close();
      witness.expectNothing();
    }
  }

  @Test
  void allPublishersOfAnAddressShareItsRate() {
    long before = SERVER.count(Counter.MESSAGES_RECEIVED);
    try (RawClient one = connected("plain", 4);
        RawClient other = connected("plain", 5);
        RawClient bystander = RawClient.openFrom("127.0.0.2", SERVER.port())) {
      one.send(publishes(4, 1, 15)).readAll(15);
      other.send(publishes(5, 1, 15)).readAll(5);
      RawClient.connected(bystander, 4, "bystander").send(publishes(4, 1, 10)).readAll(10);
      assertThat(SERVER.count(Counter.MESSAGES_RECEIVED)).isEqualTo(before + 30);
      CLOCK.pass(Duration.ofSeconds(1));
      other.readAll(10);
      CLOCK.pass(Duration.ofSeconds(1));
      other.expectNothing();
    }
  }

  @Test
  void whatCameBeforeAMistakeIsCounted() {
    try (RawClient one = connected("plain", 4)) {
      one.send(publishes(4, 1, 15) + " 00 00").readAll(15).expectClosed();
    }
    try (RawClient other = connected("plain", 4)) {
      other.send(publishes(4, 1, 15)).readAll(5);
      CLOCK.pass(Duration.ofSeconds(1));
      other.readAll(10);
    }
  }

  @Test
  void aSubscriberOverItsRateIsAnsweredLater() {
    try (RawClient client = connected("few-subscribes", 5)) {
      long before = SERVER.count(Counter.CLIENTS_SLOWED);
      client.send("82 ( 0001 ( ) \"a\" 00 ) ".repeat(7)).readAll(5);
      assertThat(SERVER.count(Counter.CLIENTS_SLOWED)).isEqualTo(before + 1);
      CLOCK.pass(Duration.ofSeconds(1));
      client.readAll(2);
      CLOCK.pass(Duration.ofSeconds(10));
      client.expectNothing();
    }
  }

  @Test
  void bytesThatComeTooFastAreReadLater() {
    long before = SERVER.count(Counter.MESSAGES_RECEIVED);
    try (RawClient client = connected("few-bytes-in", 4)) {
      client.send("32 ( \"bytes\" 0001 'x' *1000 ) ".repeat(10)).readAll(4);
      assertThat(SERVER.count(Counter.MESSAGES_RECEIVED)).isLessThan(before + 6);
      CLOCK.pass(Duration.ofMinutes(1));
      client.readAll(4);
      CLOCK.pass(Duration.ofMinutes(1));
      client.readAll(2).expectNothing();
    }
  }

  @Test
  void bytesOfAPacketThatNeverEndsAreReadLaterToo() {
    long before = SERVER.count(Counter.CLIENTS_SLOWED);
    try (RawClient client = connected("few-bytes-in", 4);
        RawClient other = RawClient.connected(SERVER.port("few-bytes-in"), 4, "other")) {
      client.send("30 ff ff 3f 0005 'bytes' " + "'x' *8000");
      Instant deadline = Instant.now().plus(PATIENCE);
      while (SERVER.count(Counter.CLIENTS_SLOWED) == before) {
        assertThat(Instant.now()).isBefore(deadline);
        Thread.onSpinWait();
      }
      other.send("32 ( \"bytes\" 0001 'x' *1000 ) ".repeat(4)).readAll(4);
    }
  }

  @Test
  void aSubscriberThatGetsTooMuchGetsItLaterAndLosesNothing() {
    try (RawClient subscriber = connected("few-bytes-out", 4);
        RawClient publisher = connected("plain", 4)) {
      subscriber.send("82 ( 0001 \"out\" 01 )").expectType(WirePacket.SUBACK);
      publisher.send("32 ( \"out\" 0001 'x' *1000 ) ".repeat(10)).readAll(10);
      subscriber.readAll(5);
      assertThat(SERVER.count(Counter.CLIENTS_HELD_BACK)).isPositive();
      for (int i = 5; i < 10; i++) {
        CLOCK.pass(Duration.ofMinutes(1));
        subscriber.readAll(1);
      }
      CLOCK.pass(Duration.ofMinutes(1));
      subscriber.expectNothing();
    }
  }

  private static RawClient connected(String listener, int version) {
    return RawClient.connected(SERVER.port(listener), version, listener + version);
  }

  private static String publishes(int version, int qos, int count) {
    return "%02x ( \"rate\" 0001 %s 'x' ) "
        .formatted(0x30 | qos << 1, version == 5 ? "( )" : "")
        .repeat(count);
  }
}
