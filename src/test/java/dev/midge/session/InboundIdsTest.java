package dev.midge.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Seeds;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Packet identifiers of messages on their way from a client.
class InboundIdsTest {

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  void anIdentifierIsHeldUntilItIsLetGo(long seed) {
    Random random = new Random(seed);
    InboundIds ids = new InboundIds();
    TreeSet<Integer> model = new TreeSet<>();
    for (int i = 0; i < 20_000; i++) {
      int packetId = random.nextInt(10) == 0 ? random.nextInt(1, 65_536) : random.nextInt(1, 9);
      assertThat(ids.contains(packetId)).as("seed %s", seed).isEqualTo(model.contains(packetId));
      if (model.contains(packetId) || random.nextBoolean()) {
        assertThat(ids.remove(packetId)).as("seed %s", seed).isEqualTo(model.remove(packetId));
      } else {
        ids.add(packetId);
        model.add(packetId);
      }
      assertThat(ids.count()).isEqualTo(model.size());
      if (i % 100 == 0) {
        assertThat(ids.all()).containsExactly(model.stream().mapToInt(id -> id).toArray());
      }
    }
  }
}
