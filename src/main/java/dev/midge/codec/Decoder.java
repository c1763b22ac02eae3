package dev.midge.codec;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingreq;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.RetainHandling;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.PacketType;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import dev.midge.packet.UserPropertyBounds;
import java.util.ArrayList;
import java.util.List;

/// Reads the packets that clients send. One for each event loop; it keeps nothing of a packet or a
/// connection but the topic names it saw.
public final class Decoder {
  private final TopicCache topics;
  private final PacketReader in = new PacketReader();
  private final PropertiesReader properties = new PropertiesReader(in);
  private final ConnectDecoder connects = new ConnectDecoder(in, properties);

  /// A decoder that remembers topic names in `topics`, of the same loop.
  public Decoder(TopicCache topics) {
    this.topics = topics;
  }

  /// Reads a CONNECT: the only packet that may come first, as [Framing#connectLength] has checked.
  ///
  /// @param offset where the packet begins in `bytes`
  /// @param length its length in bytes, fixed header included
  /// @throws UnacceptableConnect when it is wrong after its version was read, and can be answered
  /// @throws ProtocolViolation when it is wrong before that
  public Packet.Connect decodeConnect(
      byte[] bytes, int offset, int length, UserPropertyBounds userProperties) {
    open(bytes, offset, length);
    return connects.decode(bytes[offset] & 0x0F, userProperties);
  }

  /// Reads any packet of an established connection.
  ///
  /// @param offset where the packet begins in `bytes`
  /// @param length its length in bytes, fixed header included
  /// @param filtersMax how many topic filters to accept in SUBSCRIBE and UNSUBSCRIBE
  /// @throws ProtocolViolation when it is malformed or never sent by a client
  public Packet decode(
      ProtocolVersion version,
      byte[] bytes,
      int offset,
      int length,
      UserPropertyBounds userProperties,
      int filtersMax) {
    PacketType type = typeAt(bytes, offset);
    requireFlags(type, bytes[offset] & 0x0F, version);
    open(bytes, offset, length);
    return switch (type) {
      case PUBLISH -> publish(version, bytes[offset] & 0x0F, userProperties);
      case PUBACK -> {
        int packetId = in.packetId();
        ReasonCode reason = acknowledged(version, PUBLISH_ANSWERS);
        yield new Puback(packetId, reason, restOf(type, userProperties));
      }
      case PUBREC -> {
        int packetId = in.packetId();
        ReasonCode reason = acknowledged(version, PUBLISH_ANSWERS);
        yield new Pubrec(packetId, reason, restOf(type, userProperties));
      }
      case PUBREL -> {
        int packetId = in.packetId();
        ReasonCode reason = acknowledged(version, RELEASE_ANSWERS);
        yield new Pubrel(packetId, reason, restOf(type, userProperties));
      }
      case PUBCOMP -> {
        int packetId = in.packetId();
        ReasonCode reason = acknowledged(version, RELEASE_ANSWERS);
        yield new Pubcomp(packetId, reason, restOf(type, userProperties));
      }
      case SUBSCRIBE -> subscribe(version, userProperties, filtersMax);
      case UNSUBSCRIBE -> unsubscribe(version, userProperties, filtersMax);
      case PINGREQ -> {
        in.finish();
        yield Pingreq.PINGREQ;
      }
      case DISCONNECT -> disconnect(version, userProperties);
      case AUTH -> auth(version, userProperties);
      case CONNECT -> throw ProtocolViolation.protocolError("MQTT-3.1.0-2", "second CONNECT");
      case CONNACK, SUBACK, UNSUBACK, PINGRESP ->
          throw ProtocolViolation.protocolError("", type + " is only sent by servers");
    };
  }

  /// The flags of a fixed header must be as the specification says. [MQTT-2.1.3-1] MQTT 3.1 has no
  /// such rule: there they may say that a packet is sent again.
  static void requireFlags(PacketType type, int flags, ProtocolVersion version) {
    if (type.requiredFlags() != PacketType.ANY_FLAGS
        && type.requiredFlags() != flags
        && version != ProtocolVersion.MQTT_3_1) {
      throw ProtocolViolation.malformed("MQTT-2.1.3-1", "reserved flags of " + type);
    }
  }

  private static PacketType typeAt(byte[] bytes, int offset) {
    return PacketType.of((bytes[offset] & 0xFF) >>> 4);
  }

