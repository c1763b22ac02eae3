package dev.midge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.PacketTable;
import dev.midge.kit.PacketTable.Row;
import dev.midge.kit.Seeds;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.TopicName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Feeds the decoder with rows of the packet table that were damaged by chance.
class MutationFuzzTest {
  private static final int MUTATIONS = 100_000;

  /// Longer rows would cost much time and say no more.
  private static final int ROW_BYTES_MAX = 2_000;

  private static final int[] TELLING_BYTES = {
    0x00, 0x01, 0x02, 0x0B, 0x23, 0x26, 0x2A, 0x2B, 0x7F, 0x80, 0x81, 0xC0, 0xED, 0xF4, 0xFF
  };

  private final List<Row> rows =
      PacketTable.fromClients().stream()
          .filter(row -> row.bytes().length > 0 && row.bytes().length < ROW_BYTES_MAX)
          .toList();
  private final Decoder decoder = new Decoder(new TopicCache());
  private Decoder fresh = new Decoder(new TopicCache());
  private int accepted;

  @Test
  void damagedPacketsAreRefusedOrArePackets() {
    damage(1);
    assertThat(accepted).as("mutations that are valid packets").isGreaterThan(MUTATIONS / 100);
  }

  @Test
  void packetsDamagedInAnotherWayEachTimeAreRefusedOrArePackets() {
    damage(Seeds.fresh());
  }

  private void damage(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < MUTATIONS; i++) {
      Row row = rows.get(random.nextInt(rows.size()));
      byte[] bytes = row.bytes();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        bytes = mutated(bytes, random);
      }
      if (random.nextInt(4) != 0) {
        bytes = withRightLength(bytes);
      }
      if (bytes.length > 0) {
        check(row.version(), bytes, "mutation %d of seed %d".formatted(i, seed), i % 64 == 0);
      }
    }
  }

  private void check(int version, byte[] bytes, String origin, boolean afresh) {
    String meaning = meaning(decoder, version, bytes, origin);
    if (afresh) {
      fresh = new Decoder(new TopicCache());
    }
    assertThat(meaning(fresh, version, bytes, origin))
        .as("decoded again, %s: %s", origin, Notation.hex(bytes))
        .isEqualTo(meaning);
    boolean isPacket =
        !meaning.startsWith("VIOLATION")
            && !meaning.startsWith("REFUSED")
            && !meaning.startsWith("INCOMPLETE");
    if (isPacket) {
      accepted++;
      survivesEncoding(version, bytes, origin);
    }
  }

  private static String meaning(Decoder decoder, int version, byte[] bytes, String origin) {
    try {
      return Decoded.meaning(decoder, version, bytes);
    } catch (RuntimeException wrong) {
      throw new AssertionError(origin + ": " + Notation.hex(bytes), wrong);
    }
  }

  /// What servers send as well says the same after it was written and read.
  private void survivesEncoding(int level, byte[] bytes, String origin) {
    if (level < 0) {
      return;
    }
    ProtocolVersion version = Decoded.version(level);
    int length = Framing.packetLength(bytes, 0, bytes.length, Decoded.PACKET_BYTES_MAX);
    Packet packet = decoder.decode(version, bytes, 0, length, Decoded.USER_PROPERTIES, 1000);
    ByteBuf out = Unpooled.buffer();
    switch (packet.type()) {
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> Encoder.encode(packet, version, out);
      case DISCONNECT, AUTH -> {
        if (!version.serverSaysGoodbye()) {
          return;
        }
        Encoder.encode(packet, version, out);
      }
      case PUBLISH -> encode((Publish) packet, version, out);
      default -> {
        return;
      }
    }
    byte[] written = ByteBufUtil.getBytes(out);
    assertThat(Decoded.packet(fresh, level, written, 0, written.length))
        .as("written and read, %s: %s", origin, Notation.hex(bytes))
        .isEqualTo(Decoded.packet(fresh, level, bytes, 0, length));
  }

  private static void encode(Publish publish, ProtocolVersion version, ByteBuf out) {
    boolean onlyAlias = publish.topic() == null;
    TopicName topic = Objects.requireNonNullElseGet(publish.topic(), () -> TopicName.of("unsaid"));
    int[] noIds = {};
    int remaining =
        PublishEncoder.remainingLength(
            version,
            onlyAlias ? 0 : topic.length(),
            publish.qos(),
            publish.payload().length,
            publish.properties(),
            noIds,
            publish.expirySeconds(),
            publish.topicAlias());
    PublishEncoder.encode(
        out,
        remaining,
        version,
        topic,
        onlyAlias,
        publish.qos(),
        publish.retain(),
        publish.duplicate(),
        publish.packetId(),
        publish.payload(),
        publish.properties(),
        noIds,
        publish.expirySeconds(),
        publish.topicAlias());
  }

  private byte[] mutated(byte[] bytes, SplittableRandom random) {
    if (bytes.length == 0) {
      return new byte[] {telling(random)};
    }
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(7)) {
      case 0 -> changed(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 1 -> changed(bytes, at, telling(random));
      case 2 -> changed(bytes, at, (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1)));
      case 3 -> spliced(bytes, at, new byte[] {telling(random)}, at);
      case 4 -> spliced(bytes, at, new byte[0], Math.min(bytes.length, at + random.nextInt(1, 4)));
      case 5 -> {
        byte[] other = rows.get(random.nextInt(rows.size())).bytes();
        yield spliced(bytes, at, other, bytes.length, random.nextInt(other.length));
      }
      default -> {
        int to = Math.min(bytes.length, at + random.nextInt(1, 12));
        yield spliced(bytes, at, Arrays.copyOfRange(bytes, at, to), at);
      }
    };
  }

  private static byte telling(SplittableRandom random) {
    return (byte) TELLING_BYTES[random.nextInt(TELLING_BYTES.length)];
  }

  private static byte[] changed(byte[] bytes, int at, byte value) {
    byte[] copy = bytes.clone();
    copy[at] = value;
    return copy;
  }

  /// The bytes with those from `at` to `to` replaced.
  private static byte[] spliced(byte[] bytes, int at, byte[] middle, int to) {
    byte[] all = Arrays.copyOf(bytes, at + middle.length + bytes.length - to);
    System.arraycopy(middle, 0, all, at, middle.length);
    System.arraycopy(bytes, to, all, at + middle.length, bytes.length - to);
    return all;
  }

  private static byte[] spliced(byte[] bytes, int at, byte[] other, int to, int from) {
    return spliced(bytes, at, Arrays.copyOfRange(other, from, other.length), to);
  }

  /// The bytes with a fixed header that says how many they are, as far as one byte or two can.
  private static byte[] withRightLength(byte[] bytes) {
    int header = 1;
    while (header < bytes.length && header < 4 && bytes[header] < 0) {
      header++;
    }
    int start = Math.min(bytes.length, header + 1);
    int length = bytes.length - start;
    if (bytes.length == 0 || length > 0x3FFF) {
      return bytes;
    }
    byte[] shortForm = {bytes[0], (byte) length};
    byte[] longForm = {bytes[0], (byte) ((length & 0x7F) | 0x80), (byte) (length >> 7)};
    return spliced(bytes, 0, length < 0x80 ? shortForm : longForm, start);
  }
}
