package dev.midge.auth;

import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Topics that a rule speaks of for one client. Immutable.
final class BoundPattern {
  private static final String ONE = "+";
  private static final String ALL = "#";

  private final List<String> levels;
  private final byte[][] bytes;

  BoundPattern(String text) {
    this.levels = List.of(text.split("/", -1));
    this.bytes = new byte[levels.size()][];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = levels.get(i).getBytes(StandardCharsets.UTF_8);
    }
  }

  /// Whether it is of all topics but those that begin with `$`.
  boolean isEverything() {
    return levels.getFirst().equals(ALL);
  }

  /// Whether the topic is one of them. Allocates nothing.
  boolean matches(TopicName topic) {
    byte[] name = topic.utf8();
    if (topic.isReserved() && isWild(bytes[0])) {
      return false; // [MQTT-4.7.2-1]
    }
    int at = 0;
    for (byte[] level : bytes) {
      if (is(level, '#')) {
        return true;
      }
      if (at > name.length) {
        return false;
      }
      int end = at;
      while (end < name.length && name[end] != '/') {
        end++;
      }
      if (!is(level, '+') && !Arrays.equals(level, 0, level.length, name, at, end)) {
        return false;
      }
      at = end + 1;
    }
    return at > name.length;
  }

  /// Whether every topic that the filter matches is one of them. The share name of a filter does
  /// not count.
  boolean covers(TopicFilter filter) {
    List<String> asked = filter.levels();
    if (asked.getFirst().startsWith("$") && isWild(bytes[0])) {
      return false;
    }
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals(ALL)) {
        return true;
      }
      if (i >= asked.size()) {
        return false;
      }
      String wanted = asked.get(i);
      if (level.equals(ONE) ? wanted.equals(ALL) : !level.equals(wanted)) {
        return false;
      }
    }
    return asked.size() == levels.size();
  }

  private static boolean isWild(byte[] level) {
    return is(level, '+') || is(level, '#');
  }

  private static boolean is(byte[] level, char wildcard) {
    return level.length == 1 && level[0] == wildcard;
  }
}
