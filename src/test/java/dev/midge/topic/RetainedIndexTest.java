package dev.midge.topic;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Seeds;
import dev.midge.kit.Statement;
import dev.midge.packet.Message;
import dev.midge.packet.Properties;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.topic.RetainedIndex.Cursor;
import dev.midge.topic.RetainedIndex.Outcome;
import dev.midge.topic.RetainedIndex.Sweep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which messages are retained, compared with a map that is gone through one by one.
class RetainedIndexTest {
  private static final long NOW_MILLIS = 1_000;

  private final RetainedIndex index = new RetainedIndex(Long.MAX_VALUE, Long.MAX_VALUE);

  private static Message message(TopicName topic, int payloadBytes, long expiresAtMillis) {
    return new Message(
        topic,
        new byte[payloadBytes],
        QoS.AT_MOST_ONCE,
        true,
        Properties.NONE,
        expiresAtMillis,
        "");
  }

  private static Message message(String topic) {
    return message(TopicName.of(topic), 1, Message.NEVER);
  }

  private static List<Message> all(Cursor cursor, long nowMillis) {
    List<Message> messages = new ArrayList<>();
    while (!cursor.isDone()) {
      Message next = cursor.next(nowMillis);
      if (next != null) {
        messages.add(next);
      }
    }
    return messages;
  }

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  @Statement({"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-4.7.2-1"})
  void aFilterFindsTheLastMessageOfEachTopicThatItMatches(long seed) {
    Random random = new Random(seed);
    Topics topics = new Topics(random);
    Map<TopicName, Message> model = new LinkedHashMap<>();
    for (int i = 0; i < 1_500; i++) {
      TopicName topic = topics.topic();
      if (random.nextInt(3) == 0) {
        index.clear(topic);
        model.remove(topic);
      } else {
        long expiresAtMillis = random.nextInt(4) == 0 ? random.nextInt(2_000) : Message.NEVER;
        Message message = message(topic, random.nextInt(10), expiresAtMillis);
        assertThat(index.store(message)).isEqualTo(Outcome.STORED);
        model.put(topic, message);
      }
      TopicFilter filter = topics.filter();
      assertThat(all(index.cursor(filter), NOW_MILLIS))
          .as("%s, change %s of seed %s", filter, i, seed)
          .containsExactlyInAnyOrderElementsOf(
              model.values().stream()
                  .filter(kept -> Topics.matches(filter, kept.topic()))
                  .filter(kept -> kept.expiresAtMillis() > NOW_MILLIS)
                  .toList());
      assertThat(index.find(topic)).isSameAs(model.get(topic));
      assertThat(index.messages()).isEqualTo(model.size());
      assertThat(index.bytes())
          .isEqualTo(model.values().stream().mapToLong(Message::sizeBytes).sum());
    }
    model.keySet().forEach(index::clear);
    assertThat(index.messages()).isZero();
    assertThat(index.bytes()).isZero();
  }

  @Test
  void whatIsStoredAfterACursorBeganDoesNotShow() {
    index.store(message("a/1"));
    index.store(message("a/2"));
    Cursor cursor = index.cursor(TopicFilter.of("a/#"));
    Message first = requireNonNull(cursor.next(NOW_MILLIS));
    index.store(message("a/3"));
    index.store(message(first.topic().toString().equals("a/1") ? "a/2" : "a/1"));

    assertThat(cursor.next(NOW_MILLIS)).isNull();
  }

  @Test
  void whatIsClearedBeforeACursorComesToItDoesNotShow() {
    index.store(message("a/1"));
    index.store(message("a/2"));
    Cursor cursor = index.cursor(TopicFilter.of("a/+"));
    assertThat(cursor.next(NOW_MILLIS)).isNotNull();
    index.clear(TopicName.of("a/1"));
    index.clear(TopicName.of("a/2"));

    assertThat(cursor.next(NOW_MILLIS)).isNull();
  }

  @Test
  void thereIsNoRoomForOneMessageMoreThanAllowed() {
    RetainedIndex small = new RetainedIndex(2, Long.MAX_VALUE);
    assertThat(small.store(message("a"))).isEqualTo(Outcome.STORED);
    assertThat(small.store(message("b"))).isEqualTo(Outcome.STORED);
    assertThat(small.store(message("c"))).isEqualTo(Outcome.TOO_MANY);
    assertThat(small.store(message("a"))).as("replaced").isEqualTo(Outcome.STORED);
    small.clear(TopicName.of("b"));
    assertThat(small.store(message("c"))).isEqualTo(Outcome.STORED);
    assertThat(all(small.cursor(TopicFilter.of("#")), NOW_MILLIS))
        .extracting(kept -> kept.topic().toString())
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void aMessageForWhichThereIsNoRoomLeavesTheOneBeforeInPlace() {
    TopicName topic = TopicName.of("a");
    Message first = message(topic, 10, Message.NEVER);
    int levelBytes = 100;
    RetainedIndex small = new RetainedIndex(10, levelBytes + first.sizeBytes() + 5);
    assertThat(small.store(first)).isEqualTo(Outcome.STORED);
    assertThat(small.store(message(topic, 16, Message.NEVER))).isEqualTo(Outcome.TOO_LARGE);
    assertThat(small.find(topic)).isSameAs(first);
    assertThat(small.store(message(topic, 15, Message.NEVER))).isEqualTo(Outcome.STORED);
    assertThat(small.store(message("b"))).isEqualTo(Outcome.TOO_LARGE);
    assertThat(small.messages()).isEqualTo(1);
  }

  @Test
  void aSweepForgetsWhatHasExpiredAndNothingElse() {
    for (int i = 0; i < 100; i++) {
      index.store(
          message(TopicName.of("a/" + i % 10 + "/" + i), 1, i % 2 == 0 ? 500 : Message.NEVER));
    }
    Sweep sweep = index.sweep();
    int turns = 1;
    while (sweep.advance(10, NOW_MILLIS)) {
      turns++;
    }
    assertThat(turns).as("a few at a time").isGreaterThan(10);
    assertThat(index.messages()).isEqualTo(50);
    assertThat(all(index.cursor(TopicFilter.of("#")), 0)).hasSize(50);
  }

  @Test
  void aFilterThatMatchesOneOfVeryManyTopicsIsSearchedInSteps() {
    for (int i = 0; i < 1000; i++) {
      index.store(message("first-" + i + (i == 999 ? "/found" : "/other")));
    }
    Cursor cursor = index.cursor(TopicFilter.of("+/found"));
    int steps = 0;
    while (cursor.next(NOW_MILLIS) == null) {
      assertThat(cursor.isDone()).isFalse();
      steps++;
    }
    assertThat(steps + all(cursor, NOW_MILLIS).size()).as("steps").isBetween(0, 10);
    assertThat(cursor.isDone()).isTrue();
  }

  @Test
  void aTopicOfVeryManyLevelsIsFoundAndCleared() {
    String deep = "/".repeat(65_535);
    index.store(message(deep));
    assertThat(all(index.cursor(TopicFilter.of("#")), NOW_MILLIS)).hasSize(1);
    assertThat(all(index.cursor(TopicFilter.of("/#")), NOW_MILLIS)).hasSize(1);
    assertThat(all(index.cursor(TopicFilter.of(deep)), NOW_MILLIS)).hasSize(1);
    index.clear(TopicName.of(deep));
    assertThat(all(index.cursor(TopicFilter.of("#")), NOW_MILLIS)).isEmpty();
  }
}
