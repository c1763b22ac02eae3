package dev.midge.client;

import com.hivemq.client.mqtt.MqttClientTransportConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a client connects: all that is needed before the first packet, and the properties of the
/// packets that follow.
///
/// @param isVersion5 MQTT 5.0; 3.1.1 if not
/// @param clientId empty to let the server choose one
/// @param sessionExpirySeconds MQTT 5.0 only
/// @param inflightMax how many messages may wait for an acknowledgement at once
/// @param receiveMax the Receive Maximum (3.1.2.11.3), 0 for the greatest
record ConnectSettings(
    MqttClientTransportConfig transport,
    boolean isVersion5,
    String clientId,
    int keepAliveSeconds,
    boolean isCleanStart,
    long sessionExpirySeconds,
    @Nullable String username,
    @Nullable String password,
    @Nullable Message will,
    int inflightMax,
    int receiveMax,
    Map<PacketName, PacketProperties> properties) {

  /// The session never expires (3.1.2.11.2).
  static final long NEVER = 0xFFFF_FFFFL;

  /// The properties of this packet, none if the command line gives none.
  PacketProperties properties(PacketName packet) {
    return properties.getOrDefault(packet, new PacketProperties());
  }
}
