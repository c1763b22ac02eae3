package dev.midge.packet;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The properties of one packet, in the order in which they came, kept in their encoded form: what
/// is only passed on is never taken apart. [MQTT-3.3.2-18] Immutable and valid: the decoder checks
/// what comes in, the builder makes what goes out.
public final class Properties {
  /// No properties at all.
  public static final Properties NONE = new Properties(new byte[0]);

  /// A name and a value that applications exchange; neither has a meaning to MQTT.
  public record UserProperty(String name, String value) {}

  private final byte[] encoded;

  private Properties(byte[] encoded) {
    this.encoded = encoded;
  }

  /// The properties of an encoded list without its length, which the caller has checked and gives
  /// away.
  public static Properties ofEncoded(byte[] encoded) {
    return encoded.length == 0 ? NONE : new Properties(encoded);
  }

  /// Starts an empty list.
  public static Builder builder() {
    return new Builder();
  }

  /// Whether there is none.
  public boolean isEmpty() {
    return encoded.length == 0;
  }

  /// The encoded list without its length in front; callers must not change it.
  public byte[] encoded() {
    return encoded;
  }

  /// Whether the property is there.
  public boolean has(Property property) {
    return find(property) >= 0;
  }

  /// The value of a property that is a number, or `otherwise` when it is not there.
  public long number(Property property, long otherwise) {
    int at = find(property);
    if (at < 0) {
      return otherwise;
    }
    return switch (property.type()) {
      case BIT -> encoded[at];
      case TWO_BYTES -> unsigned16(at);
      case FOUR_BYTES -> (long) unsigned16(at) << 16 | unsigned16(at + 2);
      case VARIABLE -> variable(at);
      case STRING, STRING_PAIR, BINARY ->
          throw new IllegalArgumentException(property + " is no number");
    };
  }

  /// The value of a property that is text, or `otherwise` when it is not there.
  public String text(Property property, String otherwise) {
    int at = find(property);
    return at < 0 ? otherwise : string(at);
  }

  /// The value of a property that is binary, or an empty array when it is not there.
  public byte[] binary(Property property) {
    int at = find(property);
    return at < 0 ? new byte[0] : Arrays.copyOfRange(encoded, at + 2, at + 2 + unsigned16(at));
  }

  /// All user properties in their order.
  public List<UserProperty> userProperties() {
    List<UserProperty> pairs = new ArrayList<>();
    for (int at = 0; at < encoded.length; at = end(at)) {
      if (encoded[at] == Property.USER_PROPERTY.identifier()) {
        String name = string(at + 1);
        pairs.add(new UserProperty(name, string(at + 3 + unsigned16(at + 1))));
      }
    }
    return pairs;
  }

  /// The offset of the value, or -1.
  private int find(Property property) {
    for (int at = 0; at < encoded.length; at = end(at)) {
      if (encoded[at] == property.identifier()) {
        return at + 1;
      }
    }
    return -1;
  }

  /// Where the property that begins at `at` ends.
  private int end(int at) {
    Property property = Property.of(encoded[at]);
    if (property == null) {
      throw new IllegalStateException("unchecked properties: " + Arrays.toString(encoded));
    }
    int value = at + 1;
    return switch (property.type()) {
      case BIT -> value + 1;
      case TWO_BYTES -> value + 2;
      case FOUR_BYTES -> value + 4;
      case VARIABLE -> endOfVariable(value);
      case STRING, BINARY -> value + 2 + unsigned16(value);
      case STRING_PAIR -> {
        int second = value + 2 + unsigned16(value);
        yield second + 2 + unsigned16(second);
      }
    };
  }

  private int endOfVariable(int at) {
    int i = at;
    while (encoded[i] < 0) {
      i++;
    }
    return i + 1;
  }

  private long variable(int at) {
    long value = 0;
    int shift = 0;
    for (int i = at; ; i++) {
      value |= (long) (encoded[i] & 0x7F) << shift;
      if (encoded[i] >= 0) {
        return value;
      }
      shift += 7;
    }
  }

  private int unsigned16(int at) {
    return (encoded[at] & 0xFF) << 8 | (encoded[at + 1] & 0xFF);
  }

  private String string(int at) {
    return Utf8.text(encoded, at + 2, unsigned16(at));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Properties that && Arrays.equals(encoded, that.encoded));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    StringBuilder names = new StringBuilder();
    for (int at = 0; at < encoded.length; at = end(at)) {
      names.append(names.isEmpty() ? "" : ",").append(Property.of(encoded[at]));
    }
    return "[" + names + "]";
  }

  /// Makes a list of properties, in the order of the calls.
  public static final class Builder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);

    private Builder() {}

    /// Adds a property that is a number.
    public Builder number(Property property, long value) {
      bytes.write(property.identifier());
      switch (property.type()) {
        case BIT -> bytes.write((int) value);
        case TWO_BYTES -> unsigned16((int) value);
        case FOUR_BYTES -> {
          unsigned16((int) (value >>> 16));
          unsigned16((int) value);
        }
        case VARIABLE -> variable((int) value);
        case STRING, STRING_PAIR, BINARY ->
            throw new IllegalArgumentException(property + " is no number");
      }
      return this;
    }

    /// Adds a property that is text of at most 65,535 bytes.
    public Builder text(Property property, String value) {
      bytes.write(property.identifier());
      prefixed(Utf8.bytes(value));
      return this;
    }

    /// Adds a property that is binary, of at most 65,535 bytes.
    public Builder binary(Property property, byte[] value) {
      bytes.write(property.identifier());
      prefixed(value);
      return this;
    }

    /// Adds a user property.
    public Builder user(String name, String value) {
      bytes.write(Property.USER_PROPERTY.identifier());
      prefixed(Utf8.bytes(name));
      prefixed(Utf8.bytes(value));
      return this;
    }

    /// The finished list.
    public Properties build() {
      return ofEncoded(bytes.toByteArray());
    }

    private void prefixed(byte[] value) {
      if (value.length > 65_535) {
        throw new IllegalArgumentException("longer than 65,535 bytes");
      }
      unsigned16(value.length);
      bytes.writeBytes(value);
    }

    private void unsigned16(int value) {
      bytes.write(value >>> 8);
      bytes.write(value);
    }

    private void variable(int value) {
      int rest = value;
      while (rest > 0x7F) {
        bytes.write((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      bytes.write(rest);
    }
  }
}
