package dev.midge.load;

import java.util.List;
import java.util.stream.IntStream;

/// A load to put on a broker, as its file in `loadtest/` says, for one quality of service.
///
/// @param name what it is called, of several for one file that of the file with the QoS
/// @param version the protocol level: 4 for MQTT 3.1.1, 5 for 5.0
/// @param topic the names of the topics, as a pattern in which `{n}` is the number of the topic
/// @param filters patterns like that; topic n is subscribed to by the one at n modulo their count
/// @param window how many messages of a publisher are on their way at a time; for [Kind#CONNECT]
///   how many connections
/// @param ratePerSecond how many messages all publishers send in a second whatever becomes of them,
///   or 0 to send as the window allows
/// @param isKept whether the sessions of subscribers outlive their connections
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
    int qos,
    int payloadBytes,
    int window,
    int ratePerSecond,
    double warmUpSeconds,
    double measureSeconds,
    boolean isKept) {

  /// What is done, and what counts as one.
  enum Kind {
    /// Messages go from publishers to subscribers; each delivery counts.
    FLOW,
    /// Clients connect, are let in and leave; each connection counts.
    CONNECT,
    /// One address opens connections, others want in all the same; each connection counts.
    FLOOD,
    /// Subscribers stay and are silent; each connection counts.
    IDLE,
    /// Subscribers come and get what was retained for them; each delivery counts.
    RETAINED
  }

  /// The same for other times.
  Scenario lasting(double warmUp, double measure) {
    return with(publishers, subscribers, topics, qos, warmUp, measure);
  }

  /// The same, acknowledged.
  Scenario acknowledged() {
    return with(publishers, subscribers, topics, 1, warmUpSeconds, measureSeconds);
  }

  /// The same for publishers that do not wait until subscribers have what they sent.
  Scenario unheard() {
    return with(publishers, 0, topics, qos, warmUpSeconds, measureSeconds);
  }

  /// The same at a rate, for so long.
  Scenario steady(int perSecond, double seconds) {
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
        qos,
        payloadBytes,
        window,
        perSecond,
        warmUpSeconds,
        seconds,
        isKept);
  }

  /// The same, short and with few clients and topics: enough to see whether it works.
  Scenario small() {
    return with(few(publishers), few(subscribers), few(topics), qos, 0, 0.3);
  }

  private static int few(int count) {
    return Math.max(Math.min(count, 2), count / 50);
  }

  private Scenario with(
      int newPublishers,
      int newSubscribers,
      int newTopics,
      int newQos,
      double warmUp,
      double measure) {
    return new Scenario(
        name,
        summary,
        kind,
        version,
        newPublishers,
        newSubscribers,
        newTopics,
        topic,
        filters,
        newQos,
        payloadBytes,
        window,
        ratePerSecond,
        warmUp,
        measure,
        isKept);
  }

  // Who does what. Topic t belongs to publisher t modulo their count. When there are as many topics
  // as subscribers or more, each subscriber has a run of them to itself; when there are fewer,
  // several subscribers share each.

  /// The name of topic n.
  String topicName(int n) {
    return expand(topic, n);
  }

  /// The first of the topics of a subscriber.
  int firstTopic(int subscriber) {
    return topics >= subscribers
        ? (int) ((long) subscriber * topics / subscribers)
        : subscriber % topics;
  }

  /// How many topics a subscriber has.
  int topicCount(int subscriber) {
    return topics >= subscribers
        ? (int) ((subscriber + 1L) * topics / subscribers) - firstTopic(subscriber)
        : 1;
  }

  /// How many subscribers a topic has.
  int receivers(int n) {
    if (subscribers == 0) {
      return 0;
    }
    return topics >= subscribers ? 1 : (subscribers - n + topics - 1) / topics;
  }

  /// The filters of a subscriber, each once.
  List<String> filtersOf(int subscriber) {
    int first = firstTopic(subscriber);
    return IntStream.range(first, first + topicCount(subscriber))
        .mapToObj(n -> expand(filters.get(n % filters.size()), n))
        .distinct()
        .toList();
  }

  private static String expand(String pattern, int n) {
    return pattern
        .replace("{n}", Integer.toString(n))
        .replace("{n/1000}", Integer.toString(n / 1000))
        .replace("{n%1000}", Integer.toString(n % 1000));
  }
}
