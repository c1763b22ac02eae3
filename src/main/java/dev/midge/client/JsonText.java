package dev.midge.client;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// JSON being written in the style of cJSON, which mosquitto_sub prints with: dense, or with a line
/// for each member, tabs, and arrays in one line. Strings are bytes, valid UTF-8 or not.
final class JsonText {

  private final boolean isPretty;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// For each open object or array: whether it is an object, and whether something is in it.
  private final Deque<Open> open = new ArrayDeque<>();

  private int depth;
  private boolean isAfterKey;

  /// Begins a text.
  ///
  /// @param isPretty whether it has lines and indentation
  JsonText(boolean isPretty) {
    this.isPretty = isPretty;
  }

  private static final class Open {
    private final boolean isObject;
    private boolean isFilled;

    private Open(boolean isObject) {
      this.isObject = isObject;
    }
  }

  /// Whether the member that the last key at the outermost object named has its value.
  boolean isWhole() {
    return open.size() == 1 && !isAfterKey;
  }

  /// Begins an object as a value; members follow, each a [#key] and a value.
  JsonText beginObject() {
    beforeValue();
    open.push(new Open(true));
    depth++;
    return raw(isPretty ? "{\n" : "{");
  }

  /// Ends the object that was begun last.
  JsonText endObject() {
    boolean isFilled = open.pop().isFilled;
    depth--;
    if (isPretty) {
      raw((isFilled ? "\n" : "") + "\t".repeat(depth));
    }
    return raw("}");
  }

  /// Begins an array as a value; its values follow.
  JsonText beginArray() {
    beforeValue();
    open.push(new Open(false));
    depth++;
    return raw("[");
  }

  /// Ends the array that was begun last.
  JsonText endArray() {
    open.pop();
    depth--;
    return raw("]");
  }

  /// Writes the name of a member; its value follows.
  JsonText key(String name) {
    Open object = open.getFirst();
    if (object.isFilled) {
      raw(isPretty ? ",\n" : ",");
    }
    object.isFilled = true;
    if (isPretty) {
      raw("\t".repeat(depth));
    }
    quote(name.getBytes(StandardCharsets.UTF_8));
    isAfterKey = true;
    return raw(isPretty ? ":\t" : ":");
  }

  /// Writes a string as a value.
  JsonText string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes a string as a value: these bytes, with escapes where JSON needs them.
  JsonText string(byte[] text) {
    beforeValue();
    return quote(text);
  }

  /// Writes `true`, `false`, `null` or the like.
  JsonText literal(String text) {
    beforeValue();
    return raw(text);
  }

  /// Writes a number with 15 digits if they say it all, with 17 otherwise.
  JsonText number(double number) {
    if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      return literal(Long.toString((long) number));
    }
    if (Double.isInfinite(number)) {
      return literal("null");
    }
    BigDecimal exact = new BigDecimal(number);
    BigDecimal rounded = exact.round(new MathContext(15));
    if (rounded.doubleValue() != number) {
      rounded = exact.round(new MathContext(17));
    }
    BigDecimal stripped = rounded.stripTrailingZeros();
    int exponent = stripped.precision() - stripped.scale() - 1;
    if (exponent >= -4 && exponent < 15) {
      return literal(stripped.toPlainString());
    }
    String sign = exponent < 0 ? "-" : "+";
    return literal(
        stripped.movePointLeft(exponent).stripTrailingZeros().toPlainString()
            + "e"
            + sign
            + (Math.abs(exponent) < 10 ? "0" : "")
            + Math.abs(exponent));
  }

  /// All that was written, in UTF-8.
  byte[] bytes() {
    return out.toByteArray();
  }

  private void beforeValue() {
    isAfterKey = false;
    Open container = open.peek();
    if (container != null && !container.isObject) {
      if (container.isFilled) {
        raw(isPretty ? ", " : ",");
      }
      container.isFilled = true;
    }
  }

  private JsonText quote(byte[] text) {
    out.write('"');
    for (byte b : text) {
      switch (b) {
        case '"' -> raw("\\\"");
        case '\\' -> raw("\\\\");
        case '\b' -> raw("\\b");
        case '\f' -> raw("\\f");
        case '\n' -> raw("\\n");
        case '\r' -> raw("\\r");
        case '\t' -> raw("\\t");
        default -> {
          if (b >= 0 && b < ' ') {
            raw("\\u%04x".formatted(b));
          } else {
            out.write(b);
          }
        }
      }
    }
    out.write('"');
    return this;
  }

  private JsonText raw(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }
}
