package dev.midge.codec;

import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.PacketType;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicName;
import dev.midge.packet.UserPropertyBounds;
import org.jspecify.annotations.Nullable;

/// Reads the body of CONNECT (3.1.2, 3.1.3).
final class ConnectDecoder {
  private static final int RESERVED = 0x01;
  private static final int CLEAN_START = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private final PacketReader in;
  private final PropertiesReader properties;

  ConnectDecoder(PacketReader in, PropertiesReader properties) {
    this.in = in;
    this.properties = properties;
  }

  /// Reads the packet from where its fixed header, with these flags, ended.
  Connect decode(int headerFlags, UserPropertyBounds userProperties) {
    ProtocolVersion version = version();
    try {
      Decoder.requireFlags(PacketType.CONNECT, headerFlags, version);
      return decode(version, userProperties);
    } catch (ProtocolViolation violation) {
      throw new UnacceptableConnect(version, violation);
    }
  }

  /// The version by protocol name and level. A level we do not speak is answered in the form of the
  /// nearest one that we do. [MQTT-3.1.2-1] [MQTT-3.1.2-2]
  private ProtocolVersion version() {
    String name = in.string();
    int level = in.unsigned8();
    for (ProtocolVersion version : ProtocolVersion.values()) {
      if (version.level() == level && version.protocolName().equals(name)) {
        return version;
      }
    }
    ProtocolViolation violation =
        new ProtocolViolation(
            ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
            "MQTT-3.1.2-2",
            "protocol %s level %d is not spoken here".formatted(printable(name), level));
    if (!name.equals("MQTT") && !name.equals("MQIsdp")) {
      throw violation;
    }
    boolean isNewer = name.equals("MQTT") && level > ProtocolVersion.MQTT_5.level() && level < 0x80;
    throw new UnacceptableConnect(
        isNewer ? ProtocolVersion.MQTT_5 : ProtocolVersion.MQTT_3_1_1, violation);
  }

  private static String printable(String name) {
    return name.length() > 16 ? name.substring(0, 16) + "..." : name;
  }

  private Connect decode(ProtocolVersion version, UserPropertyBounds userProperties) {
    int flags = in.unsigned8();
    requireValidFlags(version, flags);
    int keepAliveSeconds = in.unsigned16();
    Properties own =
        version.hasProperties()
            ? properties.read(PacketType.CONNECT, userProperties)
            : Properties.NONE;
    if (own.has(Property.AUTHENTICATION_DATA) && !own.has(Property.AUTHENTICATION_METHOD)) {
      throw ProtocolViolation.protocolError("", "authentication data without a method");
    }
    String clientId = in.string();
    Will will = (flags & WILL) != 0 ? will(version, flags, userProperties) : null;
    String userName = (flags & USER_NAME) != 0 ? in.string() : null;
    byte @Nullable [] password = (flags & PASSWORD) != 0 ? in.binary() : null;
    in.finish();
    return new Connect(
        version,
        (flags & CLEAN_START) != 0,
        keepAliveSeconds,
        clientId,
        will,
        userName,
        password,
        own);
  }

  private static void requireValidFlags(ProtocolVersion version, int flags) {
    if ((flags & RESERVED) != 0 && version != ProtocolVersion.MQTT_3_1) {
      throw ProtocolViolation.malformed("MQTT-3.1.2-3", "reserved connect flag is 1");
    }
    int willLevel = flags >> 3 & 3;
    if ((flags & WILL) == 0 && willLevel != 0) {
      throw ProtocolViolation.malformed("MQTT-3.1.2-11", "will QoS without a will");
    }
    if ((flags & WILL) == 0 && (flags & WILL_RETAIN) != 0) {
      throw ProtocolViolation.malformed("MQTT-3.1.2-13", "will retain without a will");
    }
    if (willLevel == 3) {
      throw ProtocolViolation.malformed("MQTT-3.1.2-12", "will QoS 3");
    }
    if (!version.hasProperties() && (flags & USER_NAME) == 0 && (flags & PASSWORD) != 0) {
      throw ProtocolViolation.malformed("", "password without user name [v3: MQTT-3.1.2-22]");
    }
  }

  private Will will(ProtocolVersion version, int flags, UserPropertyBounds userProperties) {
    Properties own = Properties.NONE;
    long delaySeconds = 0;
    long expirySeconds = -1;
    if (version.hasProperties()) {
      own = properties.readWill(userProperties);
      delaySeconds = properties.willDelaySeconds();
      expirySeconds = properties.messageExpirySeconds();
    }
    int length = in.unsigned16();
    TopicName topic = TopicName.of(in.array(), in.skip(length), length);
    return new Will(
        topic,
        in.binary(),
        QoS.of(flags >> 3 & 3),
        (flags & WILL_RETAIN) != 0,
        delaySeconds,
        expirySeconds,
        own);
  }
}
