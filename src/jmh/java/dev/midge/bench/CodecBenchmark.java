package dev.midge.bench;

import dev.midge.codec.Decoder;
import dev.midge.codec.PublishEncoder;
import dev.midge.codec.TopicCache;
import dev.midge.packet.Packet;
import dev.midge.packet.Packet.Publish;
import dev.midge.packet.Properties;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.QoS;
import dev.midge.packet.TopicName;
import dev.midge.packet.UserPropertyBounds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A PUBLISH of 100 bytes of payload from bytes, and to bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
  private static final int[] NO_IDS = {};
  private static final UserPropertyBounds USER_PROPERTIES = new UserPropertyBounds(10, 1000);
  private static final TopicName TOPIC = TopicName.of("factory/hall-7/press-3/temperature");

  @Param({"MQTT_3_1_1", "MQTT_5"})
  private ProtocolVersion version;

  private final Decoder decoder = new Decoder(new TopicCache());
  private final byte[] payload = new byte[100];
  private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(1024);
  private byte[] packet;

  /// Makes the packet to decode.
  @Setup
  public void prepare() {
    encode();
    packet = ByteBufUtil.getBytes(out);
  }

  /// Gives the buffer back.
  @TearDown
  public void release() {
    out.release();
  }

  /// Bytes to packet.
  @Benchmark
  public Packet decode() {
    return decoder.decode(version, packet, 0, packet.length, USER_PROPERTIES, 1000);
  }

  /// Message to bytes.
  @Benchmark
  public ByteBuf encode() {
    out.clear();
    int remainingLength =
        PublishEncoder.remainingLength(
            version,
            TOPIC.length(),
            QoS.AT_LEAST_ONCE,
            payload.length,
            Properties.NONE,
            NO_IDS,
            Publish.NO_EXPIRY,
            0);
    PublishEncoder.encode(
        out,
        remainingLength,
        version,
        TOPIC,
        false,
        QoS.AT_LEAST_ONCE,
        false,
        false,
        77,
        payload,
        Properties.NONE,
        NO_IDS,
        Publish.NO_EXPIRY,
        0);
    return out;
  }
}
