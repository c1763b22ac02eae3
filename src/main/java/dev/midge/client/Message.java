package dev.midge.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as a client publishes or receives it, in the shape of MQTT 5.0 (3.3).
record Message(
    String topic, byte[] payload, int qos, boolean isRetained, Message.Properties properties) {

  /// The properties that a receiver sees. What is not there is null, or negative if it is a number.
  ///
  /// @param expirySeconds the Message Expiry Interval (3.3.2.3.3)
  /// @param willDelaySeconds the Will Delay Interval (3.1.3.2.2); only a will has one
  record Properties(
      int payloadFormat,
      long expirySeconds,
      @Nullable String contentType,
      @Nullable String responseTopic,
      byte @Nullable [] correlationData,
      List<Map.Entry<String, String>> userProperties,
      long willDelaySeconds) {

    /// No property at all.
    static final Properties NONE = new Properties(-1, -1, null, null, null, List.of(), -1);

    /// Whether there is no property at all.
    boolean isEmpty() {
      return payloadFormat < 0
          && expirySeconds < 0
          && contentType == null
          && responseTopic == null
          && correlationData == null
          && userProperties.isEmpty();
    }
  }
}
