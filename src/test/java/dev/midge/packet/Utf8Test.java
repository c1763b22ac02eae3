package dev.midge.packet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.Seeds;
import dev.midge.kit.Statement;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which bytes are a string, compared with the strict decoder of the JDK.
class Utf8Test {
  private static final int[] EDGES = {
    0x00, 0x20, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F, 0xA0, 0xAF, 0xB0, 0xBD, 0xBE, 0xBF, 0xC0, 0xFF
  };

  private final CharsetDecoder strict =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private boolean isString(byte[] bytes) {
    CharBuffer text = CharBuffer.allocate(bytes.length);
    boolean isUtf8 = !strict.reset().decode(ByteBuffer.wrap(bytes), text, true).isError();
    return isUtf8 && text.flip().codePoints().allMatch(Utf8Test::isAllowed);
  }

  private static boolean isAllowed(int c) {
    boolean noncharacter = (c & 0xFFFF) >= 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
    return !noncharacter && Character.getType(c) != Character.CONTROL;
  }

  private void isJudgedLikeByTheJdk(byte[] bytes) {
    boolean expected = isString(bytes);
    if (Utf8.isValid(bytes, 0, bytes.length) != expected) {
      assertThat(!expected).as(Notation.hex(bytes)).isEqualTo(expected);
    }
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  @Statement({"MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-1.5.4-3"})
  void eachCharacterIsAllowedOrNot() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        byte[] bytes = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        if (Utf8.isValid(bytes, 0, bytes.length) != isAllowed(c)) {
          assertThat(Utf8.isValid(bytes, 0, bytes.length)).as("U+%04X", c).isEqualTo(isAllowed(c));
        }
      }
    }
  }

  @Test
  void sequencesOfOneToFourBytesAreJudgedLikeByTheJdk() {
    isJudgedLikeByTheJdk(bytes());
    for (int a = 0; a < 256; a++) {
      isJudgedLikeByTheJdk(bytes(a));
      for (int b = 0; b < 256; b++) {
        isJudgedLikeByTheJdk(bytes(a, b));
      }
    }
    for (int a = 0xC0; a < 256; a++) {
      for (int b = 0; b < 256; b++) {
        for (int c : EDGES) {
          isJudgedLikeByTheJdk(bytes(a, b, c));
        }
      }
    }
    for (int a = 0xE0; a < 256; a++) {
      for (int b = 0x7F; b < 0xC1; b++) {
        for (int c : EDGES) {
          for (int d : EDGES) {
            isJudgedLikeByTheJdk(bytes(a, b, c, d));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  void damagedTextIsJudgedLikeByTheJdk(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        text.appendCodePoint(random.nextInt(0x20, 1 << random.nextInt(7, 17)));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      isJudgedLikeByTheJdk(bytes);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      isJudgedLikeByTheJdk(bytes);
    }
  }

  @Test
  void onlyTheBytesThatWereMeantAreLookedAt() {
    byte[] bytes = bytes(0xFF, 'a', 0xC3, 0xA4, 0xFF);
    assertThat(Utf8.isValid(bytes, 1, 3)).isTrue();
    assertThat(Utf8.isValid(bytes, 1, 2)).as("half a character").isFalse();
    assertThat(Utf8.isValid(bytes, 0, 1)).isFalse();
    assertThat(Utf8.text(bytes, 1, 3)).isEqualTo("aä");
  }
}
