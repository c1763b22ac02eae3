package dev.midge.topic;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.Random;
import java.util.regex.Pattern;

/// Topics and filters by chance, of few levels so that many match, and the rule for matching (4.7)
/// said in another way than the server does.
final class Topics {
  private static final String[] LEVELS = {"", "a", "b", "ab", "$", "$SYS", "ä"};
  private static final int DEPTH_MAX = 4;

  private final Random random;

  Topics(Random random) {
    this.random = random;
  }

  TopicName topic() {
    String name = levels(LEVELS.length);
    return name.isEmpty() ? topic() : TopicName.of(name);
  }

  TopicFilter filter() {
    StringBuilder filter = new StringBuilder();
    int depth = random.nextInt(DEPTH_MAX);
    for (int i = 0; i <= depth; i++) {
      filter.append(i == 0 ? "" : "/");
      filter.append(random.nextInt(3) == 0 ? "+" : LEVELS[random.nextInt(LEVELS.length)]);
    }
    if (random.nextInt(3) == 0) {
      filter.append("/#");
    }
    if (random.nextInt(20) == 0) {
      filter.replace(0, filter.length(), "#");
    }
    return filter.isEmpty() ? filter() : TopicFilter.of(filter.toString());
  }

  TopicFilter sharedFilter() {
    return TopicFilter.of("$share/" + (random.nextBoolean() ? "g" : "h") + "/" + filter());
  }

  private String levels(int kinds) {
    StringBuilder name = new StringBuilder();
    int depth = random.nextInt(DEPTH_MAX);
    for (int i = 0; i <= depth; i++) {
      name.append(i == 0 ? "" : "/").append(LEVELS[random.nextInt(kinds)]);
    }
    return name.toString();
  }

  /// Whether a filter, which may be shared, matches a topic.
  static boolean matches(TopicFilter filter, TopicName topic) {
    String pattern = filter.toString();
    if (pattern.startsWith("$share/")) {
      pattern = pattern.split("/", 3)[2];
    }
    String name = topic.toString();
    if (name.startsWith("$") && (pattern.startsWith("+") || pattern.startsWith("#"))) {
      return false;
    }
    boolean open = pattern.endsWith("#");
    String fixed = open ? pattern.substring(0, Math.max(0, pattern.length() - 2)) : pattern;
    StringBuilder regex = new StringBuilder();
    for (String part : fixed.split("\\+", -1)) {
      regex.append(regex.isEmpty() ? "" : "[^/]*").append(Pattern.quote(part));
    }
    return pattern.equals("#") || name.matches(open ? regex + "(/.*)?" : regex.toString());
  }
}
