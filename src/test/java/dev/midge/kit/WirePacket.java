package dev.midge.kit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One packet as it came from a server, taken apart only as far as a test asks.
///
/// @param version the protocol level that its connection speaks: 3, 4 or 5
/// @param header the first byte: type and flags
/// @param body what follows the fixed header
public record WirePacket(int version, int header, byte[] body) {
  public static final int CONNACK = 2;
  public static final int PUBLISH = 3;
  public static final int PUBACK = 4;
  public static final int PUBREC = 5;
  public static final int PUBREL = 6;
  public static final int PUBCOMP = 7;
  public static final int SUBACK = 9;
  public static final int UNSUBACK = 11;
  public static final int PINGRESP = 13;
  public static final int DISCONNECT = 14;
  public static final int AUTH = 15;

  /// A property: its identifier and the bytes of its value, without the length of a string.
  public record Property(int id, byte[] value) {
    /// The value as a number.
    public long number() {
      if (id == 0x0B) {
        long number = 0;
        for (int i = value.length - 1; i >= 0; i--) {
          number = number << 7 | (value[i] & 0x7F);
        }
        return number;
      }
      long number = 0;
      for (byte b : value) {
        number = number << 8 | (b & 0xFF);
      }
      return number;
    }

    /// The value as text; of a user property `name=value`.
    public String text() {
      return new String(value, StandardCharsets.UTF_8);
    }
  }

  /// The packet type, 1 to 15.
  public int type() {
    return header >>> 4;
  }

  public int qos() {
    return header >> 1 & 3;
  }

  public boolean retain() {
    return (header & 1) != 0;
  }

  public boolean dup() {
    return (header & 8) != 0;
  }

  /// The session present flag of CONNACK.
  public boolean sessionPresent() {
    return (body[0] & 1) != 0;
  }

  /// The reason code, or return code, of a packet that has one; 0 when it is left out.
  public int reason() {
    return switch (type()) {
      case CONNACK -> body[1] & 0xFF;
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> body.length > 2 ? body[2] & 0xFF : 0;
      case DISCONNECT, AUTH -> body.length > 0 ? body[0] & 0xFF : 0;
      default -> throw new IllegalStateException(this + " has no reason code");
    };
  }

  /// The codes of SUBACK or UNSUBACK, one for each filter.
  public List<Integer> reasons() {
    List<Integer> reasons = new ArrayList<>();
    for (int i = version == 5 ? endOfProperties(2) : 2; i < body.length; i++) {
      reasons.add(body[i] & 0xFF);
    }
    return reasons;
  }

  /// The packet identifier.
  public int packetId() {
    return number(type() == PUBLISH ? 2 + number(0) : 0);
  }

  public String topic() {
    return new String(body, 2, number(0), StandardCharsets.UTF_8);
  }

  /// What a PUBLISH carries.
  public byte[] payload() {
    int start = startOfProperties();
    return Arrays.copyOfRange(body, version == 5 ? endOfProperties(start) : start, body.length);
  }

  /// The payload as text.
  public String text() {
    return new String(payload(), StandardCharsets.UTF_8);
  }

  /// All properties, in their order; none before MQTT 5.0.
  public List<Property> properties() {
    int start = startOfProperties();
    List<Property> properties = new ArrayList<>();
    if (version != 5 || start >= body.length) {
      return properties;
    }
    ByteBuffer in = ByteBuffer.wrap(body, start, body.length - start);
    int length = variable(in);
    int end = in.position() + length;
    while (in.position() < end) {
      int id = in.get();
      properties.add(new Property(id, value(in, id)));
    }
    return properties;
  }

  /// Whether it has the property.
  public boolean has(int id) {
    return properties().stream().anyMatch(property -> property.id() == id);
  }

  /// The first property with this identifier.
  public Property property(int id) {
    return properties().stream()
        .filter(property -> property.id() == id)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no property %02x in %s".formatted(id, this)));
  }

  /// All values of a property that may stand more than once, as numbers.
  public List<Long> numbers(int id) {
    return properties().stream()
        .filter(property -> property.id() == id)
        .map(Property::number)
        .toList();
  }

  /// All user properties as `name=value`, in their order.
  public List<String> userProperties() {
    return properties().stream()
        .filter(property -> property.id() == 0x26)
        .map(Property::text)
        .toList();
  }

  private int startOfProperties() {
    return switch (type()) {
      case CONNACK -> 2;
      case PUBLISH -> 2 + number(0) + (qos() > 0 ? 2 : 0);
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> 3;
      case SUBACK, UNSUBACK -> 2;
      default -> 1;
    };
  }

  private int endOfProperties(int start) {
    ByteBuffer in = ByteBuffer.wrap(body, start, body.length - start);
    int length = variable(in);
    return in.position() + length;
  }

  private int number(int offset) {
    return (body[offset] & 0xFF) << 8 | (body[offset + 1] & 0xFF);
  }

  private static int variable(ByteBuffer in) {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.get();
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static byte[] value(ByteBuffer in, int id) {
    return switch (id) {
      case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> bytes(in, 1);
      case 0x13, 0x21, 0x22, 0x23 -> bytes(in, 2);
      case 0x02, 0x11, 0x18, 0x27 -> bytes(in, 4);
      case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> bytes(in, in.getChar());
      case 0x0B -> {
        int start = in.position();
        variable(in);
        int length = in.position() - start;
        yield bytes(in.position(start), length);
      }
      case 0x26 -> {
        ByteArrayOutputStream pair = new ByteArrayOutputStream();
        pair.writeBytes(bytes(in, in.getChar()));
        pair.write('=');
        pair.writeBytes(bytes(in, in.getChar()));
        yield pair.toByteArray();
      }
      default -> throw new AssertionError("unknown property %02x".formatted(id));
    };
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return "%02x ( %s )".formatted(header, Notation.hex(body));
  }
}
