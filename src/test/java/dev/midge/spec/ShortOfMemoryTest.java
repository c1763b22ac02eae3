package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When memory is short, newcomers are refused and those who are there go on, more slowly.
final class ShortOfMemoryTest {
  private static volatile double fullness;

  @RegisterExtension static final TestServer SERVER = TestServer.local().memory(() -> fullness);

  @AfterEach
  void thereIsMemoryAgain() {
    fill(0.5);
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "4, 3", "5, 137"})
  void newcomersAreToldThatTheServerIsBusyUntilThereIsMemoryAgain(int version, int reason) {
    fill(0.9);
    try (RawClient newcomer = RawClient.open(SERVER.port()).speak(version)) {
      newcomer.send(RawClient.connect(version, 2, "", "newcomer"));
      assertThat(newcomer.expectType(WirePacket.CONNACK).reason()).isEqualTo(reason);
      newcomer.expectClosed();
    }
    assertThat(SERVER.count(Counter.CONNECTS_SHORT_OF_MEMORY)).isPositive();
    fill(0.8);
    RawClient.connected(SERVER.port(), version, "newcomer").leave();
  }

  @Test
  void publishersThatAreThereLoseNothing() {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "publisher");
        RawClient subscriber = Packets.subscriber(SERVER.port(), 5, "subscriber", "scarce", 1)) {
      fill(0.9);
      publisher.send("32 ( \"scarce\" 0001 ( ) 'x' ) ".repeat(5));
      publisher.readAll(2);
      fill(0.5);
      publisher.readAll(3).expectNothing();
      subscriber.readAll(5).expectNothing();
    }
  }

  @Test
  void whenItIsNearlyFullThoseEndForWhomMostOfItWaits() {
    try (RawClient publisher = RawClient.connected(SERVER.port(), 5, "source");
        RawClient hoarder = Packets.subscriber(SERVER.port(), 5, "hoarder", "scarce/+", 1);
        RawClient modest = Packets.subscriber(SERVER.port(), 5, "modest", "scarce/small", 1)) {
      publisher.send("32 ( \"scarce/large\" 0001 ( ) 'x' *200000 )").expectType(WirePacket.PUBACK);
      publisher.send("32 ( \"scarce/small\" 0001 ( ) 'x' )").expectType(WirePacket.PUBACK);
      hoarder.readAll(2);
      modest.readAll(1).expectNothing();
      hoarder.expectNothing();
      fill(0.96);
      hoarder.expectEnd(0x97);
      modest.expectNothing();
      publisher.expectNothing();
    }
    assertThat(SERVER.count(Counter.CLIENTS_SHED)).isEqualTo(1);
  }

  private static void fill(double part) {
    fullness = part;
    SERVER.server().lookAtMemory();
  }
}
