package dev.midge.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The properties of one packet, as `-D` gave them. Filled while the command line is read.
final class PacketProperties {

  private final Map<PropertyName, String> values = new EnumMap<>(PropertyName.class);
  private final List<Map.Entry<String, String>> userProperties = new ArrayList<>();

  /// Adds a user property; there may be many, of one name too.
  void addUserProperty(String name, String value) {
    userProperties.add(Map.entry(name, value));
  }

  /// Sets a property.
  ///
  /// @throws InvalidOption if it is set already, or is not a number where it must be one
  void set(PropertyName name, String value) {
    if (name.isNumber()) {
      checkNumber(name, value);
    }
    if (values.put(name, value) != null) {
      throw new InvalidOption("-D: " + name + " is given twice.");
    }
  }

  /// Whether nothing is set.
  boolean isEmpty() {
    return values.isEmpty() && userProperties.isEmpty();
  }

  /// The text of a property, or null.
  @Nullable String text(PropertyName name) {
    return values.get(name);
  }

  /// The bytes of a property, its text in UTF-8, or null.
  byte @Nullable [] bytes(PropertyName name) {
    String text = values.get(name);
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /// The number of a property, or else `otherwise`.
  long number(PropertyName name, long otherwise) {
    String text = values.get(name);
    return text == null ? otherwise : Long.parseLong(text);
  }

  /// The user properties in the order in which they were given.
  List<Map.Entry<String, String>> userProperties() {
    return userProperties;
  }

  /// The properties of a PUBLISH or of a will.
  Message.Properties ofMessage() {
    return new Message.Properties(
        (int) number(PropertyName.PAYLOAD_FORMAT_INDICATOR, -1),
        number(PropertyName.MESSAGE_EXPIRY_INTERVAL, -1),
        text(PropertyName.CONTENT_TYPE),
        text(PropertyName.RESPONSE_TOPIC),
        bytes(PropertyName.CORRELATION_DATA),
        userProperties,
        number(PropertyName.WILL_DELAY_INTERVAL, -1));
  }

  private static void checkNumber(PropertyName name, String value) {
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new InvalidOption("-D: " + name + " must be a number, not '" + value + "'.", e);
    }
    if (number < 0 || number > name.max()) {
      throw new InvalidOption("-D: " + name + " must be 0 to " + name.max() + ".");
    }
  }
}
