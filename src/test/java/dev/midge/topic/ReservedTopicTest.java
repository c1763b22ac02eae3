package dev.midge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Statement;
import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// 4.7.2: topics that begin with `$`, under which only the server publishes.
final class ReservedTopicTest {
  private static final Subscriber SOMEBODY =
      new Subscriber() {
        @Override
        public int homeLoop() {
          return 0;
        }

        @Override
        public Readiness readiness() {
          return Readiness.READY;
        }
      };

  @ParameterizedTest
  @CsvSource({
    "#, false",
    "+, false",
    "+/#, false",
    "+/monitor, false",
    "+/+, false",
    "$SYS/#, true",
    "$SYS/+, true",
    "$SYS/monitor, true",
    "$share/group/#, false",
    "$share/group/+/monitor, false",
    "$share/group/$SYS/#, true",
  })
  @Statement("MQTT-4.7.2-1")
  void aWildcardAtTheFirstLevelPassesThemBy(String text, boolean matches) {
    TopicFilter filter = TopicFilter.of(text);
    TopicName topic = TopicName.of("$SYS/monitor");

    SubscriptionIndex subscriptions = new SubscriptionIndex(1);
    subscriptions.subscribe(
        filter, new Subscription(SOMEBODY, QoS.AT_MOST_ONCE, false, false, 0), null);
    assertThat(subscriptions.match(topic).isEmpty()).isEqualTo(!matches);

    RetainedIndex retained = new RetainedIndex(1, 1000);
    Message message =
        new Message(topic, new byte[1], QoS.AT_MOST_ONCE, true, Properties.NONE, Message.NEVER, "");
    assertThat(retained.store(message, true).outcome()).isEqualTo(RetainedIndex.Outcome.STORED);
    assertThat(retained.cursor(filter).next(0)).isEqualTo(matches ? message : null);
  }
}
