package dev.midge.kit;

import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Acknowledgement;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Packet.Subscribe;
import dev.midge.packet.Packet.Unsubscribe;
import dev.midge.packet.Packet.Will;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Writes packets from clients down as the packet table does: the type, then what is there, in a
/// fixed order, each value in the form of [Notation]. Two packets are the same if their texts are.
public final class PacketText {
  private final StringBuilder text = new StringBuilder();

  private PacketText() {}

  /// The text of a packet that a client sent.
  public static String of(Packet packet) {
    PacketText text = new PacketText();
    text.text.append(packet.type());
    switch (packet) {
      case Connect connect -> text.connect(connect);
      case Publish publish -> text.publish(publish);
      case Acknowledgement answer ->
          text.number("id", answer.packetId(), 0)
              .reason(answer.reason())
              .properties(answer.properties());
      case Subscribe subscribe -> text.subscribe(subscribe);
      case Unsubscribe unsubscribe -> {
        text.number("id", unsubscribe.packetId(), 0).properties(unsubscribe.properties());
        unsubscribe.filters().forEach(filter -> text.word("filter", quoted(filter.toString())));
      }
      case Disconnect disconnect ->
          text.reason(disconnect.reason()).properties(disconnect.properties());
      case Auth auth -> text.reason(auth.reason()).properties(auth.properties());
      default -> {}
    }
    return text.text.toString();
  }

  /// A text in quotes, with a number for what cannot be seen; or `"a"*n` when it is long and all
  /// the same.
  public static String quoted(String value) {
    if (isLongAndUniform(value)) {
      return '"' + value.substring(0, 1) + "\"*" + value.length();
    }
    StringBuilder visible = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(c -> {
          if (c < 0x7F || Character.isLetterOrDigit(c)) {
            visible.appendCodePoint(c);
          } else {
            visible.append("\\u{%x}".formatted(c));
          }
        });
    return visible.append('"').toString();
  }

  /// Bytes as text in quotes where they are printable ASCII, else in hex.
  public static String bytes(byte[] value) {
    String ascii = new String(value, StandardCharsets.ISO_8859_1);
    if (!ascii.matches("[ -&(-~]*")) {
      return Notation.hex(value).replace(" ", "");
    }
    return isLongAndUniform(ascii)
        ? "'" + ascii.charAt(0) + "'*" + ascii.length()
        : "'" + ascii + "'";
  }

  private static boolean isLongAndUniform(String value) {
    return value.length() > 16 && value.chars().allMatch(c -> c == value.charAt(0));
  }

  private void connect(Connect connect) {
    text.append(" v").append(connect.version().level());
    flag("clean", connect.cleanStart());
    number("keep-alive", connect.keepAliveSeconds(), -1);
    word("client-id", quoted(connect.clientId()));
    Will will = connect.will();
    if (will != null) {
      word("will-topic", quoted(will.topic().toString()));
      number("will-qos", will.qos().level(), -1);
      flag("will-retain", will.retain());
      number("will-delay", will.delaySeconds(), 0);
      number("will-expiry", will.expirySeconds(), Publish.NO_EXPIRY);
      text.append(will.properties().isEmpty() ? "" : " will-properties(");
      properties(will.properties());
      text.append(will.properties().isEmpty() ? "" : " )");
      word("will-payload", bytes(will.payload()));
    }
    String userName = connect.userName();
    if (userName != null) {
      word("user-name", quoted(userName));
    }
    byte[] password = connect.password();
    if (password != null) {
      word("password", bytes(password));
    }
    properties(connect.properties());
  }

  private void publish(Publish publish) {
    if (publish.topic() != null) {
      word("topic", quoted(publish.topic().toString()));
    }
    number("qos", publish.qos().level(), -1);
    flag("retain", publish.retain());
    flag("dup", publish.duplicate());
    number("id", publish.packetId(), 0);
    number("alias", publish.topicAlias(), 0);
    number("expiry", publish.expirySeconds(), Publish.NO_EXPIRY);
    properties(publish.properties());
    word("payload", bytes(publish.payload()));
  }

  private void subscribe(Subscribe subscribe) {
    number("id", subscribe.packetId(), 0);
    number("subscription-id", subscribe.subscriptionId(), 0);
    properties(subscribe.properties());
    for (Subscribe.Request request : subscribe.requests()) {
      word("filter", quoted(request.filter().toString()));
      number("qos", request.qos().level(), -1);
      flag("no-local", request.noLocal());
      flag("as-published", request.retainAsPublished());
      number("handling", request.retainHandling().ordinal(), 0);
    }
  }

  private void properties(Properties properties) {
    for (Property property : Property.values()) {
      if (property == Property.USER_PROPERTY) {
        properties
            .userProperties()
            .forEach(
                user -> word(name(property), quoted(user.name()) + ":" + quoted(user.value())));
      } else if (properties.has(property)) {
        word(
            name(property),
            switch (property.type()) {
              case BIT, TWO_BYTES, FOUR_BYTES, VARIABLE ->
                  Long.toString(properties.number(property, -1));
              case STRING, STRING_PAIR -> quoted(properties.text(property, ""));
              case BINARY -> bytes(properties.binary(property));
            });
      }
    }
  }

  private static String name(Property property) {
    return property.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private PacketText reason(ReasonCode reason) {
    return word("reason", "%02x".formatted(reason.value()));
  }

  private PacketText number(String name, long value, long absent) {
    return value == absent ? this : word(name, Long.toString(value));
  }

  private void flag(String name, boolean isSet) {
    text.append(isSet ? " " + name : "");
  }

  private PacketText word(String name, String value) {
    text.append(' ').append(name).append('=').append(value);
    return this;
  }
}
