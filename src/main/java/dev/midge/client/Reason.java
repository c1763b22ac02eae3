package dev.midge.client;

import java.util.Locale;

/// What a server answered: a reason code of MQTT 5.0 (2.4) or a return code of MQTT 3.1.1.
///
/// @param text what the code means, in words
/// @param detail the Reason String of the server, empty if it sent none
record Reason(int code, String text, String detail) {

  /// All went well.
  static final Reason SUCCESS = new Reason(0, "Success", "");

  /// A reason code of MQTT 5.0, of which the client library knows the name.
  static Reason of(int code, Enum<?> name, String detail) {
    String words = name.name().replace('_', ' ').toLowerCase(Locale.ROOT);
    return new Reason(code, Character.toUpperCase(words.charAt(0)) + words.substring(1), detail);
  }

  /// A return code of a CONNACK in MQTT 3.1.1 (3.2.2.3).
  static Reason ofConnack3(int code) {
    String text =
        switch (code) {
          case 1 -> "Connection Refused: unacceptable protocol version.";
          case 2 -> "Connection Refused: identifier rejected.";
          case 3 -> "Connection Refused: broker unavailable.";
          case 4 -> "Connection Refused: bad user name or password.";
          case 5 -> "Connection Refused: not authorised.";
          default -> "Connection Refused: unknown reason.";
        };
    return new Reason(code, text, "");
  }

  /// Whether the server refused.
  boolean isError() {
    return code >= 0x80;
  }

  /// The code's meaning, and the server's own words if there are any.
  String describe() {
    return detail.isEmpty() ? text : text + " (" + detail + ")";
  }
}
