package dev.midge.store;

import static dev.midge.kit.AtLeastOnce.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.Requirement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.session.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is really full: of that nothing breaks, nobody is told that something is kept which
/// is not, and all goes on when there is room again.
final class FullDiskTest {
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final String PAYLOAD = "x".repeat(32 << 10);

  @TempDir private Path temporary;
  private @Nullable Volume volume;

  @BeforeEach
  void makeVolume() throws Exception {
    Requirement.require(Volume.isPossible(), "only root may have a volume to fill");
    volume = new Volume(temporary, "128M");
  }

  @AfterEach
  void removeVolume() throws Exception {
    if (volume != null) {
      volume.remove();
    }
  }

  private Volume volume() {
    return Objects.requireNonNull(volume);
  }

  /// What the server does before it comes to that is prevented here: the disk says that it has
  /// room.
  @Test
  void whatDoesNotFitIsNotAcknowledgedUntilItDoes() throws Exception {
    Path folder = Files.createDirectory(volume().path().resolve("store"));
    List<String> expected = new ArrayList<>();
    Random random = new Random(1);
    try (OpenStore store = new OpenStore(folder, new FaultyDisk())) {
      Session session = store.session("client");
      BooleanSupplier committed = store.commit();
      store.await(committed);
      Path filler = volume().fill("filler", 8L << 20);
      while (committed.getAsBoolean()) {
        String text = expected.size() + " " + incompressible(random);
        store.queue(session, OpenStore.message(text));
        expected.add(text);
        committed = store.commit();
        while (!committed.getAsBoolean() && !store.log().isBehind()) {
          store.runTasks();
          LockSupport.parkNanos(100_000);
        }
        assertThat(expected).as("more than there is room for").hasSizeLessThan(1000);
      }

      Files.delete(filler);
      store.await(committed);
      assertThat(store.log().isBehind()).isFalse();
      store.queue(session, OpenStore.message("later"));
      expected.add("later");
      store.commitAndAwait();
    }
    try (OpenStore store = new OpenStore(folder, new FaultyDisk())) {
      assertThat(store.queued(store.sessions().getFirst())).isEqualTo(expected);
    }
    try (StoreFolder checked = StoreFolder.open(folder)) {
      assertThat(checked.check((_, _) -> {})).isEmpty();
    }
  }

  private static String incompressible(Random random) {
    StringBuilder text = new StringBuilder(PAYLOAD.length() * 4);
    while (text.length() < PAYLOAD.length() * 4) {
      text.append((char) (' ' + random.nextInt(90)));
    }
    return text.toString();
  }

  @Test
  void aServerOnADiskThatOthersFillRefusesUntilThereIsRoom() throws Exception {
    TestServer server = TestServer.local().in(volume().path());
    server.start();
    try (RawClient away = RawClient.open(server.port());
        RawClient publisher = RawClient.connected(server.port(), 5, "publisher")) {
      away.send(RawClient.connect(5, 0x00, "11 ffffffff", "away"));
      away.expectType(WirePacket.CONNACK);
      away.send("82 ( 0001 ( ) \"q\" 01 )").expectType(WirePacket.SUBACK);
      away.leave();
      int kept = 0;
      for (; kept < 100; kept++) {
        assertThat(publish(publisher)).isZero();
      }
      Path filler = volume().fill("filler", 0);
      while (publish(publisher) != QUOTA_EXCEEDED) {
        assertThat(++kept).as("no room").isLessThan(10_000);
      }
      try (RawClient there = RawClient.connected(server.port(), 5, "there")) {
        there.send("82 ( 0001 ( ) \"q\" 00 )").expectType(WirePacket.SUBACK);
        publisher.send("30 ( \"q\" ( ) 'of QoS 0' )");
        assertThat(there.expectType(WirePacket.PUBLISH).text()).isEqualTo("of QoS 0");
      }

      Files.delete(filler);
      int refused = 0;
      while (publish(publisher) == QUOTA_EXCEEDED) {
        assertThat(++refused).as("heals by itself").isLessThan(1_000_000);
      }
      kept++;
      server.restart();
      try (RawClient back = RawClient.open(server.port()).speak(5)) {
        back.send(RawClient.connect(5, 0x00, "11 ffffffff", "away"));
        back.expectType(WirePacket.CONNACK);
        take(back, kept);
        back.send("c0 00").expect("d0 00");
      }
    } finally {
      server.stop();
    }
  }

  private static int publish(RawClient publisher) {
    return publisher
        .send("32 ( \"q\" 0007 ( ) '%s' )".formatted(PAYLOAD))
        .expectType(WirePacket.PUBACK)
        .reason();
  }
}
