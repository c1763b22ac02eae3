package dev.midge.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Seeds;
import dev.midge.packet.QoS;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What waits for a client.
class DeliveryQueueTest {

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  void deliveriesLeaveInTheOrderInWhichTheyCame(long seed) {
    Random random = new Random(seed);
    DeliveryQueue queue = new DeliveryQueue();
    List<Delivery> model = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      switch (random.nextInt(20)) {
        case 0 -> {
          int payloadBytes = random.nextInt(5);
          List<Delivery> removed =
              queue.removeIf(waiting -> waiting.message().payload().length == payloadBytes);
          List<Delivery> expected =
              model.stream()
                  .filter(waiting -> waiting.message().payload().length == payloadBytes)
                  .toList();
          assertThat(removed).as("seed %s", seed).isEqualTo(expected);
          model.removeAll(expected);
        }
        case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> {
          if (!model.isEmpty()) {
            queue.removeFirst();
            model.removeFirst();
          }
        }
        default -> {
          Delivery delivery = InflightTest.delivery(random.nextInt(5), QoS.of(random.nextInt(3)));
          queue.add(delivery);
          model.add(delivery);
        }
      }
      assertThat(queue.count()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
      assertThat(queue.holdsAtMostOnce())
          .isEqualTo(model.stream().anyMatch(waiting -> waiting.qos() == QoS.AT_MOST_ONCE));
      assertThat(queue.peek()).as("seed %s", seed).isSameAs(model.isEmpty() ? null : model.get(0));
      assertThat(queue.bytes())
          .isEqualTo(model.stream().mapToLong(waiting -> waiting.message().sizeBytes()).sum());
    }
  }

  @Test
  void fromAnEmptyQueueNothingIsTaken() {
    DeliveryQueue queue = new DeliveryQueue();
    assertThat(queue.peek()).isNull();
    assertThat(queue.removeIf(_ -> true)).isEmpty();
    assertThatThrownBy(queue::removeFirst).isInstanceOf(IllegalStateException.class);
  }
}
