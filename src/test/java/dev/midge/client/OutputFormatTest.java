package dev.midge.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `-F` prints, field by field.
class OutputFormatTest {

  private static final ZonedDateTime TIME =
      ZonedDateTime.parse("2026-03-08T07:05:09.012345678+01:00");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          %t %p %l %q %r %%|home/café 21.5 4 1 1 %
          %x %X|32312e35 32312E35
          [%6p][%-6p][%06p][%2p]|[  21.5][21.5  ][0021.5][21]
          [%10x][%-10x][%010X]|[  32312e35][32312e35  ][0032312E35]
          [%4l][%-4l][%04l]|[   4][4   ][0004]
          [%12t][%-12t][%.4t][%6.4t]|[  home/café][home/café  ][home][  home]
          %C %D %R %P|text/plain id-1 reply/to unit:celsius unit:kelvin
          %E %F [%6E] [%03F]|60 1 [    60] [001]
          [%A][%3A]|[][   ]
          %I %U|2026-03-08T07:05:09+0100 1772949909.012345678
          @Y-@m-@dT@H:@M:@S.@N@z @@|2026-03-08T07:05:09.012345678+0100 @
          @a @A @b @B @e @j @y @C @D|Sun Sunday Mar March  8 067 26 20 03/08/26
          @I @l @k @p @P @r @R @T|07  7  7 AM am 07:05:09 AM 07:05 07:05:09
          @u @w @U @W @V @G @s|7 0 10 09 10 2026 1772949909
          @F @Q|2026-03-08 %Q
          """)
  void fieldsAndTimesArePrintedAsInC(String format, String expected) {
    assertThat(print(format)).isEqualTo(expected);
  }

  @Test
  void escapesAreThoseOfC() {
    assertThat(print("\\\\a\\n\\r\\t\\0\\a\\e\\v")).isEqualTo("\\a\n\r\t\0\u0007\u001b\u000b");
  }

  @Test
  void jsonHasAllThatThereIs() {
    assertThat(print("%j"))
        .isEqualTo(
            "{\"tst\":\"2026-03-08T07:05:09.012345+0100\",\"topic\":\"home/café\",\"qos\":1,"
                + "\"retain\":1,\"payloadlen\":4,\"properties\":{\"payload-format-indicator\":1,"
                + "\"message-expiry-interval\":60,\"content-type\":\"text/plain\","
                + "\"response-topic\":\"reply/to\",\"correlation-data\":\"id-1\","
                + "\"user-properties\":{\"unit\":\"celsius\",\"unit\":\"kelvin\"}},"
                + "\"payload\":\"21.5\"}");
    assertThat(print("%J")).endsWith("\"payload\":21.5}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          %z|there is no field %z
          %|not whole
          %10|not whole
          @|not whole
          \\q|there is no escape \\q
          %S|%S is not supported
          %m|%m is not supported
          """)
  void aFormatThatCannotBePrintedIsRefused(String format, String message) {
    assertThatThrownBy(() -> OutputFormat.compile(format))
        .isInstanceOf(InvalidOption.class)
        .hasMessageContaining(message);
  }

  private static String print(String format) {
    var properties =
        new Message.Properties(
            1,
            60,
            "text/plain",
            "reply/to",
            "id-1".getBytes(StandardCharsets.UTF_8),
            List.of(Map.entry("unit", "celsius"), Map.entry("unit", "kelvin")),
            -1);
    var message =
        new Message("home/café", "21.5".getBytes(StandardCharsets.UTF_8), 1, true, properties);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    OutputFormat.compile(format)
        .print(
            message, TIME, false, new Terminal(InputStream.nullInputStream(), out, out, Map.of()));
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
