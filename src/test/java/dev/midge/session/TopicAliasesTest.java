package dev.midge.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Statement;
import dev.midge.packet.TopicName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client and the server call topics by.
class TopicAliasesTest {

  private static TopicName topic(int number) {
    return TopicName.of("t/" + number);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 100, 65_535})
  void eachAliasUpToTheHighestStandsForWhatTheClientLastSaid(int max) {
    TopicAliases aliases = new TopicAliases(max, 0);
    for (int alias = max; alias > 0; alias--) {
      assertThat(aliases.topic(alias)).isNull();
      aliases.learn(alias, topic(alias));
    }
    aliases.learn(max, topic(0));
    for (int alias = 1; alias < max; alias++) {
      assertThat(aliases.topic(alias)).isEqualTo(topic(alias));
    }
    assertThat(aliases.topic(max)).isEqualTo(topic(0));
  }

  @Test
  void anAliasThatWasNotSaidStandsForNothing() {
    TopicAliases aliases = new TopicAliases(10, 10);
    assertThat(aliases.topic(1)).isNull();
    aliases.learn(3, topic(3));
    assertThat(aliases.topic(1)).isNull();
    assertThat(aliases.topic(10)).isNull();
    assertThat(aliases.topic(65_535)).isNull();
  }

  @Test
  @Statement("MQTT-3.1.2-26")
  void topicsGetAliasesAsLongAsTheClientAcceptsMore() {
    TopicAliases aliases = new TopicAliases(0, 3);
    for (int alias = 1; alias <= 3; alias++) {
      assertThat(aliases.known(topic(alias))).isZero();
      assertThat(aliases.next()).isEqualTo(alias);
      aliases.assign(topic(alias));
      assertThat(aliases.known(topic(alias))).isEqualTo(alias);
    }
    assertThat(aliases.next()).isZero();
    assertThat(aliases.known(topic(4))).isZero();
    assertThat(aliases.known(topic(1))).isEqualTo(1);
  }

  @Test
  @Statement("MQTT-3.1.2-27")
  void aClientThatAcceptsNoneGetsNone() {
    assertThat(new TopicAliases(0, 0).next()).isZero();
  }

  @Test
  void theTwoDirectionsKnowNothingOfEachOther() {
    TopicAliases aliases = new TopicAliases(5, 5);
    aliases.learn(1, topic(1));
    assertThat(aliases.known(topic(1))).isZero();
    aliases.assign(topic(2));
    assertThat(aliases.topic(1)).isEqualTo(topic(1));
  }
}
