package dev.midge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the decoder to the packet table: to each row of what clients send.
class PacketTableTest {
  private static final Decoder DECODER = new Decoder(new TopicCache());

  static List<Row> rows() {
    return PacketTable.fromClients();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void bytesMeanWhatTheTableSays(Row row) {
    assertThat(Decoded.meaning(DECODER, row.version(), row.bytes()))
        .as("%s", row)
        .isEqualTo(row.meaning());
  }
}
