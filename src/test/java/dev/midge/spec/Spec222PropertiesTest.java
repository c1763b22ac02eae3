package dev.midge.spec;

import static dev.midge.spec.Packets.subscriber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// 2.2.2 Properties, in the packets that come after CONNECT.
final class Spec222PropertiesTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  private static void ends(String packet, int reason) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "wrong")) {
      client.send(packet).expectEnd(reason);
    } catch (AssertionError e) {
      throw new AssertionError("after " + packet, e);
    }
  }

  /// One packet of each type with room for a property, and the properties that it may have, each
  /// with a value.
  private static final List<List<String>> OWN_PROPERTIES =
      List.of(
          List.of("30 ( \"a\" ( %s ) 'x' )", "01 02 03 08 09 26"),
          List.of("40 ( 0001 00 ( %s ) )", "1f 26"),
          List.of("50 ( 0001 00 ( %s ) )", "1f 26"),
          List.of("62 ( 0001 00 ( %s ) )", "1f 26"),
          List.of("70 ( 0001 00 ( %s ) )", "1f 26"),
          List.of("82 ( 0001 ( %s ) \"a\" 00 )", "0b 26"),
          List.of("a2 ( 0001 ( %s ) \"a\" )", "26"),
          List.of("e0 ( 00 ( %s ) )", "11 1f 26"));

  private static final List<String> ALL_PROPERTIES =
      List.of(
          "01 00",
          "02 00000064",
          "03 \"t\"",
          "08 \"r\"",
          "09 [ 00 ]",
          "0b 01",
          "11 00000000",
          "12 \"c\"",
          "13 0001",
          "15 \"m\"",
          "16 [ 00 ]",
          "17 00",
          "18 00000000",
          "19 00",
          "1a \"i\"",
          "1c \"s\"",
          "1f \"r\"",
          "21 0001",
          "22 0001",
          "23 0001",
          "24 00",
          "25 00",
          "26 \"n\" \"v\"",
          "27 00000064",
          "28 00",
          "29 00",
          "2a 00");

  @Test
  void eachPacketHasPropertiesOfItsOwnAndEachButOneOnlyOnce() {
    for (List<String> row : OWN_PROPERTIES) {
      for (String property : ALL_PROPERTIES) {
        String id = property.substring(0, 2);
        // Some are of this packet but not from a client, or mean something to the server.
        boolean special =
            (row.get(0).startsWith("30") && (id.equals("0b") || id.equals("23")))
                || (row.get(0).startsWith("e0") && id.equals("1c"));
        if (special) {
          continue;
        }
        if (!row.get(1).contains(id)) {
          ends(row.get(0).formatted(property), 0x81);
        } else if (id.equals("26")) {
          isTaken(row.get(0).formatted(property + " " + property));
        } else {
          isTaken(row.get(0).formatted(property));
          ends(row.get(0).formatted(property + " " + property), 0x82);
        }
      }
    }
  }

  private static void isTaken(String packet) {
    try (RawClient client = RawClient.connected(SERVER.port(), 5, "takes")) {
      byte[] bytes = Notation.bytes(packet + (packet.startsWith("e0") ? "" : " e0 00"));
      client.sendBytes(bytes);
      boolean answered = "568a".indexOf(packet.charAt(0)) >= 0;
      if (answered) {
        assertThat(client.read().type())
            .as("answer to %s", packet)
            .isNotEqualTo(WirePacket.DISCONNECT);
      }
      client.expectClosed();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "30 ( \"a\" ( 00 00 ) 'x' ), 0x81", // No such properties.
    "30 ( \"a\" ( 04 00 ) 'x' ), 0x81",
    "30 ( \"a\" ( 2b 00 ) 'x' ), 0x81",
    "30 ( \"a\" ( 7f ) 'x' ), 0x81",
    "30 ( \"a\" ( 80 01 00 ) 'x' ), 0x81",
    "30 ( \"a\" ( ff ff ff 7f ) 'x' ), 0x81",
    "30 ( \"a\" ( 01 02 ) 'x' ), 0x82", // No format of payloads.
    "30 ( \"a\" ( 01 ff ) 'x' ), 0x82",
    "30 ( \"a\" ( 0b 01 ) 'x' ), 0x82", // Only servers say it.
    "e0 ( 00 ( 1c \"s\" ) ), 0x82",
    "30 ( \"a\" ( 01 ) 'x' ), 0x81", // Cut short.
    "30 ( \"a\" ( 02 000000 ) 'x' ), 0x81",
    "30 ( \"a\" ( 03 0002 'a' ) 'x' ), 0x81",
    "30 ( \"a\" ( 09 0001 ) 'x' ), 0x81",
    "30 ( \"a\" ( 26 \"n\" ) 'x' ), 0x81",
    "30 ( \"a\" ( 26 \"n\" 00 ) 'x' ), 0x81",
    "30 ( \"a\" 05 01 01 ), 0x81", // A list longer than its packet.
    "30 ( \"a\" ff ff ff 7f ), 0x81",
    "30 ( \"a\" ), 0x81", // No list at all.
    "30 ( \"a\" 80 ), 0x81",
    "32 ( \"a\" 0001 ), 0x81",
  })
  @Statement({"MQTT-2.2.2-1", "MQTT-3.3.4-6", "MQTT-1.5.7-1"})
  void wrongPropertiesEndTheConnection(String packet, String reason) {
    ends(packet, Integer.decode(reason));
  }

  @Test
  void aPacketMayHaveManyUserProperties() {
    int count = 5000;
    try (RawClient client = subscriber(SERVER.port(), 5, "lots", "lots", 0)) {
      client.send(
          "30 ( \"lots\" ( 26 [ 'n' ] [ 'v' ] %s ) 'x' )"
              .formatted(" 26 \"n\" \"v\"".repeat(count - 1)));
      assertThat(client.expectType(WirePacket.PUBLISH).userProperties())
          .hasSize(count)
          .containsOnly("n=v");
    }
  }
}
