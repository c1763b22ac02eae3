package dev.midge.load;

import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// A load to put on a broker, as its file in `loadtest/` says, for one quality of service.
///
/// @param name what it is called, of several for one file that of the file with the QoS
/// @param version the protocol level: 4 for MQTT 3.1.1, 5 for 5.0
/// @param topic the names of the topics, as a pattern in which `{n}` is the number of the topic;
///   `{n/K}` and `{n%K}` are that divided by K, and the rest
/// @param filters patterns like that; topic n is subscribed to by the one at n modulo their count
/// @param share the group of a shared subscription that all subscribers are in, or "" for none
/// @param window how many messages of a publisher are on their way at a time; for [Kind#CONNECT]
///   and [Kind#STORM] how many connections
/// @param ratePerSecond how many messages all publishers send in a second whatever becomes of them,
///   or how many clients of [Kind#CONNECT] come; 0 for as many as the window allows
/// @param messages how many wait for each topic, of [Kind#BACKLOG]
/// @param retained how many other messages are retained meanwhile
/// @param isKept whether the sessions of subscribers outlive their connections
/// @param parts what goes on at the same time, of [Kind#MIXED]
/// @param sweep what it is measured against, if it is
record Scenario(
    String name,
    String summary,
    Kind kind,
    int version,
    int publishers,
    int subscribers,
    int topics,
    String topic,
    List<String> filters,
    String share,
    int qos,
    int payloadBytes,
    int window,
    int ratePerSecond,
    int messages,
    int retained,
    double warmUpSeconds,
    double measureSeconds,
    boolean isKept,
    List<Scenario> parts,
    Sweep sweep) {

  private static final Pattern NUMBER = Pattern.compile("\\{n(?:([/%])(\\d{1,9}))?}");

  /// What is done, and what counts as one.
  enum Kind {
    /// Messages go from publishers to subscribers; each delivery counts.
    FLOW,
    /// Clients connect, are let in and leave; each connection counts.
    CONNECT,
    /// All clients come at once, and lose their connections at once; each connection counts.
    STORM,
    /// One address opens connections, others want in all the same; each connection counts.
    FLOOD,
    /// Subscribers stay and are silent; each connection counts.
    IDLE,
    /// Subscribers come and get what was retained for them; each delivery counts.
    RETAINED,
    /// Messages wait for clients that are away, which then come back; each delivery counts.
    BACKLOG,
    /// Several of [#FLOW] and [#CONNECT] at the same time; each delivery counts.
    MIXED
  }

  /// The sizes for which the cost of a scenario is measured.
  ///
  /// @param what what has that size
  /// @param sizes from the smallest to the largest; empty when it has only one
  record Sweep(Dimension what, List<Integer> sizes) {
    static final Sweep NONE = new Sweep(Dimension.TOPICS, List.of());
  }

  /// What a scenario can have more or less of.
  enum Dimension {
    /// Connections: half of them publish to the other half.
    CONNECTIONS,
    /// Topics, each of which is subscribed to or retained.
    TOPICS,
    /// Other retained messages.
    RETAINED
  }

  /// A scenario in the making: what is not said is what most scenarios have.
  static final class Draft {
    String name = "";
    String summary = "";
    Kind kind = Kind.FLOW;
    int version = 4;
    int publishers;
    int subscribers;
    int topics = 1;
    String topic = "";
    List<String> filters = List.of();
    String share = "";
    int qos;
    int payloadBytes = 100;
    int window = 100;
    int ratePerSecond;
    int messages = 100;
    int retained;
    double warmUpSeconds = 3;
    double measureSeconds = 5;
    boolean isKept;
    List<Scenario> parts = List.of();
    Sweep sweep = Sweep.NONE;

    Scenario scenario() {
      return new Scenario(
          name,
          summary,
          kind,
          version,
          publishers,
          subscribers,
          topics,
          topic,
          filters,
          share,
          qos,
          payloadBytes,
          window,
          ratePerSecond,
          messages,
          retained,
          warmUpSeconds,
          measureSeconds,
          isKept,
          parts,
          sweep);
    }
  }

  /// The same but for a change.
  Scenario but(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.name = name;
    draft.summary = summary;
    draft.kind = kind;
    draft.version = version;
    draft.publishers = publishers;
    draft.subscribers = subscribers;
    draft.topics = topics;
    draft.topic = topic;
    draft.filters = filters;
    draft.share = share;
    draft.qos = qos;
    draft.payloadBytes = payloadBytes;
    draft.window = window;
    draft.ratePerSecond = ratePerSecond;
    draft.messages = messages;
    draft.retained = retained;
    draft.warmUpSeconds = warmUpSeconds;
    draft.measureSeconds = measureSeconds;
    draft.isKept = isKept;
    draft.parts = parts;
    draft.sweep = sweep;
    change.accept(draft);
    return draft.scenario();
  }

  /// The same for other times.
  Scenario lasting(double warmUp, double measure) {
    return but(draft -> {
      draft.warmUpSeconds = warmUp;
      draft.measureSeconds = measure;
    });
  }

  /// The same, acknowledged.
  Scenario acknowledged() {
    return but(draft -> draft.qos = 1);
  }

  /// The same for publishers that do not wait until subscribers have what they sent.
  Scenario unheard() {
    return but(draft -> draft.subscribers = 0);
  }

  /// The same at a rate, for so long.
  Scenario steady(int perSecond, double seconds) {
    return but(draft -> {
      draft.ratePerSecond = perSecond;
      draft.measureSeconds = seconds;
    });
  }

  /// The same, short and with few clients and topics: enough to see whether it works.
  Scenario small() {
    return but(draft -> {
      draft.publishers = few(publishers);
      draft.subscribers = few(subscribers);
      draft.topics = few(topics);
      draft.messages = few(messages);
      draft.retained = few(retained);
      draft.warmUpSeconds = 0;
      draft.measureSeconds = 0.3;
      draft.parts = parts.stream().map(Scenario::small).toList();
      draft.sweep = new Sweep(sweep.what, sweep.sizes.stream().limit(2).toList());
    });
  }

  /// The same in another size.
  Scenario sized(int size) {
    return but(draft -> {
      switch (sweep.what) {
        case CONNECTIONS -> {
          draft.publishers = size / 2;
          draft.subscribers = size / 2;
          draft.topics = size / 2;
        }
        case TOPICS -> {
          draft.topics = size;
          draft.publishers = Math.min(publishers, size);
          draft.subscribers = Math.min(subscribers, size);
        }
        case RETAINED -> draft.retained = size;
      }
    });
  }

  private static int few(int count) {
    return Math.max(Math.min(count, 2), count / 50);
  }

  // Who does what. Topic t belongs to publisher t modulo their count. Subscribers of a group share
  // all topics. Otherwise, when there are as many topics as subscribers or more, each subscriber
  // has
  // a run of them to itself; when there are fewer, several subscribers have each.

  boolean isShared() {
    return !share.isEmpty();
  }

  /// The name of topic n.
  String topicName(int n) {
    return expand(topic, n);
  }

  /// The first of the topics of a subscriber.
  int firstTopic(int subscriber) {
    if (isShared()) {
      return 0;
    }
    return topics >= subscribers
        ? (int) ((long) subscriber * topics / subscribers)
        : subscriber % topics;
  }

  /// How many topics a subscriber has.
  int topicCount(int subscriber) {
    if (isShared()) {
      return topics;
    }
    return topics >= subscribers
        ? (int) ((subscriber + 1L) * topics / subscribers) - firstTopic(subscriber)
        : 1;
  }

  /// How many subscribers get a message of a topic.
  int receivers(int n) {
    if (subscribers == 0) {
      return 0;
    }
    return isShared() || topics >= subscribers ? 1 : (subscribers - n + topics - 1) / topics;
  }

  /// The filters of a subscriber, each once.
  List<String> filtersOf(int subscriber) {
    int first = firstTopic(subscriber);
    String prefix = isShared() ? "$share/" + share + "/" : "";
    return IntStream.range(first, first + topicCount(subscriber))
        .mapToObj(n -> prefix + expand(filters.get(n % filters.size()), n))
        .distinct()
        .toList();
  }

  private static String expand(String pattern, int n) {
    return NUMBER
        .matcher(pattern)
        .replaceAll(number -> {
          if (number.group(1) == null) {
            return Integer.toString(n);
          }
          int divisor = Integer.parseInt(number.group(2));
          return Integer.toString(number.group(1).equals("/") ? n / divisor : n % divisor);
        });
  }
}
