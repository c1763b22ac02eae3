package dev.midge.client;

import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttTopicFilter;

/// The rules for topics (4.7) and QoS on the command line. Breaches are told as [InvalidOption].
final class Topics {

  private Topics() {}

  /// Checks a topic name and returns it.
  static String checkName(String topic, String option) {
    try {
      return MqttTopic.of(topic).toString();
    } catch (IllegalArgumentException e) {
      throw new InvalidOption(
          option
              + ": '"
              + topic
              + "' is no topic to publish to; is it empty, or does it contain"
              + " '+' or '#'?",
          e);
    }
  }

  /// Checks a topic filter and returns it.
  static MqttTopicFilter checkFilter(String filter, String option) {
    try {
      return MqttTopicFilter.of(filter);
    } catch (IllegalArgumentException e) {
      throw new InvalidOption(
          option
              + ": '"
              + filter
              + "' is no topic filter; is it empty, or are '+' and '#' not"
              + " alone in their level?",
          e);
    }
  }

  /// Checks a QoS and returns it.
  static int checkQos(int qos, String option) {
    if (qos < 0 || qos > 2) {
      throw new InvalidOption(option + ": there is no QoS " + qos + ", only 0, 1 and 2.");
    }
    return qos;
  }
}
