package dev.midge.broker;

/// Why a message did not reach somebody that it was meant for. Each is counted by name.
public enum Drop {
  /// QoS 0, and the client is not connected.
  OFFLINE,
  /// As many messages wait for the client as may.
  QUEUE_MESSAGES,
  /// The messages that wait for the client take as much memory as they may.
  QUEUE_BYTES,
  /// The messages that wait for all clients of one address take as much memory as they may.
  ADDRESS_QUEUE_BYTES,
  /// The messages that wait for all clients take as much memory as they may.
  SERVER_QUEUE_BYTES,
  /// There is no room on disk to keep the message, or too little to retain it or to keep one of QoS
  /// 0.
  STORE_FULL,
  /// QoS 0, and the client does not read what was sent to it.
  OUTBOUND_BYTES,
  /// QoS 0, and all clients together do not read what was sent to them.
  SERVER_OUTBOUND_BYTES,
  /// The message expired before it could be sent. [MQTT-3.3.2-5]
  EXPIRED,
  /// The packet would be longer than the client accepts. [MQTT-3.1.2-25]
  PACKET_TOO_LARGE,
  /// The session ended with the message unsent or unacknowledged.
  SESSION_ENDED,
  /// A client published to a topic that begins with `$`.
  RESERVED_TOPIC,
  /// The publisher may not publish to the topic.
  NOT_AUTHORIZED,
  /// The receiver may not read the topic.
  NOT_READABLE,
  /// The topic has too many levels or bytes.
  TOPIC_TOO_LARGE,
  /// Not retained, but delivered: as many messages are retained as may be.
  RETAINED_MESSAGES,
  /// Not retained, but delivered: retained messages take as much memory as they may.
  RETAINED_BYTES,
  /// Not retained, but delivered: the payload is longer than one may be that is retained.
  RETAINED_TOO_LARGE,
  /// Not retained, but delivered: those that the address of the publisher has retained are as many
  /// as may be, or take as much memory.
  ADDRESS_RETAINED
}
