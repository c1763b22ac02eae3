package dev.midge.client;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Prints single fields of one message. Widths count bytes, as in C.
///
/// @param isPretty whether JSON has lines and indentation
record FieldPrinter(Message message, ZonedDateTime time, boolean isPretty, Terminal terminal) {

  private static final byte[] NOTHING = {};

  /// Prints a field.
  void print(OutputFormat.Field field) {
    Message.Properties properties = message.properties();
    switch (field.letter()) {
      case 'A' -> write(NOTHING, field, true); // The server is not asked to use aliases.
      case 'C' -> text(properties.contentType(), field);
      case 'D' -> raw(properties.correlationData());
      case 'E' -> number(properties.expirySeconds(), field);
      case 'F' -> number(properties.payloadFormat(), field);
      case 'I' -> text(Strftime.format("%FT%T%z", time), field);
      case 'j' -> raw(new MessageJson(message, time, isPretty).withPayloadAsText());
      case 'J' -> parsedJson();
      case 'l' -> number(message.payload().length, field);
      case 'P' -> raw(userProperties(properties).getBytes(StandardCharsets.UTF_8));
      case 'p' -> payload(field);
      case 'q' -> terminal.out().print(message.qos());
      case 'R' -> text(properties.responseTopic(), field);
      case 'r' -> terminal.out().print(message.isRetained() ? 1 : 0);
      case 't' -> text(message.topic(), field);
      case 'U' -> terminal.out().print(Strftime.format("%s.%N", time));
      case 'x' -> hex(HexFormat.of(), field);
      case 'X' -> hex(HexFormat.of().withUpperCase(), field);
      default -> throw new IllegalArgumentException("no field " + field.letter());
    }
  }

  private void parsedJson() {
    byte[] json = new MessageJson(message, time, isPretty).withPayloadAsJson();
    if (json == null) {
      terminal
          .err()
          .println("Error: Message payload is not valid JSON on topic " + message.topic() + ".");
    } else {
      raw(json);
    }
  }

  /// The payload, cut to the width if it is longer.
  private void payload(OutputFormat.Field field) {
    int length = message.payload().length;
    int cut = field.width() == 0 ? length : Math.min(length, field.width());
    byte[] start = Arrays.copyOf(message.payload(), cut);
    write(start, field, field.isZeroPadded());
  }

  private void hex(HexFormat format, OutputFormat.Field field) {
    byte[] digits = format.formatHex(message.payload()).getBytes(StandardCharsets.US_ASCII);
    write(digits, field, field.isZeroPadded());
  }

  private void number(long number, OutputFormat.Field field) {
    byte[] digits =
        number < 0 ? NOTHING : Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    write(digits, field, field.isZeroPadded());
  }

  private void text(@Nullable String text, OutputFormat.Field field) {
    byte[] bytes = text == null ? NOTHING : text.getBytes(StandardCharsets.UTF_8);
    if (field.precision() >= 0 && field.precision() < bytes.length) {
      bytes = Arrays.copyOf(bytes, field.precision());
    }
    write(bytes, field, text == null && field.isZeroPadded());
  }

  private void raw(byte @Nullable [] bytes) {
    if (bytes != null) {
      terminal.out().write(bytes, 0, bytes.length);
    }
  }

  private void write(byte[] bytes, OutputFormat.Field field, boolean isZeroPadded) {
    PrintStream out = terminal.out();
    String padding =
        (isZeroPadded && field.isZeroPadded() ? "0" : " ")
            .repeat(Math.max(0, field.width() - bytes.length));
    if (!field.isLeft()) {
      out.print(padding);
    }
    out.write(bytes, 0, bytes.length);
    if (field.isLeft()) {
      out.print(padding);
    }
  }

  private static String userProperties(Message.Properties properties) {
    return properties.userProperties().stream()
        .map(property -> property.getKey() + ":" + property.getValue())
        .collect(Collectors.joining(" "));
  }
}
