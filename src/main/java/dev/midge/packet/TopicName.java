package dev.midge.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The name of a topic: what a message is published under. At least one character, no wildcards.
/// [MQTT-4.7.3-1] [MQTT-3.3.2-2] Kept as its bytes, because that is how it comes and goes.
public final class TopicName {
  private final byte[] utf8;
  private final int hash;

  private TopicName(byte[] utf8, int hash) {
    this.utf8 = utf8;
    this.hash = hash;
  }

  /// The topic of this text.
  ///
  /// @throws ProtocolViolation when it is empty, too long or has a wildcard
  public static TopicName of(String text) {
    byte[] bytes = Utf8.bytes(text);
    return of(bytes, 0, bytes.length);
  }

  /// The topic in these bytes, which are copied.
  ///
  /// @throws ProtocolViolation when they are no valid topic name
  public static TopicName of(byte[] bytes, int offset, int length) {
    if (length == 0) {
      throw ProtocolViolation.malformed("MQTT-4.7.3-1", "empty topic name");
    }
    if (length > 65_535) {
      throw ProtocolViolation.malformed("MQTT-4.7.3-3", "topic name longer than 65,535 bytes");
    }
    if (!Utf8.isValid(bytes, offset, length)) {
      throw ProtocolViolation.malformed("MQTT-1.5.4-1", "topic name is not valid UTF-8");
    }
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '+' || bytes[i] == '#') {
        throw ProtocolViolation.malformed("MQTT-3.3.2-2", "wildcard in a topic name");
      }
    }
    return new TopicName(
        Arrays.copyOfRange(bytes, offset, offset + length), hash(bytes, offset, length));
  }

  /// The hash that a topic of these bytes has: for finding one without making it.
  public static int hash(byte[] bytes, int offset, int length) {
    int hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash ^ hash >>> 15;
  }

  /// Whether the bytes spell this topic.
  public boolean isSpelled(byte[] bytes, int offset, int length) {
    return length == utf8.length && Arrays.equals(utf8, 0, length, bytes, offset, offset + length);
  }

  /// The length in bytes, 1 to 65,535.
  public int length() {
    return utf8.length;
  }

  /// The bytes themselves; callers must not change them.
  @SuppressWarnings("EI_EXPOSE_REP") // Copying for each receiver of a message would cost more.
  public byte[] utf8() {
    return utf8;
  }

  /// Whether wildcards at the first level pass it by, and clients may not write it: it begins with
  /// `$`. [MQTT-4.7.2-1]
  public boolean isReserved() {
    return utf8[0] == '$';
  }

  /// How many levels it has, 1 or more.
  public int levelCount() {
    int levels = 1;
    for (byte b : utf8) {
      if (b == '/') {
        levels++;
      }
    }
    return levels;
  }

  /// The levels between the separators; each may be empty.
  public List<String> levels() {
    List<String> levels = new ArrayList<>(8);
    int start = 0;
    for (int i = 0; i <= utf8.length; i++) {
      if (i == utf8.length || utf8[i] == '/') {
        levels.add(Utf8.text(utf8, start, i - start));
        start = i + 1;
      }
    }
    return levels;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof TopicName that && hash == that.hash && Arrays.equals(utf8, that.utf8));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return Utf8.text(utf8, 0, utf8.length);
  }
}
