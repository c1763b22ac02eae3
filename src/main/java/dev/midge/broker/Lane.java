package dev.midge.broker;

import dev.midge.packet.Packet;
import dev.midge.packet.PacketType;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ReasonCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What is counted of the clients that came through one listener and speak one version. One of a
/// loop is counted by that loop without any synchronisation, and read by others, who see each
/// figure a moment late.
public final class Lane {
  /// Whose lane it is.
  ///
  /// @param listener the name of the listener
  /// @param version what the clients speak, or null for those that have not said it
  public record Key(String listener, @Nullable ProtocolVersion version) {}

  private final long[] received = new long[PacketType.values().length];
  private final long[] sent = new long[PacketType.values().length];
  private final long[] refused = new long[ReasonCode.values().length];

  /// PUBLISH apart from the others, in fields: they are counted for each receiver of a message.
  private long receivedPublishes;

  private long sentPublishes;
  private long receivedBytes;
  private long sentBytes;
  private long receivedPayloadBytes;
  private long sentPayloadBytes;
  private long accepted;
  private long connected;

  // What the loop counts.

  void countReceived(Packet packet) {
    if (packet instanceof Packet.Publish publish) {
      receivedPublishes++;
      receivedPayloadBytes += publish.payload().length;
    } else {
      received[packet.type().ordinal()]++;
    }
  }

  void countReceivedBytes(int bytes) {
    receivedBytes += bytes;
  }

  void countSent(PacketType type) {
    sent[type.ordinal()]++;
  }

  void countPublished(int payloadBytes) {
    sentPublishes++;
    sentPayloadBytes += payloadBytes;
  }

  void countSentBytes(long bytes) {
    sentBytes += bytes;
  }

  void countIn() {
    accepted++;
    connected++;
  }

  void countOut() {
    connected--;
  }

  void countRefused(ReasonCode reason) {
    refused[reason.ordinal()]++;
  }

  /// Adds what another has.
  public void add(Lane other) {
    add(received, other.received);
    add(sent, other.sent);
    add(refused, other.refused);
    receivedPublishes += other.receivedPublishes;
    sentPublishes += other.sentPublishes;
    receivedBytes += other.receivedBytes;
    sentBytes += other.sentBytes;
    receivedPayloadBytes += other.receivedPayloadBytes;
    sentPayloadBytes += other.sentPayloadBytes;
    accepted += other.accepted;
    connected += other.connected;
  }

  private static void add(long[] sums, long[] others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others[i];
    }
  }

  // What others read.

  /// How many packets of this type came.
  public long received(PacketType type) {
    return type == PacketType.PUBLISH ? receivedPublishes : received[type.ordinal()];
  }

  /// How many packets of any type came.
  public long received() {
    return receivedPublishes + Arrays.stream(received).sum();
  }

  /// How many packets of any type were sent.
  public long sent() {
    return sentPublishes + Arrays.stream(sent).sum();
  }

  /// How many packets of this type were sent.
  public long sent(PacketType type) {
    return type == PacketType.PUBLISH ? sentPublishes : sent[type.ordinal()];
  }

  /// How many bytes came, without what carries MQTT.
  public long receivedBytes() {
    return receivedBytes;
  }

  /// How many bytes were sent, without what carries MQTT.
  public long sentBytes() {
    return sentBytes;
  }

  /// How many bytes of those that came are payloads of messages.
  public long receivedPayloadBytes() {
    return receivedPayloadBytes;
  }

  /// How many bytes of those that were sent are payloads of messages.
  public long sentPayloadBytes() {
    return sentPayloadBytes;
  }

  /// How many clients were let in.
  public long accepted() {
    return accepted;
  }

  /// How many connections ended before anybody was let in, for this reason.
  public long refused(ReasonCode reason) {
    return refused[reason.ordinal()];
  }

  /// How many clients are connected.
  public long connected() {
    return connected;
  }
}
