package dev.midge.kit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Bytes as people write them down. Knows hex, lengths and text, and nothing of packets:
///
/// - `82 0a` bytes in hex, in any grouping of whole bytes
/// - `'text'` the UTF-8 bytes of a text
/// - `"text"` the same with their length in front, in two bytes: an MQTT string
/// - `( … )` what stands between, with its length in front as a variable byte integer
/// - `[ … ]` the same with its length in two bytes: MQTT binary data
/// - `… *n` the item before, n times
/// - `# …` a comment, to the end of the line
///
/// So `82 ( 0001 "a/b" 01 )` is a SUBSCRIBE of MQTT 3.1.1.
public final class Notation {
  private final String text;
  private int at;

  private Notation(String text) {
    this.text = text;
  }

  /// The bytes that the text stands for.
  ///
  /// @throws IllegalArgumentException when it is no notation, saying where
  public static byte[] bytes(String text) {
    Notation notation = new Notation(text);
    byte[] bytes = notation.sequence('\0');
    return bytes;
  }

  /// The bytes in hex, two digits each, for messages.
  public static String hex(byte[] bytes) {
    StringBuilder hex = new StringBuilder();
    for (byte b : bytes) {
      hex.append(hex.isEmpty() ? "" : " ").append("%02x".formatted(b));
    }
    return hex.toString();
  }

  private byte[] sequence(char end) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] last = {};
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        if (end != '\0') {
          throw wrong("missing " + end);
        }
        return out.toByteArray();
      }
      char next = text.charAt(at);
      if (next == end) {
        at++;
        return out.toByteArray();
      }
      if (next == '*') {
        at++;
        int times = number();
        for (int i = 1; i < times; i++) {
          out.writeBytes(last);
        }
      } else {
        last = item(next);
        out.writeBytes(last);
      }
    }
  }

  private byte[] item(char first) {
    at++;
    return switch (first) {
      case '\'' -> quoted('\'');
      case '"' -> withLength(quoted('"'));
      case '(' -> withVariableLength(sequence(')'));
      case '[' -> withLength(sequence(']'));
      default -> {
        at--;
        yield new byte[] {(byte) (digit() << 4 | digit())};
      }
    };
  }

  private byte[] quoted(char quote) {
    int end = text.indexOf(quote, at);
    if (end < 0) {
      throw wrong("missing " + quote);
    }
    String content = text.substring(at, end);
    at = end + 1;
    return content.getBytes(StandardCharsets.UTF_8);
  }

  private int digit() {
    int value = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    if (value < 0) {
      throw wrong("not a hex digit");
    }
    at++;
    return value;
  }

  private int number() {
    int start = at;
    while (at < text.length() && Character.isDigit(text.charAt(at))) {
      at++;
    }
    return Integer.parseInt(text.substring(start, at));
  }

  private void skipBlanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int line = text.indexOf('\n', at);
        at = line < 0 ? text.length() : line;
      } else if (Character.isWhitespace(c)) {
        at++;
      } else {
        return;
      }
    }
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        what + " at " + at + " in: " + text.substring(0, at) + " >>> " + text.substring(at));
  }

  private static byte[] withLength(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(content.length >>> 8);
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] withVariableLength(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int rest = content.length;
    while (rest > 0x7F) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