  private void open(byte[] bytes, int offset, int length) {
    int header = Framing.headerLength(bytes, offset);
    in.wrap(bytes, offset + header, length - header);
  }

  private Publish publish(ProtocolVersion version, int flags, UserPropertyBounds userProperties) {
    int level = flags >> 1 & 3;
    boolean duplicate = (flags & 8) != 0;
    if (level == 3) {
      throw ProtocolViolation.malformed("MQTT-3.3.1-4", "QoS 3");
    }
    if (level == 0 && duplicate) {
      throw ProtocolViolation.malformed("MQTT-3.3.1-2", "DUP on QoS 0");
    }
    int topicLength = in.unsigned16();
    int topicAt = in.skip(topicLength);
    TopicName topic = null;
    if (topicLength > 0 || !version.hasProperties()) {
      topic = topics.topic(in.array(), topicAt, topicLength);
    }
    int packetId = level == 0 ? 0 : in.packetId();
    Properties passedOn = Properties.NONE;
    int topicAlias = 0;
    long expirySeconds = Publish.NO_EXPIRY;
    if (version.hasProperties()) {
      passedOn = properties.read(PacketType.PUBLISH, userProperties);
      topicAlias = properties.topicAlias();
      expirySeconds = properties.messageExpirySeconds();
    }
    if (topic == null && topicAlias == 0) {
      throw ProtocolViolation.protocolError("", "neither topic name nor alias");
    }
    return new Publish(
        topic,
        topicAlias,
        in.rest(),
        QoS.of(level),
        (flags & 1) != 0,
        duplicate,
        packetId,
        expirySeconds,
        passedOn);
  }

  private static final List<ReasonCode> PUBLISH_ANSWERS =
      List.of(
          ReasonCode.SUCCESS,
          ReasonCode.NO_MATCHING_SUBSCRIBERS,
          ReasonCode.UNSPECIFIED_ERROR,
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
          ReasonCode.NOT_AUTHORIZED,
          ReasonCode.TOPIC_NAME_INVALID,
          ReasonCode.PACKET_IDENTIFIER_IN_USE,
          ReasonCode.QUOTA_EXCEEDED,
          ReasonCode.PAYLOAD_FORMAT_INVALID);

