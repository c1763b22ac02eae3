package dev.midge.packet;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client subscribes to: a topic name or a pattern with the wildcards `+` and `#`, for one
/// client or, as `$share/NAME/FILTER`, for a group of them. A filter that exists is well formed.
/// [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] [MQTT-4.8.2-2]
///
/// `$share` is honoured for MQTT 3.1 and 3.1.1 clients too, as their users expect of a broker.
public final class TopicFilter implements Comparable<TopicFilter> {
  private static final String SHARE_PREFIX = "$share/";

  private final String text;

  /// Where the pattern begins: behind the share name, or at the start.
  private final int patternStart;

  private TopicFilter(String text, int patternStart) {
    this.text = text;
    this.patternStart = patternStart;
  }

  /// The filter of this text, as it stands in SUBSCRIBE or UNSUBSCRIBE.
  ///
  /// @throws ProtocolViolation when it is empty, too long, misplaces a wildcard or is a malformed
  ///   shared one
  public static TopicFilter of(String text) {
    int patternStart = text.startsWith(SHARE_PREFIX) ? endOfShareName(text) + 1 : 0;
    if (patternStart == text.length()) {
      throw ProtocolViolation.malformed("MQTT-4.7.3-1", "empty topic filter");
    }
    TopicFilter filter = new TopicFilter(text, patternStart);
    requireWellPlacedWildcards(filter.levels());
    return filter;
  }

  private static int endOfShareName(String text) {
    int start = SHARE_PREFIX.length();
    int end = text.indexOf('/', start);
    if (end < 0) {
      throw ProtocolViolation.malformed("MQTT-4.8.2-2", "shared subscription without a filter");
    }
    if (end == start) {
      throw ProtocolViolation.malformed("MQTT-4.8.2-1", "shared subscription without a name");
    }
    String name = text.substring(start, end);
    if (name.indexOf('+') >= 0 || name.indexOf('#') >= 0) {
      throw ProtocolViolation.malformed("MQTT-4.8.2-2", "wildcard in a share name");
    }
    return end;
  }

  private static void requireWellPlacedWildcards(List<String> levels) {
    int last = levels.size() - 1;
    for (int i = 0; i <= last; i++) {
      String level = levels.get(i);
      boolean wild = level.indexOf('#') >= 0;
      if (wild && (level.length() > 1 || i < last)) {
        throw ProtocolViolation.malformed("MQTT-4.7.1-1", "misplaced # in a topic filter");
      }
      if (level.length() > 1 && level.indexOf('+') >= 0) {
        throw ProtocolViolation.malformed("MQTT-4.7.1-2", "+ must be a whole level");
      }
    }
  }

  /// The levels to match, without the share prefix; each may be empty, `+`, or at the end `#`.
  public List<String> levels() {
    return Arrays.asList(text.substring(patternStart).split("/", -1));
  }

  /// The name of the group that shares this subscription, or null.
  public @Nullable String shareName() {
    return isShared() ? text.substring(SHARE_PREFIX.length(), patternStart - 1) : null;
  }

  /// Whether a group of clients shares it.
  public boolean isShared() {
    return patternStart > 0;
  }

  /// Whether it has `+` or `#`.
  public boolean hasWildcard() {
    return text.indexOf('+', patternStart) >= 0 || text.indexOf('#', patternStart) >= 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this || (other instanceof TopicFilter that && text.equals(that.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// By text: with an order, a hash map stays fast with filters whose hashes a stranger made equal.
  @Override
  public int compareTo(TopicFilter other) {
    return text.compareTo(other.text);
  }

  /// The whole text, share prefix included: what makes one subscription of a session differ from
  /// another. [MQTT-3.8.4-3]
  @Override
  public String toString() {
    return text;
  }
}
