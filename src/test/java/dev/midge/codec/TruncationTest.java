package dev.midge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Cuts each valid packet of the packet table at every byte.
class TruncationTest {
  /// In longer packets, cuts are this near to one of their ends.
  private static final int CUTS_MAX = 300;

  private static final Decoder DECODER = new Decoder(new TopicCache());

  static List<Row> packets() {
    return PacketTable.fromClients().stream().filter(Row::isPacket).toList();
  }

  @ParameterizedTest
  @MethodSource("packets")
  void apartFromItsLengthACutPacketIsRefusedOrAnother(Row row) {
    int header = Framing.headerLength(row.bytes(), 0);
    for (int cut = header; cut < row.bytes().length; cut = next(cut, row)) {
      byte[] body = Arrays.copyOfRange(row.bytes(), header, cut);
      String meaning = Decoded.meaning(DECODER, row.version(), packet(row.bytes()[0], body));

      isRefusedOrAnother(row, cut, meaning);
    }
  }

  private static void isRefusedOrAnother(Row row, int cut, String meaning) {
    var cutPacket = assertThat(meaning).as("%s, cut at %s", row, cut);
    switch (row.meaning().split(" ", 2)[0]) {
      case "CONNECT", "AUTH" -> cutPacket.matches("(VIOLATION|REFUSED).*");
      case "PUBLISH", "SUBSCRIBE", "UNSUBSCRIBE" ->
          cutPacket.isNotEqualTo(row.meaning()).doesNotStartWith("INCOMPLETE");
      // Of these, an end that says nothing may be left out.
      default -> cutPacket.doesNotStartWith("INCOMPLETE");
    }
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aPacketIsNotThereBeforeItsLastByte(Row row) {
    for (int cut = 0; cut < row.bytes().length; cut = next(cut, row)) {
      byte[] begun = Arrays.copyOf(row.bytes(), cut);

      assertThat(Decoded.meaning(DECODER, row.version(), begun))
          .as("%s, cut at %s", row, cut)
          .isEqualTo("INCOMPLETE");
    }
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aPacketReadsNothingOfWhatStandsAroundIt(Row row) {
    byte[] bytes = row.bytes();
    byte[] all = new byte[bytes.length + 2_000];
    Arrays.fill(all, (byte) 0x26);
    System.arraycopy(bytes, 0, all, 1_000, bytes.length);

    assertThat(Decoded.packet(DECODER, row.version(), all, 1_000, bytes.length))
        .isEqualTo(row.meaning());
  }

  private static int next(int cut, Row row) {
    int length = row.bytes().length;
    return cut == CUTS_MAX && length > 2 * CUTS_MAX ? length - CUTS_MAX : cut + 1;
  }

  private static byte[] packet(byte first, byte[] body) {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(first);
    int rest = body.length;
    while (rest > 0x7F) {
      packet.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    packet.write(rest);
    packet.writeBytes(body);
    return packet.toByteArray();
  }
}
