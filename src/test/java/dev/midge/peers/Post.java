package dev.midge.peers;

import java.util.List;

/// A message as a client publishes or receives it.
///
/// @param payload text, to compare and print it easily
/// @param properties of MQTT 5.0; [Properties#NONE] before that
record Post(String topic, String payload, int qos, boolean retained, Properties properties) {

  /// The properties of a message. What is empty or 0 is not there.
  ///
  /// @param user names and values, as `name=value`
  /// @param expirySeconds how long the message is worth delivering
  /// @param subscriptionIds of the subscriptions that it came for
  record Properties(
      List<String> user,
      String contentType,
      String responseTopic,
      String correlationData,
      long expirySeconds,
      List<Integer> subscriptionIds) {
    static final Properties NONE = new Properties(List.of(), "", "", "", 0, List.of());

    /// The same with another expiry.
    Properties expiring(long seconds) {
      return new Properties(
          user, contentType, responseTopic, correlationData, seconds, subscriptionIds);
    }
  }

  /// A message that is not retained and has no properties.
  static Post of(String topic, String payload, int qos) {
    return new Post(topic, payload, qos, false, Properties.NONE);
  }

  /// The same as a retained message.
  Post retain() {
    return new Post(topic, payload, qos, true, properties);
  }

  /// The same with these properties.
  Post with(Properties others) {
    return new Post(topic, payload, qos, retained, others);
  }

  /// Short, however large the payload is.
  @Override
  public String toString() {
    String start = payload.length() > 80 ? payload.substring(0, 80) + "..." : payload;
    return "%s %s qos %d%s %s"
        .formatted(topic, start, qos, retained ? " retained" : "", properties);
  }
}
