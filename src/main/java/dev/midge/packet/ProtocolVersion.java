package dev.midge.packet;

/// A version of the MQTT protocol, with its name and level on the wire and the few points in which
/// the *behaviour* of a server differs between them. Everything else that differs is encoding.
public enum ProtocolVersion {
  MQTT_3_1("MQIsdp", 3),
  MQTT_3_1_1("MQTT", 4),
  MQTT_5("MQTT", 5);

  private final String protocolName;
  private final int level;

  ProtocolVersion(String protocolName, int level) {
    this.protocolName = protocolName;
    this.level = level;
  }

  /// The protocol name in CONNECT. [MQTT-3.1.2-1]
  public String protocolName() {
    return protocolName;
  }

  /// The protocol level (3.1.1) or version (5.0) byte in CONNECT. [MQTT-3.1.2-2]
  public int level() {
    return level;
  }

  /// Whether packets carry properties, and acknowledgements reason codes.
  public boolean hasProperties() {
    return this == MQTT_5;
  }

  /// Whether the server may tell the client why it ends the connection. Before 5.0 there is no
  /// DISCONNECT from the server: closing is the only answer.
  public boolean serverSaysGoodbye() {
    return this == MQTT_5;
  }

  /// Whether a refused PUBLISH can be answered in its acknowledgement. Before 5.0 the server can
  /// only acknowledge or close. [v3: MQTT-3.3.5-2]
  public boolean refusesPublishInAck() {
    return this == MQTT_5;
  }

  /// Whether an empty client identifier is allowed at all. MQTT 3.1 asks for 1 to 23 characters.
  public boolean allowsEmptyClientId() {
    return this != MQTT_3_1;
  }

  /// Whether a session without an expiry interval of its own outlives the connection: in 3.1 and
  /// 3.1.1 one that is not clean does, for as long as the server keeps it. [v3: MQTT-3.1.2-4]
  public boolean keepsUncleanSessions() {
    return this != MQTT_5;
  }

  /// Whether CONNACK says that a session was resumed. [v3: MQTT-3.2.2-2]
  public boolean saysSessionPresent() {
    return this != MQTT_3_1;
  }

  /// Whether each UNSUBACK lists an answer per filter.
  public boolean answersEachUnsubscribe() {
    return this == MQTT_5;
  }
}
