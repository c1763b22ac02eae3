package dev.midge.client;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The packets that `-D` can give properties to; the will counts as one.
enum PacketName {
  CONNECT,
  PUBLISH,
  SUBSCRIBE,
  UNSUBSCRIBE,
  DISCONNECT,
  WILL;

  /// The packet with this name, or null.
  static @Nullable PacketName of(String text) {
    return Arrays.stream(values())
        .filter(packet -> packet.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElse(null);
  }

  /// The name as `-D` has it, like `publish`.
  @Override
  public String toString() {
    return lowerCase(this);
  }

  /// The name of a constant in lower case, its words joined by hyphens.
  static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
