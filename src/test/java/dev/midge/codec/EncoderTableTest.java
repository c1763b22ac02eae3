package dev.midge.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.Notation;
import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Auth;
import dev.midge.packet.Packet.Disconnect;
import dev.midge.packet.Packet.Pingreq;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the encoders to the packet table: to each row of what the server sends.
class EncoderTableTest {

  static List<Row> rows() {
    return PacketTable.toClients();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void packetsBecomeTheBytesOfTheTable(Row row) {
    ByteBuf out = Unpooled.buffer();
    boolean withoutProperties = row.state().endsWith("without properties");
    ProtocolVersion version = Decoded.version(row.version());
    long announced = ServerPackets.encode(row.meaning(), withoutProperties, version, out);

    assertThat(Notation.hex(ByteBufUtil.getBytes(out)))
        .as("%s", row)
        .isEqualTo(Notation.hex(row.bytes()));
    if (version.hasProperties()) {
      assertThat(announced).as("announced length").isEqualTo(row.bytes().length);
    }
  }

  @ParameterizedTest
  @EnumSource(ProtocolVersion.class)
  void aPacketThatServersDoNotSendIsNeverWritten(ProtocolVersion version) {
    isRefused(Pingreq.PINGREQ, version);
    if (!version.hasProperties()) {
      isRefused(new Disconnect(ReasonCode.SERVER_BUSY, Properties.NONE), version);
      isRefused(new Auth(ReasonCode.SUCCESS, Properties.NONE), version);
    }
  }

  private static void isRefused(Packet packet, ProtocolVersion version) {
    ByteBuf out = Unpooled.buffer();
    assertThatThrownBy(() -> Encoder.encode(packet, version, out))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(out.readableBytes()).isZero();
  }
}
