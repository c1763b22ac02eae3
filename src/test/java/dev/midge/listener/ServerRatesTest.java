package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What all clients together may have of the server in a time.
final class ServerRatesTest {
  private static final TestClock CLOCK = new TestClock();
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .shared("loops: 1\nbytes_out: 1KiB/s burst 4KiB\nhandshakes: 1/min burst 3");

  @BeforeEach
  void allIsForgotten() {
    CLOCK.forget();
  }

  @Test
  void whoGetsMoreThanIsLeftForAllWaitsForHisTurn() {
    long before = SERVER.count(Counter.CLIENTS_HELD_BACK_FOR_ALL);
    try (RawClient one = subscribed("one");
        RawClient other = subscribed("other");
        RawClient publisher = RawClient.connected(SERVER.port(), 4, "publisher")) {
      publisher.send(published("one"));
      assertGetsAndIsHeldBack(one, "one", before + 1);
      publisher.send(published("other"));
      assertGetsAndIsHeldBack(other, "other", before + 2);
      publisher.send(published("one") + published("other"));
      CLOCK.pass(Duration.ofSeconds(7));
      assertGetsAndIsHeldBack(one, "one", before + 3);
      publisher.send(published("one"));
      CLOCK.pass(Duration.ofSeconds(6));
      assertGetsAndIsHeldBack(other, "other", before + 4); // It has waited for longer.
      CLOCK.pass(Duration.ofSeconds(6));
      assertGetsAndIsHeldBack(one, "one", before + 5);
    }
  }

  private static RawClient subscribed(String topic) {
    RawClient client = RawClient.connected(SERVER.port(), 4, topic);
    client.send("82 ( 0001 \"%s\" 00 )".formatted(topic)).expectType(WirePacket.SUBACK);
    return client;
  }

  private static String published(String topic) {
    return "30 ( \"%s\" 'x' *5000 ) ".formatted(topic);
  }

  private static void assertGetsAndIsHeldBack(RawClient client, String topic, long count) {
    assertThat(client.expectType(WirePacket.PUBLISH).topic()).isEqualTo(topic);
    Instant deadline = Instant.now().plus(PATIENCE);
    while (SERVER.count(Counter.CLIENTS_HELD_BACK_FOR_ALL) < count) {
      assertThat(Instant.now()).isBefore(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void moreHandshakesThanMayBeginAreRefusedUntilOthersMay() throws IOException {
    long before = SERVER.count(Counter.HANDSHAKES_OVER_RATE);
    try (Socket first = shaken();
        Socket second = shaken();
        Socket third = shaken()) {
      assertThatThrownBy(ServerRatesTest::shaken).isInstanceOf(IOException.class);
      assertThat(SERVER.count(Counter.HANDSHAKES_OVER_RATE)).isEqualTo(before + 1);
      CLOCK.pass(Duration.ofMinutes(1));
      shaken().close();
      assertThatThrownBy(ServerRatesTest::shaken).isInstanceOf(IOException.class);
      RawClient.connected(SERVER.port(), 5, "plain").close();
      for (Socket socket : new Socket[] {first, second, third}) {
        RawClient.connected(RawClient.over(socket), 5, "in time").close();
      }
    }
    assertThat(SERVER.server().pendingHandshakes()).isZero();
  }

  private static Socket shaken() throws IOException {
    return TlsClient.trusting(SERVER.caFile()).open(SERVER.port("tls"));
  }
}
