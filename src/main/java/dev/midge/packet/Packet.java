package dev.midge.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An MQTT control packet, in the shape of MQTT 5.0 for all versions: what an older version lacks
/// has the value that 5.0 gives to its absence. Values only: whoever makes one answers for its
/// being well formed; the decoder does for all that comes from a client.
public sealed interface Packet {

  /// The type, as the fixed header numbers it.
  PacketType type();

  /// Asks for a connection (3.1). `clientId` may be empty; `keepAliveSeconds` 0 turns it off.
  record Connect(
      ProtocolVersion version,
      boolean cleanStart,
      int keepAliveSeconds,
      String clientId,
      @Nullable Will will,
      @Nullable String userName,
      byte @Nullable [] password,
      Properties properties)
      implements Packet {
    @Override
    public PacketType type() {
      return PacketType.CONNECT;
    }

    /// The same, with the user name that the transport vouches for, if it does, instead of any
    /// other.
    public Connect identifiedAs(@Nullable String identity) {
      return identity == null
          ? this
          : new Connect(
              version, cleanStart, keepAliveSeconds, clientId, will, identity, null, properties);
    }

    /// The same from a client that is called so, because the server has named it.
    public Connect called(String name) {
      return name.equals(clientId)
          ? this
          : new Connect(
              version, cleanStart, keepAliveSeconds, name, will, userName, password, properties);
    }
  }

  /// The message that the server publishes when the connection ends badly (3.1.2.5). `delaySeconds`
  /// is 0 to 4,294,967,295; `expirySeconds` likewise or [Publish#NO_EXPIRY].
  record Will(
      TopicName topic,
      byte[] payload,
      QoS qos,
      boolean retain,
      long delaySeconds,
      long expirySeconds,
      Properties properties) {}

  /// Answers CONNECT (3.2).
  record Connack(boolean sessionPresent, ReasonCode reason, Properties properties)
      implements Packet {
    @Override
    public PacketType type() {
      return PacketType.CONNACK;
    }
  }

  /// Carries an application message from a client (3.3). `topic` is null when only an alias names
  /// it; `topicAlias` 0 means none; `packetId` is 0 for QoS 0; `properties` holds what is passed on
  /// to receivers as it is. Towards clients the broker sends messages, not this packet.
  record Publish(
      @Nullable TopicName topic,
      int topicAlias,
      byte[] payload,
      QoS qos,
      boolean retain,
      boolean duplicate,
      int packetId,
      long expirySeconds,
      Properties properties)
      implements Packet {
    /// The `expirySeconds` of a message that never expires.
    public static final long NO_EXPIRY = -1;

    @Override
    public PacketType type() {
      return PacketType.PUBLISH;
    }
  }

  /// A packet of the acknowledgement of QoS 1 and 2 (3.4 to 3.7).
  sealed interface Acknowledgement extends Packet {
    /// The identifier of the acknowledged PUBLISH, 1 to 65,535.
    int packetId();

    /// How it went.
    ReasonCode reason();

    /// Reason string and user properties.
    Properties properties();
  }

  /// Acknowledges a PUBLISH of QoS 1 (3.4).
  record Puback(int packetId, ReasonCode reason, Properties properties) implements Acknowledgement {
    @Override
    public PacketType type() {
      return PacketType.PUBACK;
    }
  }

  /// Says that a PUBLISH of QoS 2 was received (3.5).
  record Pubrec(int packetId, ReasonCode reason, Properties properties) implements Acknowledgement {
    @Override
    public PacketType type() {
      return PacketType.PUBREC;
    }
  }

  /// Releases the identifier of a PUBLISH of QoS 2 (3.6).
  record Pubrel(int packetId, ReasonCode reason, Properties properties) implements Acknowledgement {
    @Override
    public PacketType type() {
      return PacketType.PUBREL;
    }
  }

  /// Completes a PUBLISH of QoS 2 (3.7).
  record Pubcomp(int packetId, ReasonCode reason, Properties properties)
      implements Acknowledgement {
    @Override
    public PacketType type() {
      return PacketType.PUBCOMP;
    }
  }

  /// Asks for messages (3.8). `subscriptionId` is 1 to 268,435,455, or 0 for none.
  record Subscribe(int packetId, List<Request> requests, int subscriptionId, Properties properties)
      implements Packet {
    /// One filter with its options (3.8.3.1).
    public record Request(
        TopicFilter filter,
        QoS qos,
        boolean noLocal,
        boolean retainAsPublished,
        RetainHandling retainHandling) {}

    @Override
    public PacketType type() {
      return PacketType.SUBSCRIBE;
    }
  }

  /// Which retained messages a subscription asks for (3.8.3.1).
  enum RetainHandling {
    SEND_AT_SUBSCRIBE,
    SEND_AT_NEW_SUBSCRIBE,
    DO_NOT_SEND
  }

  /// Answers SUBSCRIBE with one code per filter (3.9).
  record Suback(int packetId, List<ReasonCode> reasons, Properties properties) implements Packet {
    @Override
    public PacketType type() {
      return PacketType.SUBACK;
    }
  }

  /// Takes subscriptions back (3.10).
  record Unsubscribe(int packetId, List<TopicFilter> filters, Properties properties)
      implements Packet {
    @Override
    public PacketType type() {
      return PacketType.UNSUBSCRIBE;
    }
  }

  /// Answers UNSUBSCRIBE with one code per filter (3.11).
  record Unsuback(int packetId, List<ReasonCode> reasons, Properties properties) implements Packet {
    @Override
    public PacketType type() {
      return PacketType.UNSUBACK;
    }
  }

  /// Asks for a sign of life (3.12).
  enum Pingreq implements Packet {
    PINGREQ;

    @Override
    public PacketType type() {
      return PacketType.PINGREQ;
    }
  }

  /// Gives a sign of life (3.13).
  enum Pingresp implements Packet {
    PINGRESP;

    @Override
    public PacketType type() {
      return PacketType.PINGRESP;
    }
  }

  /// Ends the connection with a reason (3.14).
  record Disconnect(ReasonCode reason, Properties properties) implements Packet {
    @Override
    public PacketType type() {
      return PacketType.DISCONNECT;
    }
  }

  /// Carries one step of enhanced authentication (3.15).
  record Auth(ReasonCode reason, Properties properties) implements Packet {
    @Override
    public PacketType type() {
      return PacketType.AUTH;
    }
  }
}
