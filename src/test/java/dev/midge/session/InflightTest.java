package dev.midge.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Seeds;
import dev.midge.kit.Statement;
import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Packet identifiers of messages on their way to a client.
class InflightTest {
  private final Inflight inflight = new Inflight();

  static Delivery delivery(int payloadBytes, QoS qos) {
    Message message =
        new Message(
            TopicName.of("a"),
            new byte[payloadBytes],
            qos,
            false,
            Properties.NONE,
            Message.NEVER,
            "");
    return new Delivery(message, qos, false, new int[0], null);
  }

  private Delivery added() {
    Delivery delivery = delivery(0, QoS.AT_LEAST_ONCE);
    inflight.add(delivery);
    return delivery;
  }

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  @Statement("MQTT-2.2.1-4")
  void anIdentifierInUseIsNeverGivenOut(long seed) {
    Random random = new Random(seed);
    Map<Integer, Delivery> model = new LinkedHashMap<>();
    for (int i = 0; i < 200_000; i++) {
      int inflightMax = i % 60_000 < 30_000 ? 20 : 2_000;
      if (model.size() < random.nextInt(inflightMax)) {
        Delivery delivery = added();
        assertThat(delivery.packetId()).as("seed %s", seed).isBetween(1, 65_535);
        assertThat(model.put(delivery.packetId(), delivery)).as("seed %s", seed).isNull();
      } else if (!model.isEmpty()) {
        // In turn, mostly.
        int skipped = random.nextInt(4) == 0 ? random.nextInt(Math.min(10, model.size())) : 0;
        Delivery delivery = model.values().stream().skip(skipped).findFirst().orElseThrow();
        inflight.remove(delivery);
        model.remove(delivery.packetId());
      } else {
        inflight.trim();
      }
      int packetId = random.nextInt(65_536);
      assertThat(inflight.find(packetId)).as("seed %s", seed).isSameAs(model.get(packetId));
      if (i % 1_000 == 0) {
        assertThat(inflight.inOrder())
            .as("seed %s", seed)
            .containsExactlyElementsOf(model.values());
      }
      assertThat(inflight.count()).isEqualTo(model.size());
    }
  }

  @Test
  void identifiersAreGivenOutInTurn() {
    for (int round = 0; round < 2; round++) {
      for (int packetId = 1; packetId <= 65_535; packetId++) {
        Delivery delivery = added();
        assertThat(delivery.packetId()).isEqualTo(packetId);
        inflight.remove(delivery);
      }
    }
  }

  @Test
  void oneThatIsNeverAcknowledgedKeepsItsIdentifier() {
    Delivery stuck = added();
    Set<Integer> others = new HashSet<>();
    for (int i = 0; i < 70_000; i++) {
      Delivery delivery = added();
      others.add(delivery.packetId());
      inflight.remove(delivery);
    }
    assertThat(others).doesNotContain(stuck.packetId());
    assertThat(inflight.find(stuck.packetId())).isSameAs(stuck);
  }

  @Test
  void allIdentifiersCanBeInUseAtATime() {
    List<Delivery> all = new ArrayList<>();
    for (int i = 0; i < 65_535; i++) {
      all.add(added());
    }
    assertThat(all.stream().mapToInt(Delivery::packetId).distinct()).hasSize(65_535);
    assertThat(inflight.inOrder()).isEqualTo(all);

    inflight.remove(all.get(40_000));
    assertThat(added().packetId()).isEqualTo(all.get(40_000).packetId());
  }

  @Test
  void aReleasedDeliveryKeepsItsPlace() {
    Delivery first = added();
    Delivery second = added();
    inflight.release(first);
    assertThat(first.state()).isEqualTo(Delivery.State.RELEASED);
    assertThat(second.state()).isEqualTo(Delivery.State.PUBLISHED);
    assertThat(inflight.inOrder()).containsExactly(first, second);
  }

  @Test
  void nothingIsInFlightAtFirst() {
    assertThat(inflight.find(0)).isNull();
    assertThat(inflight.find(1)).isNull();
    assertThat(inflight.inOrder()).isEmpty();
  }
}
