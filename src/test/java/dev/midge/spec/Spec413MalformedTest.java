package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// 4.13 Handling errors: each row of the packet table that breaks a rule, sent to a server. It
/// costs the connection that it came by, and nobody else anything.
final class Spec413MalformedTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener(
              "table",
              """
              mqtt: { packet_bytes_max: 1048576 }
              limits: { user_properties_max: 3 }
              """);

  /// Clients that are there all the time, on whatever loop.
  private static List<RawClient> bystanders = List.of();

  @BeforeAll
  static void connectBystanders() {
    bystanders =
        Stream.of("ann", "bob", "cid", "dora")
            .map(name -> RawClient.connected(SERVER.port("table"), 5, name))
            .toList();
  }

  @AfterAll
  static void closeBystanders() {
    bystanders.forEach(RawClient::close);
  }

  @AfterEach
  void nobodyElseNotices() {
    bystanders.forEach(RawClient::expectNothing);
  }

  static Stream<Row> violations() {
    return rows(false, "VIOLATION");
  }

  static Stream<Row> silentRefusals() {
    return rows(true, "VIOLATION");
  }

  static Stream<Row> refusals() {
    return rows(true, "REFUSED");
  }

  private static Stream<Row> rows(boolean first, String word) {
    return PacketTable.fromClients().stream()
        .filter(row -> row.isFirst() == first && row.meaning().startsWith(word));
  }

  @ParameterizedTest
  @MethodSource("violations")
  @Statement({"MQTT-4.13.1-1", "MQTT-3.14.2-1"})
  void aViolationEndsTheConnectionWithItsReason(Row row) {
    int reason = Integer.parseInt(row.meaning().split(" ", 3)[1], 16);
    try (RawClient client = RawClient.connected(SERVER.port("table"), row.version(), "me")) {
      client.sendBytes(row.bytes()).expectEnd(reason);
    }
  }

  @ParameterizedTest
  @MethodSource("silentRefusals")
  @Statement("MQTT-3.1.4-1")
  void whatIsNoConnectOfAnyVersionIsClosedWithoutAWord(Row row) {
    try (RawClient client = RawClient.open(SERVER.port("table"))) {
      client.sendBytes(row.bytes()).expectClosed();
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  @Statement({"MQTT-3.1.4-1", "MQTT-3.1.4-2"})
  void aConnectThatIsWrongIsAnsweredWhereItsVersionHasACode(Row row) {
    String[] words = row.meaning().split(" ", 4);
    int version = Character.digit(words[1].charAt(1), 10);
    int reason = Integer.parseInt(words[2], 16);
    try (RawClient client = RawClient.open(SERVER.port("table")).speak(version)) {
      client.sendBytes(row.bytes());
      if (version == 5) {
        WirePacket connack = client.expectType(WirePacket.CONNACK);
        assertThat(connack.reason()).as("%s: %s", row, connack).isEqualTo(reason);
      } else if (reason == 0x84) {
        client.expect("20 02 00 01");
      }
      client.expectClosed();
    }
  }
}
