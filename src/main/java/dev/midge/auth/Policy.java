package dev.midge.auth;

import dev.midge.broker.Permission;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A named set of rules: what those may do whom it is given to.
///
/// @param name its name in the access file
/// @param read the topics of which they get messages
/// @param write the topics that they publish to
/// @param subscribe the filters that they subscribe to, and all narrower ones
/// @param deny the topics that they neither read nor write, whatever else is said; filters that
///   match nothing else they do not subscribe to
/// @param literal filters that, spelled so, only somebody gets, and for a time
record Policy(
    String name,
    List<TopicPattern> read,
    List<TopicPattern> write,
    List<TopicPattern> subscribe,
    List<TopicPattern> deny,
    Map<String, Grant> literal) {

  /// Who gets a filter after all.
  ///
  /// @param userName the user name, as the client gives it
  /// @param seconds for how long, once per session
  record Grant(String userName, long seconds) {}

  private static final List<String> ALL = List.of("#", "$SYS/#");

  /// What one client may do.
  ///
  /// @param saidName the user name that it gave, or an empty string
  /// @param provedName the user name that it has proved, or null
  Permission bind(String clientId, String saidName, @Nullable String provedName) {
    if (isEverything()) {
      return Permission.EVERYTHING;
    }
    return new Bound(
        bound(read, clientId, provedName),
        bound(write, clientId, provedName),
        bound(subscribe, clientId, provedName),
        bound(deny, clientId, provedName),
        literal,
        saidName);
  }

  private boolean isEverything() {
    return deny.isEmpty()
        && literal.isEmpty()
        && texts(read).containsAll(ALL)
        && texts(subscribe).containsAll(ALL)
        && texts(write).contains("#");
  }

  private static List<String> texts(List<TopicPattern> patterns) {
    return patterns.stream().map(TopicPattern::text).toList();
  }

  private static List<BoundPattern> bound(
      List<TopicPattern> patterns, String clientId, @Nullable String userName) {
    return patterns.stream()
        .flatMap(pattern -> Stream.ofNullable(pattern.bind(clientId, userName)))
        .toList();
  }

  /// The policy for one client.
  private static final class Bound implements Permission {
    private final List<BoundPattern> read;
    private final List<BoundPattern> write;
    private final List<BoundPattern> subscribe;
    private final List<BoundPattern> deny;
    private final Map<String, Grant> literal;
    private final String saidName;
    private final boolean readsAll;
    private final boolean writesAll;
    private @Nullable Verdicts readable;
    private @Nullable Verdicts writable;

    Bound(
        List<BoundPattern> read,
        List<BoundPattern> write,
        List<BoundPattern> subscribe,
        List<BoundPattern> deny,
        Map<String, Grant> literal,
        String saidName) {
      this.read = read;
      this.write = write;
      this.subscribe = subscribe;
      this.deny = deny;
      this.literal = literal;
      this.saidName = saidName;
      this.readsAll = deny.isEmpty() && read.stream().anyMatch(BoundPattern::isEverything);
      this.writesAll = deny.isEmpty() && write.stream().anyMatch(BoundPattern::isEverything);
    }

    @Override
    public boolean mayWrite(TopicName topic) {
      if (writesAll) {
        return true;
      }
      if (writable == null) {
        writable = new Verdicts(asked -> any(write, asked) && !any(deny, asked));
      }
      return writable.of(topic);
    }

    @Override
    public boolean mayRead(TopicName topic) {
      if (readsAll && !topic.isReserved()) {
        return true;
      }
      if (readable == null) {
        readable = new Verdicts(asked -> any(read, asked) && !any(deny, asked));
      }
      return readable.of(topic);
    }

    @Override
    public boolean mightRead(TopicName topic) {
      return any(read, topic) && !any(deny, topic);
    }

    @Override
    public long subscriptionSeconds(TopicFilter filter) {
      Grant grant = literal.isEmpty() ? null : literal.get(String.join("/", filter.levels()));
      if (grant != null) {
        return grant.userName.equals(saidName) ? grant.seconds : 0;
      }
      return covers(subscribe, filter) && !covers(deny, filter) ? NO_END : 0;
    }

    private static boolean covers(List<BoundPattern> patterns, TopicFilter filter) {
      return patterns.stream().anyMatch(pattern -> pattern.covers(filter));
    }

    private static boolean any(List<BoundPattern> patterns, TopicName topic) {
      for (int i = 0; i < patterns.size(); i++) {
        if (patterns.get(i).matches(topic)) {
          return true;
        }
      }
      return false;
    }
  }
}
