package dev.midge.codec;

import dev.midge.packet.PacketType;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.UserPropertyBounds;
import dev.midge.packet.Utf8;
import java.util.Arrays;

/// Reads and checks a list of properties (2.2.2): each known, allowed where it stands, of its type,
/// in its range and, but for user properties, there once. Takes out the properties of PUBLISH and
/// of the will that concern this hop only; the rest stays encoded as it came.
final class PropertiesReader {
  private static final UserPropertyBounds NONE = new UserPropertyBounds(0, 0);

  private final PacketReader in;

  private UserPropertyBounds bounds = NONE;
  private long seen;
  private int userProperties;
  private int userPropertyBytes;

  private long messageExpirySeconds;
  private long willDelaySeconds;
  private int topicAlias;
  private int subscriptionId;

  PropertiesReader(PacketReader in) {
    this.in = in;
  }

  /// Reads the list, its length in front, of a packet of this type.
  ///
  /// @param bounds how much of user properties to accept
  Properties read(PacketType packet, UserPropertyBounds bounds) {
    this.bounds = bounds;
    return read(packet, false);
  }

  /// Reads the will properties of CONNECT (3.1.3.2).
  Properties readWill(UserPropertyBounds bounds) {
    this.bounds = bounds;
    return read(PacketType.CONNECT, true);
  }

  /// The Message Expiry Interval of the list just read, in seconds, or -1.
  long messageExpirySeconds() {
    return messageExpirySeconds;
  }

  /// The Will Delay Interval of the list just read, in seconds, 0 when absent.
  long willDelaySeconds() {
    return willDelaySeconds;
  }

  /// The Topic Alias of the list just read, 0 when absent.
  int topicAlias() {
    return topicAlias;
  }

  /// The Subscription Identifier of the list just read, 0 when absent.
  int subscriptionId() {
    return subscriptionId;
  }

  private Properties read(PacketType packet, boolean inWill) {
    messageExpirySeconds = -1;
    willDelaySeconds = 0;
    topicAlias = 0;
    subscriptionId = 0;
    int length = in.variable();
    if (length == 0) {
      return Properties.NONE;
    }
    seen = 0;
    userProperties = 0;
    userPropertyBytes = 0;
    int rest = in.narrow(length);
    byte[] kept = new byte[length];
    int keptLength = 0;
    while (in.hasRemaining()) {
      int from = in.position();
      if (readOne(packet, inWill)) {
        System.arraycopy(in.array(), from, kept, keptLength, in.position() - from);
        keptLength += in.position() - from;
      }
    }
    in.widen(rest);
    return Properties.ofEncoded(keptLength == length ? kept : Arrays.copyOf(kept, keptLength));
  }

  /// Reads one property and says whether it stays in the list.
  private boolean readOne(PacketType packet, boolean inWill) {
    int identifier = in.variable();
    Property property = Property.of(identifier);
    boolean allowed =
        property != null && (inWill ? property.isAllowedInWill() : property.isAllowedIn(packet));
    if (property == null || !allowed) {
      throw ProtocolViolation.malformed(
          "", "property 0x%02X is not allowed in %s".formatted(identifier, packet));
    }
    requireFirst(property);
    return switch (property.type()) {
      case BIT -> {
        requireRange(property, in.unsigned8(), 0, 1);
        yield true;
      }
      case TWO_BYTES -> readTwoBytes(property, in.unsigned16());
      case FOUR_BYTES -> readFourBytes(property, in.unsigned32());
      case VARIABLE -> readSubscriptionId(packet, in.variable());
      case STRING -> {
        readString(property);
        yield true;
      }
      case STRING_PAIR -> {
        int from = in.position();
        skipString();
        skipString();
        requireRoom(in.position() - from + 1); // With its identifier.
        yield true;
      }
      case BINARY -> {
        in.skip(in.unsigned16());
        yield true;
      }
    };
  }

  private void requireFirst(Property property) {
    if (property.isRepeatable()) {
      if (++userProperties > bounds.max()) {
        throw new ProtocolViolation(
            ReasonCode.QUOTA_EXCEEDED, "", "more than " + bounds.max() + " user properties");
      }
      return;
    }
    long bit = 1L << property.identifier();
    if ((seen & bit) != 0) {
      throw ProtocolViolation.protocolError("", property + " stands twice");
    }
    seen |= bit;
  }

  private void requireRoom(int bytes) {
    userPropertyBytes += bytes;
    if (userPropertyBytes > bounds.bytesMax()) {
      throw new ProtocolViolation(
          ReasonCode.QUOTA_EXCEEDED,
          "",
          "more than " + bounds.bytesMax() + " bytes of user properties");
    }
  }

  private boolean readTwoBytes(Property property, int value) {
    switch (property) {
      case TOPIC_ALIAS -> {
        if (value == 0) {
          throw new ProtocolViolation(
              ReasonCode.TOPIC_ALIAS_INVALID, "MQTT-3.3.2-8", "topic alias 0");
        }
        topicAlias = value;
        return false;
      }
      case RECEIVE_MAXIMUM -> requireRange(property, value, 1, 65_535);
      default -> {}
    }
    return true;
  }

  private boolean readFourBytes(Property property, long value) {
    switch (property) {
      case MESSAGE_EXPIRY_INTERVAL -> {
        messageExpirySeconds = value;
        return false;
      }
      case WILL_DELAY_INTERVAL -> {
        willDelaySeconds = value;
        return false;
      }
      case MAXIMUM_PACKET_SIZE -> requireRange(property, value, 1, 0xFFFF_FFFFL);
      default -> {}
    }
    return true;
  }

  /// In SUBSCRIBE the identifier that comes back with each message; in a PUBLISH only the server
  /// may send one. [MQTT-3.3.4-6]
  private boolean readSubscriptionId(PacketType packet, int value) {
    if (packet == PacketType.PUBLISH) {
      throw ProtocolViolation.protocolError(
          "MQTT-3.3.4-6", "subscription identifier in a PUBLISH from a client");
    }
    requireRange(Property.SUBSCRIPTION_IDENTIFIER, value, 1, 268_435_455);
    subscriptionId = value;
    return false;
  }

  private void readString(Property property) {
    int length = skipString();
    if (property == Property.RESPONSE_TOPIC) {
      requireTopicName(in.position() - length, length);
    }
  }

  private int skipString() {
    int length = in.unsigned16();
    int at = in.skip(length);
    if (!Utf8.isValid(in.array(), at, length)) {
      throw ProtocolViolation.malformed("MQTT-1.5.4-1", "property is not valid UTF-8");
    }
    return length;
  }

  private void requireTopicName(int at, int length) {
    if (length == 0) {
      throw ProtocolViolation.protocolError("MQTT-4.7.3-1", "empty response topic");
    }
    for (int i = at; i < at + length; i++) {
      if (in.array()[i] == '+' || in.array()[i] == '#') {
        throw ProtocolViolation.protocolError("MQTT-3.3.2-14", "wildcard in a response topic");
      }
    }
  }

  private static void requireRange(Property property, long value, long min, long max) {
    if (value < min || value > max) {
      throw ProtocolViolation.protocolError("", property + " must not be " + value);
    }
  }
}
