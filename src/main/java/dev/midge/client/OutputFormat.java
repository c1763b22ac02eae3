package dev.midge.client;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

/// What `midge sub -F` prints for a message: text with fields (`%t`), times (`@Y`) and escapes
/// (`\n`) in it, read once and printed often.
final class OutputFormat {

  /// All fields that there are.
  private static final String FIELDS = "%ACDEFIjJlPpqRrtUxX";

  private final String text;
  private final List<Piece> pieces = new ArrayList<>();
  private int at;

  private OutputFormat(String text) {
    this.text = text;
  }

  /// A part of the format.
  sealed interface Piece {}

  private record Literal(byte[] bytes) implements Piece {}

  private record Time(char conversion) implements Piece {}

  /// A field of the message, with what stands between its `%` and its letter.
  ///
  /// @param width the least width, 0 if there is none
  /// @param precision the greatest width, -1 if there is none
  record Field(char letter, boolean isLeft, boolean isZeroPadded, int width, int precision)
      implements Piece {}

  /// Reads a format.
  ///
  /// @throws InvalidOption if there is no such field or escape, or one is not whole
  static OutputFormat compile(String text) {
    OutputFormat format = new OutputFormat(text);
    while (format.at < text.length()) {
      format.pieces.add(format.readPiece());
    }
    return format;
  }

  /// Whether the format has this field.
  boolean has(char letter) {
    return pieces.stream()
        .anyMatch(piece -> piece instanceof Field field && field.letter() == letter);
  }

  /// Prints a message that came at `time`, without a line end and without flushing.
  void print(Message message, ZonedDateTime time, boolean isPretty, Terminal terminal) {
    PrintStream out = terminal.out();
    for (Piece piece : pieces) {
      switch (piece) {
        case Literal literal -> out.write(literal.bytes, 0, literal.bytes.length);
        case Time field -> out.print(Strftime.format(field.conversion, time));
        case Field field -> new FieldPrinter(message, time, isPretty, terminal).print(field);
      }
    }
  }

  private Piece readPiece() {
    int codePoint = text.codePointAt(at);
    at += Character.charCount(codePoint);
    return switch (codePoint) {
      case '%' -> readField();
      case '@' -> readTime();
      case '\\' -> literal(escape(next("escape")));
      default -> literal(codePoint);
    };
  }

  private Piece readField() {
    boolean isLeft = skip('-');
    boolean isZeroPadded = skip('0');
    int width = readNumber();
    int precision = skip('.') ? readNumber() : -1;
    char letter = next("field");
    if (letter == 'm' || letter == 'S') {
      throw new InvalidOption(
          "-F: %"
              + letter
              + " is not supported: the MQTT library of this client does not tell "
              + (letter == 'm' ? "packet identifiers." : "subscription identifiers."));
    }
    if (FIELDS.indexOf(letter) < 0) {
      throw new InvalidOption("-F: there is no field %" + letter + ".");
    }
    return letter == '%'
        ? literal('%')
        : new Field(letter, isLeft, isZeroPadded && !isLeft, width, precision);
  }

  private Piece readTime() {
    char conversion = next("time");
    return conversion == '@' ? literal('@') : new Time(conversion);
  }

  private int readNumber() {
    int number = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      number = Math.min(number * 10 + text.charAt(at) - '0', 1 << 16);
      at++;
    }
    return number;
  }

  private boolean skip(char expected) {
    boolean isThere = at < text.length() && text.charAt(at) == expected;
    if (isThere) {
      at++;
    }
    return isThere;
  }

  private char next(String what) {
    if (at >= text.length()) {
      throw new InvalidOption("-F: the last " + what + " of '" + text + "' is not whole.");
    }
    return text.charAt(at++);
  }

  private static int escape(char letter) {
    return switch (letter) {
      case '\\' -> '\\';
      case '0' -> 0;
      case 'a' -> 0x07;
      case 'e' -> 0x1B;
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0B;
      default -> throw new InvalidOption("-F: there is no escape \\" + letter + ".");
    };
  }

  private static Literal literal(int codePoint) {
    return new Literal(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }
}
