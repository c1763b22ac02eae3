package dev.midge.store;

import static dev.midge.kit.AtLeastOnce.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What clients are told when the store takes as much of the disk as it may.
final class QuotaTest {
  private static final int QUOTA_EXCEEDED = 0x97;

  @RegisterExtension
  static final TestServer SERVER = TestServer.local().shared("  store_bytes_max: 8MiB\n");

  private static final String PAYLOAD = "x".repeat(32 << 10);

  private final RawClient publisher = RawClient.connected(SERVER.port(), 5, "publisher");

  private int publish(int flags, String topic) {
    return publisher
        .send("%02x ( \"%s\" 0007 ( ) '%s' )".formatted(flags, topic, PAYLOAD))
        .expectType(WirePacket.PUBACK)
        .reason();
  }

  @Test
  void publishersAreRefusedUntilWhatIsKeptIsDrained() {
    try (RawClient away = RawClient.open(SERVER.port())) {
      away.send(RawClient.connect(5, 0x00, "11 ffffffff", "away"));
      away.expectType(WirePacket.CONNACK);
      away.send("82 ( 0001 ( ) \"q/#\" 01 )").expectType(WirePacket.SUBACK);
      away.leave();
    }
    int kept = 0;
    while (publish(0x32, "q/1") != QUOTA_EXCEEDED) {
      assertThat(++kept).as("8 MiB").isLessThan(10_000);
    }
    assertThat(publish(0x33, "retained")).isEqualTo(QUOTA_EXCEEDED);
    try (RawClient there = RawClient.connected(SERVER.port(), 5, "there")) {
      there.send("82 ( 0001 ( ) \"q/#\" 00 )").expectType(WirePacket.SUBACK);
      publisher.send("30 ( \"q/2\" ( ) 'of QoS 0' )");
      assertThat(there.expectType(WirePacket.PUBLISH).text()).isEqualTo("of QoS 0");
    }

    try (RawClient back = RawClient.open(SERVER.port()).speak(5)) {
      back.send(RawClient.connect(5, 0x00, "11 ffffffff", "away"));
      back.expectType(WirePacket.CONNACK);
      take(back, kept);
      int refused = 0;
      while (publish(0x32, "elsewhere") == QUOTA_EXCEEDED) {
        assertThat(++refused).as("heals by itself").isLessThan(1_000_000);
      }
    }
  }
}
