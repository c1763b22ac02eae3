package dev.midge.codec;

import dev.midge.kit.Notation;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingresp;
import dev.midge.packet.Packet.Puback;
import dev.midge.packet.Packet.Pubcomp;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Pubrec;
import dev.midge.packet.Packet.Pubrel;
import dev.midge.packet.Packet.Suback;
import dev.midge.packet.Packet.Unsuback;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.ReasonCode;
import dev.midge.packet.TopicName;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A packet for a client, made from the words of the packet table.
final class ServerPackets {
  /// A word, a name and a value, or a name and two: `retain`, `id=1`, `user-property="a":"b"`.
  private static final Pattern WORD =
      Pattern.compile("([A-Za-z-]+)(?:=(\"[^\"]*\"|'[^']*'|[0-9a-f,]+)(\\*\\d+)?(:\"[^\"]*\")?)?");

  private final String type;
  private final Map<String, String> words = new HashMap<>();
  private final List<Integer> subscriptionIds = new ArrayList<>();
  private final Properties.Builder properties = Properties.builder();

  private ServerPackets(String text) {
    Matcher found = WORD.matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException("no packet: " + text);
    }
    type = found.group();
    while (found.find()) {
      String value = Objects.requireNonNullElse(found.group(2), "");
      String times = Objects.requireNonNullElse(found.group(3), "");
      word(found.group(1), value + times, Objects.requireNonNullElse(found.group(4), ""));
    }
  }

  /// Appends the packet of this text, which may be a PUBLISH, to `out`.
  ///
  /// @return the length that was announced for it in MQTT 5.0
  static long encode(String text, boolean withoutProperties, ProtocolVersion version, ByteBuf out) {
    ServerPackets words = new ServerPackets(text);
    if (words.type.equals("PUBLISH")) {
      return words.publish(version, out);
    }
    Packet packet = withoutProperties ? Encoder.withoutProperties(words.packet()) : words.packet();
    Encoder.encode(packet, version, out);
    return Encoder.length(packet);
  }

  private void word(String name, String value, String second) {
    String constant = name.replace('-', '_').toUpperCase(Locale.ROOT);
    if (name.equals("subscription-id")) {
      subscriptionIds.add(Integer.parseInt(value));
      return;
    }
    for (Property property : Property.values()) {
      if (property.name().equals(constant)) {
        property(property, value, second);
        return;
      }
    }
    words.put(name, value);
  }

  private void property(Property property, String value, String second) {
    switch (property.type()) {
      case BIT, TWO_BYTES, FOUR_BYTES, VARIABLE ->
          properties.number(property, Long.parseLong(value));
      case STRING -> properties.text(property, text(value));
      case STRING_PAIR -> properties.user(text(value), text(second.substring(1)));
      case BINARY -> properties.binary(property, Notation.bytes(value));
    }
  }

  private static String text(String value) {
    int end = value.lastIndexOf('"');
    int times = end + 1 < value.length() ? Integer.parseInt(value.substring(end + 2)) : 1;
    return value.substring(1, end).repeat(times);
  }

  private Packet packet() {
    Properties own = properties.build();
    return switch (type) {
      case "CONNACK" -> new Connack(words.containsKey("session-present"), reason(), own);
      case "PUBACK" -> new Puback(number("id", 0), reason(), own);
      case "PUBREC" -> new Pubrec(number("id", 0), reason(), own);
      case "PUBREL" -> new Pubrel(number("id", 0), reason(), own);
      case "PUBCOMP" -> new Pubcomp(number("id", 0), reason(), own);
      case "SUBACK" -> new Suback(number("id", 0), reasons(), own);
      case "UNSUBACK" -> new Unsuback(number("id", 0), reasons(), own);
      case "PINGRESP" -> Pingresp.PINGRESP;
      case "DISCONNECT" -> new Disconnect(reason(), own);
      case "AUTH" -> new Auth(reason(), own);
      default -> throw new IllegalArgumentException("no server sends " + type);
    };
  }

  private long publish(ProtocolVersion version, ByteBuf out) {
    TopicName topic = TopicName.of(text(required("topic")));
    QoS qos = QoS.of(number("qos", 0));
    byte[] payload = Notation.bytes(required("payload"));
    Properties passedOn = properties.build();
    int[] ids = subscriptionIds.stream().mapToInt(Integer::intValue).toArray();
    long expirySeconds = Long.parseLong(words.getOrDefault("expiry", "" + Publish.NO_EXPIRY));
    int alias = number("alias", 0);
    boolean onlyAlias = words.containsKey("only-alias");
    int remaining =
        PublishEncoder.remainingLength(
            version,
            onlyAlias ? 0 : topic.length(),
            qos,
            payload.length,
            passedOn,
            ids,
            expirySeconds,
            alias);
    PublishEncoder.encode(
        out,
        remaining,
        version,
        topic,
        onlyAlias,
        qos,
        words.containsKey("retain"),
        words.containsKey("dup"),
        number("id", 0),
        payload,
        passedOn,
        ids,
        expirySeconds,
        alias);
    return PublishEncoder.packetLength(remaining);
  }

  private int number(String name, int otherwise) {
    String value = words.get(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  private String required(String name) {
    return Objects.requireNonNull(words.get(name), name);
  }

  private ReasonCode reason() {
    return reason(required("reason"));
  }

  private List<ReasonCode> reasons() {
    List<ReasonCode> reasons = new ArrayList<>();
    for (String value : required("reasons").split(",", -1)) {
      reasons.add(reason(value));
    }
    return reasons;
  }

  private static ReasonCode reason(String hex) {
    return Objects.requireNonNull(ReasonCode.of(Integer.parseInt(hex, 16)), hex);
  }
}
