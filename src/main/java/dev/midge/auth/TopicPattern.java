package dev.midge.auth;

import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.TopicFilter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Topics that a rule speaks of: a topic filter in which `%c` stands for the client identifier and
/// `%u` for the user name, if that was proved.
///
/// @param text as it stands in the rule
record TopicPattern(String text) {
  private static final Pattern NAME = Pattern.compile("%[cu]");

  /// The pattern of a text.
  ///
  /// @throws IllegalArgumentException when it is no topic filter; the message says why
  static TopicPattern of(String text) {
    try {
      if (TopicFilter.of(text).isShared()) {
        throw new IllegalArgumentException("a share name has no meaning here");
      }
    } catch (ProtocolViolation violation) {
      throw new IllegalArgumentException(violation.getMessage(), violation);
    }
    return new TopicPattern(text);
  }

  /// The topics that it means for one client, or null when it means none: what would stand there is
  /// not known, or could reach beyond its place (`+`, `#`, `/`, or `$` where that makes the topic
  /// another kind).
  ///
  /// @param userName the name that the client has proved, or null
  @Nullable BoundPattern bind(String clientId, @Nullable String userName) {
    Matcher names = NAME.matcher(text);
    StringBuilder bound = new StringBuilder();
    while (names.find()) {
      String value = names.group().equals("%c") ? clientId : userName;
      if (value == null || !isHarmless(value)) {
        return null;
      }
      names.appendReplacement(bound, Matcher.quoteReplacement(value));
    }
    names.appendTail(bound);
    return new BoundPattern(bound.toString());
  }

  private static boolean isHarmless(String value) {
    return !value.isEmpty()
        && value.charAt(0) != '$'
        && value.chars().noneMatch(c -> c == '+' || c == '#' || c == '/');
  }
}
