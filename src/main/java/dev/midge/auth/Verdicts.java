package dev.midge.auth;

import dev.midge.packet.TopicName;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The last answers to a question about topics, so that it is thought about once for each topic in
/// use. A table of fixed size that keeps no long names: strangers cannot make it grow. One loop at
/// a time.
final class Verdicts {
  private static final int SLOTS = 16;
  private static final int KEPT_BYTES_MAX = 256;

  private final Predicate<TopicName> question;
  private final @Nullable TopicName[] topics = new @Nullable TopicName[SLOTS];
  private final boolean[] answers = new boolean[SLOTS];

  Verdicts(Predicate<TopicName> question) {
    this.question = question;
  }

  boolean of(TopicName topic) {
    int slot = topic.hashCode() & SLOTS - 1;
    if (topic.equals(topics[slot])) {
      return answers[slot];
    }
    boolean answer = question.test(topic);
    if (topic.length() <= KEPT_BYTES_MAX) {
      topics[slot] = topic;
      answers[slot] = answer;
    }
    return answer;
  }
}
