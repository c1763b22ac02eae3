package dev.midge.packet;

import java.nio.charset.StandardCharsets;

/// The UTF-8 rules for strings in packets (1.5.4): well formed, shortest form, no surrogates, no
/// U+0000. Control characters and noncharacters, which a receiver may refuse, are refused too;
/// U+FEFF is an ordinary character. [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT-1.5.4-3]
public final class Utf8 {
  private Utf8() {}

  /// Whether the bytes are a string that may stand in a packet.
  public static boolean isValid(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int i = offset;
    while (i < end) {
      int b = bytes[i];
      if (b >= 0x20 && b != 0x7F) {
        i++;
        continue;
      }
      int width = b >= 0 ? 0 : characterWidth(bytes, i, end);
      if (width == 0) {
        return false;
      }
      i += width;
    }
    return true;
  }

  /// The text of bytes already known to be valid.
  public static String text(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  /// The bytes of a text.
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The width in bytes, 2 to 4, of the character beyond ASCII at `i`, or 0 when it is not allowed.
  private static int characterWidth(byte[] bytes, int i, int end) {
    int lead = bytes[i] & 0xFF;
    int width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || end - i < width) {
      return 0;
    }
    int codePoint = lead & (0x7F >> width);
    for (int k = 1; k < width; k++) {
      int continuation = bytes[i + k];
      if ((continuation & 0xC0) != 0x80) {
        return 0;
      }
      codePoint = codePoint << 6 | (continuation & 0x3F);
    }
    return isAllowed(codePoint) && isShortest(codePoint, width) ? width : 0;
  }

  private static boolean isShortest(int codePoint, int width) {
    return width == 2 || codePoint >= (width == 3 ? 0x800 : 0x10000);
  }

  private static boolean isAllowed(int codePoint) {
    boolean control = codePoint < 0xA0;
    boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    boolean noncharacter =
        (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
    return !control && !surrogate && !noncharacter && codePoint <= Character.MAX_CODE_POINT;
  }
}
