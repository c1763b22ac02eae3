package dev.midge.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a filter is made of; which texts are none stands in the packet table.
class TopicFilterTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "a/b", "$SYS/a", "$share", "$sharea/b", "$SHARE/g/a", "/", "a//b"})
  void withoutAWildcardOrAShareNameItIsATopic(String text) {
    TopicFilter filter = TopicFilter.of(text);
    assertThat(filter.isShared()).isFalse();
    assertThat(filter.shareName()).isNull();
    assertThat(filter.hasWildcard()).isFalse();
    assertThat(String.join("/", filter.levels())).isEqualTo(text);
    assertThat(filter.levels()).isEqualTo(TopicName.of(text).levels());
    assertThat(filter).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/+", "+/a", "a/#", "$share/g/+", "$share/g/a/#", "/+/"})
  void aWildcardIsSeen(String text) {
    assertThat(TopicFilter.of(text).hasWildcard()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "$share/g/a, g, a",
    "$share/g/a/+, g, a/+",
    "$share/g/#, g, #",
    "$share/g//, g, /",
    "$share/my group/$share/a, my group, $share/a",
    "$share/$share/a, $share, a"
  })
  @Statement({"MQTT-4.8.2-1", "MQTT-4.8.2-2"})
  void aSharedFilterHasANameAndAPattern(String text, String name, String pattern) {
    TopicFilter filter = TopicFilter.of(text);
    assertThat(filter.isShared()).isTrue();
    assertThat(filter.shareName()).isEqualTo(name);
    assertThat(String.join("/", filter.levels())).isEqualTo(pattern);
    assertThat(filter).hasToString(text);
  }

  @Test
  @Statement("MQTT-3.8.4-3")
  void filtersAreTheSameWhenTheirWholeTextsAre() {
    assertThat(TopicFilter.of("a/+"))
        .isEqualTo(TopicFilter.of("a/+"))
        .hasSameHashCodeAs(TopicFilter.of("a/+"))
        .isNotEqualTo(TopicFilter.of("a/#"))
        .isNotEqualTo(TopicFilter.of("$share/g/a/+"))
        .isNotEqualTo(TopicFilter.of("A/+"));
  }

  @Test
  @Statement("MQTT-4.7.3-4")
  void topicsAreTheSameWhenTheirBytesAre() {
    byte[] padded = Utf8.bytes("xa/b");
    TopicName topic = TopicName.of("a/b");
    assertThat(topic)
        .isEqualTo(TopicName.of(padded, 1, 3))
        .hasSameHashCodeAs(TopicName.of(padded, 1, 3))
        .isNotEqualTo(TopicName.of("a/B"))
        .isNotEqualTo(TopicName.of("/a/b"));
    assertThat(topic.isSpelled(padded, 1, 3)).isTrue();
    assertThat(topic.isSpelled(padded, 0, 3)).isFalse();
    assertThat(topic.isSpelled(padded, 0, 4)).isFalse();
    assertThat(TopicName.hash(padded, 1, 3)).isEqualTo(topic.hashCode());
  }

  @ParameterizedTest
  @CsvSource({"a, 1", "a/b, 2", "/, 2", "//, 3", "/a/, 3", "ä/€/x, 3"})
  void aTopicHasOneLevelMoreThanSeparators(String text, int levels) {
    TopicName topic = TopicName.of(text);
    assertThat(topic.levelCount()).isEqualTo(levels);
    assertThat(topic.levels()).hasSize(levels);
    assertThat(String.join("/", topic.levels())).isEqualTo(text);
  }

  @Test
  void onlyATopicThatBeginsWithADollarSignIsReserved() {
    assertThat(TopicName.of("$SYS/a").isReserved()).isTrue();
    assertThat(TopicName.of("$").isReserved()).isTrue();
    assertThat(TopicName.of("a/$SYS").isReserved()).isFalse();
    assertThat(TopicName.of("/$SYS").isReserved()).isFalse();
  }

  @Test
  @Statement("MQTT-4.7.3-3")
  void aTopicIsNoLongerThanAStringCanBe() {
    assertThat(TopicName.of("x".repeat(65_535)).length()).isEqualTo(65_535);
    assertThatThrownBy(() -> TopicName.of("x".repeat(65_536)))
        .isInstanceOf(ProtocolViolation.class);
  }
}