  private static final List<ReasonCode> RELEASE_ANSWERS =
      List.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);

  /// The codes that a client may give in DISCONNECT (3.14.2.1).
  private static final List<ReasonCode> CLIENT_FAREWELLS =
      List.of(
          ReasonCode.SUCCESS,
          ReasonCode.DISCONNECT_WITH_WILL,
          ReasonCode.UNSPECIFIED_ERROR,
          ReasonCode.MALFORMED_PACKET,
          ReasonCode.PROTOCOL_ERROR,
          ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
          ReasonCode.TOPIC_NAME_INVALID,
          ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
          ReasonCode.TOPIC_ALIAS_INVALID,
          ReasonCode.PACKET_TOO_LARGE,
          ReasonCode.MESSAGE_RATE_TOO_HIGH,
          ReasonCode.QUOTA_EXCEEDED,
          ReasonCode.ADMINISTRATIVE_ACTION,
          ReasonCode.PAYLOAD_FORMAT_INVALID);

  private static final List<ReasonCode> CLIENT_AUTH_STEPS =
      List.of(ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.RE_AUTHENTICATE);

  /// The reason code of an acknowledgement, which is success when it is left out. [MQTT-3.4.2-1]
  /// [MQTT-3.5.2-1] [MQTT-3.6.2-1] [MQTT-3.7.2-1]
  private ReasonCode acknowledged(ProtocolVersion version, List<ReasonCode> allowed) {
    if (!version.hasProperties()) {
      in.finish();
    }
    return in.hasRemaining() ? reason(allowed) : ReasonCode.SUCCESS;
  }

  private ReasonCode reason(List<ReasonCode> allowed) {
    int value = in.unsigned8();
    ReasonCode reason = ReasonCode.of(value);
    if (reason == null || !allowed.contains(reason)) {
      throw ProtocolViolation.protocolError(
          "", "reason code 0x%02X is not allowed here".formatted(value));
    }
    return reason;
  }

  /// The properties at the end of a packet, which may be left out altogether.
  private Properties restOf(PacketType type, UserPropertyBounds userProperties) {
    Properties rest = in.hasRemaining() ? properties.read(type, userProperties) : Properties.NONE;
    in.finish();
    return rest;
  }

  private Subscribe subscribe(
      ProtocolVersion version, UserPropertyBounds userProperties, int filtersMax) {
    int packetId = in.packetId();
    Properties own = Properties.NONE;
    int subscriptionId = 0;
    if (version.hasProperties()) {
      own = properties.read(PacketType.SUBSCRIBE, userProperties);
      subscriptionId = properties.subscriptionId();
    }
    List<Subscribe.Request> requests = new ArrayList<>(4);
    while (in.hasRemaining()) {
      requireRoom(requests.size(), filtersMax);
      requests.add(request(version));
    }
    if (requests.isEmpty()) {
      throw ProtocolViolation.protocolError("MQTT-3.8.3-2", "SUBSCRIBE without a topic filter");
    }
    return new Subscribe(packetId, requests, subscriptionId, own);
  }

  /// Checked before the next filter is read: each takes many times its own bytes in memory.
  private static void requireRoom(int filters, int filtersMax) {
    if (filters == filtersMax) {
      throw new ProtocolViolation(
          ReasonCode.QUOTA_EXCEEDED, "", "more than " + filtersMax + " filters in one packet");
    }
  }

  private Subscribe.Request request(ProtocolVersion version) {
    TopicFilter filter = TopicFilter.of(in.string());
    int options = in.unsigned8();
    int level = options & 3;
    int retainHandling = options >> 4 & 3;
    if ((options & (version.hasProperties() ? 0xC0 : 0xFC)) != 0) {
      throw ProtocolViolation.malformed("MQTT-3.8.3-5", "reserved subscription option bits");
    }
    if (level == 3) {
      throw version.hasProperties()
          ? ProtocolViolation.protocolError("", "QoS 3")
          : ProtocolViolation.malformed("MQTT-3.8.3-5", "QoS 3"); // [v3: MQTT-3.8.3-4]
    }
    if (retainHandling == 3) {
      throw ProtocolViolation.protocolError("", "retain handling 3");
    }
    boolean noLocal = (options & 4) != 0;
    if (noLocal && filter.isShared()) {
      throw ProtocolViolation.protocolError("MQTT-3.8.3-4", "no local on a shared subscription");
    }
    return new Subscribe.Request(
        filter,
        QoS.of(level),
        noLocal,
        (options & 8) != 0,
        RetainHandling.values()[retainHandling]);
  }

  private Unsubscribe unsubscribe(
      ProtocolVersion version, UserPropertyBounds userProperties, int filtersMax) {
    int packetId = in.packetId();
    Properties own =
        version.hasProperties()
            ? properties.read(PacketType.UNSUBSCRIBE, userProperties)
            : Properties.NONE;
    List<TopicFilter> filters = new ArrayList<>(4);
    while (in.hasRemaining()) {
      requireRoom(filters.size(), filtersMax);
      filters.add(TopicFilter.of(in.string()));
    }
    if (filters.isEmpty()) {
      throw ProtocolViolation.protocolError("MQTT-3.10.3-2", "UNSUBSCRIBE without a topic filter");
    }
    return new Unsubscribe(packetId, filters, own);
  }

  private Disconnect disconnect(ProtocolVersion version, UserPropertyBounds userProperties) {
    if (!version.hasProperties()) {
      in.finish();
    }
    ReasonCode reason = in.hasRemaining() ? reason(CLIENT_FAREWELLS) : ReasonCode.SUCCESS;
    Properties own = restOf(PacketType.DISCONNECT, userProperties);
    if (own.has(Property.SERVER_REFERENCE)) {
      throw ProtocolViolation.protocolError("", "server reference from a client");
    }
    return new Disconnect(reason, own);
  }

  private Auth auth(ProtocolVersion version, UserPropertyBounds userProperties) {
    if (!version.hasProperties()) {
      throw ProtocolViolation.malformed("", "packet type 15 is forbidden before MQTT 5.0");
    }
    ReasonCode reason = in.hasRemaining() ? reason(CLIENT_AUTH_STEPS) : ReasonCode.SUCCESS;
    Properties own = restOf(PacketType.AUTH, userProperties);
    requireData(own, reason);
    return new Auth(reason, own);
  }

  /// A step without a method is a protocol error (3.15.2.2.2), and so is a client that claims
  /// success, which only the server can grant.
  private static void requireData(Properties own, ReasonCode reason) {
    if (reason == ReasonCode.SUCCESS || !own.has(Property.AUTHENTICATION_METHOD)) {
      throw ProtocolViolation.protocolError("", "AUTH without a method to go on with");
    }
  }
}
