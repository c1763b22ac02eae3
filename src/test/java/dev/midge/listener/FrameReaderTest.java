package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.codec.Decoded;
import dev.midge.codec.Decoder;
import dev.midge.codec.TopicCache;
import dev.midge.kit.Notation;
import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import dev.midge.packet.ProtocolViolation;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever the pieces in which bytes arrive, the packets are the same.
class FrameReaderTest {
  private static final NettyLoop LOOP =
      new NettyLoop(
          new EmbeddedChannel().eventLoop(), new MonotonicClock(), new InboundBudget(1 << 20));
  private static final Decoder DECODER = new Decoder(new TopicCache());

  /// One connection.
  private static final class Received {
    private final int version;
    private final List<String> packets = new ArrayList<>();
    private final FrameReader frames;

    /// How many packets to take before reading stops.
    private int wanted = Integer.MAX_VALUE;

    Received(int version) {
      this.version = version;
      this.frames = new FrameReader(Decoded.PACKET_BYTES_MAX, this::packet);
    }

    private boolean packet(byte[] bytes, int offset, int length) {
      int spoken = packets.isEmpty() ? -1 : version;
      packets.add(Decoded.packet(DECODER, spoken, bytes, offset, length));
      return packets.size() < wanted;
    }

    void read(byte[] bytes, int from, int to) {
      frames.read(Unpooled.wrappedBuffer(bytes, from, to - from), LOOP);
    }
  }

  static List<Row> packets() {
    return PacketTable.fromClients().stream().filter(Row::isPacket).toList();
  }

  /// The packet as the second or, if it is one, the first of a connection, and one after it.
  private static byte[] connection(Row row) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (!row.isFirst()) {
      all.writeBytes(connect(row.version()));
    }
    all.writeBytes(row.bytes());
    all.writeBytes(Notation.bytes("c0 00"));
    return all.toByteArray();
  }

  private static byte[] connect(int version) {
    return Notation.bytes(
        switch (version) {
          case 3 -> "10 ( \"MQIsdp\" 03 02 003c \"me\" )";
          case 4 -> "10 ( \"MQTT\" 04 02 003c \"me\" )";
          default -> "10 ( \"MQTT\" 05 02 003c ( ) \"me\" )";
        });
  }

  private static void isWhole(Row row, Received received) {
    assertThat(received.packets)
        .as("%s", row)
        .hasSize(row.isFirst() ? 2 : 3)
        .element(row.isFirst() ? 0 : 1)
        .isEqualTo(row.meaning());
    assertThat(received.frames.hasKept()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aPacketInTwoPiecesIsThePacket(Row row) {
    byte[] bytes = connection(row);
    int step = 1 + bytes.length / 100;
    for (int cut = 1; cut < bytes.length; cut += step) {
      Received received = new Received(row.version());
      received.read(bytes, 0, cut);
      received.read(bytes, cut, bytes.length);
      isWhole(row, received);
    }
  }

  @ParameterizedTest
  @MethodSource("packets")
  void aPacketByteByByteIsThePacket(Row row) {
    byte[] bytes = connection(row);
    Received received = new Received(row.version());
    for (int at = 0; at < bytes.length; at++) {
      received.read(bytes, at, at + 1);
    }
    isWhole(row, received);
  }

  @Test
  void manyPacketsInPiecesOfAnySizeAreThoseThatWereSent() {
    long seed = 7;
    Random random = new Random(seed);
    List<Row> rows = packets().stream().filter(row -> row.version() == 5).toList();
    for (int run = 0; run < 20; run++) {
      List<String> expected = new ArrayList<>();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(connect(5));
      for (int i = 0; i < 200; i++) {
        Row row = rows.get(random.nextInt(rows.size()));
        expected.add(row.meaning());
        all.writeBytes(row.bytes());
      }
      byte[] bytes = all.toByteArray();
      Received received = new Received(5);
      int pieceMax = 1 << random.nextInt(1, 20);
      for (int at = 0; at < bytes.length; ) {
        int to = Math.min(bytes.length, at + 1 + random.nextInt(pieceMax));
        received.read(bytes, at, to);
        at = to;
      }
      assertThat(received.packets.subList(1, received.packets.size())).isEqualTo(expected);
    }
  }

  @Test
  void whatComesWhileReadingIsStoppedIsGivenOutWhenItGoesOn() {
    byte[] connect = connect(4);
    byte[] ping = Notation.bytes("c0 00");
    Received received = new Received(4);
    received.wanted = 1;
    received.read(connect, 0, connect.length);
    received.frames.readLater(Unpooled.wrappedBuffer(ping, ping, new byte[] {(byte) 0xC0}));
    assertThat(received.packets).hasSize(1);

    received.wanted = 2;
    received.frames.resume();
    assertThat(received.packets).hasSize(2);

    received.wanted = Integer.MAX_VALUE;
    received.frames.resume();
    assertThat(received.packets).hasSize(3);

    received.read(new byte[1], 0, 1);
    assertThat(received.packets).hasSize(4).last().isEqualTo("PINGREQ");
    assertThat(received.frames.hasKept()).isFalse();
  }

  @Test
  void aLongPacketIsPutTogetherFromShortPieces() {
    byte[] connect = connect(4);
    byte[] publish = Notation.bytes("30 ( \"a\" 'x' *900000 )");
    Received received = new Received(4);
    received.read(connect, 0, connect.length);
    for (int at = 0; at < publish.length; at += 1_000) {
      received.read(publish, at, Math.min(publish.length, at + 1_000));
    }
    assertThat(received.packets).last().isEqualTo("PUBLISH topic=\"a\" qos=0 payload='x'*900000");
  }

  @Test
  void aPacketThatIsTooLongIsRefusedByItsHeader() {
    Received received = new Received(4);
    byte[] connect = connect(4);
    received.read(connect, 0, connect.length);
    byte[] header = Notation.bytes("30 ffffff7f");

    assertThatThrownBy(() -> received.read(header, 0, header.length))
        .isInstanceOf(ProtocolViolation.class);
    assertThat(received.packets).hasSize(1);
  }

  @Test
  void afterTheEndNothingIsKept() {
    Received received = new Received(4);
    byte[] connect = Arrays.copyOf(connect(4), 5);
    received.frames.close();
    received.read(connect, 0, connect.length);
    assertThat(received.frames.hasKept()).isFalse();
  }
}
