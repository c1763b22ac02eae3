package dev.midge.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The little of MQTT 5.0 or 3.1.1 that a client says who wants to know whether it is understood.
/// Blocks; one thread at a time.
final class MqttTalk {
  private static final int CONNACK = 2;
  private static final int PUBLISH = 3;
  private static final int PUBACK = 4;
  private static final int SUBACK = 9;
  private static final int DISCONNECT = 14;
  private static final int PACKET_BYTES_MAX = 1 << 28;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final int FIRST_ERROR = 0x80;

  private final DataInputStream in;
  private final OutputStream out;
  private final boolean isVersion5;
  private final Queue<Received> waiting = new ArrayDeque<>();
  private int nextId = 1;

  /// A message that came.
  ///
  /// @param retain whether it was there before
  record Received(String topic, byte[] payload, int qos, boolean retain) {}

  /// The server has ended the connection and said why.
  static final class Ended extends IOException {
    private static final long serialVersionUID = 1;

    private final int reason;

    private Ended(int reason) {
      super("DISCONNECT 0x%02x".formatted(reason));
      this.reason = reason;
    }

    /// The reason code.
    int reason() {
      return reason;
    }
  }

  private record Packet(int type, int flags, byte[] body) {}

  /// @param isVersion5 whether 5.0 is spoken, or 3.1.1
  MqttTalk(InputStream in, OutputStream out, boolean isVersion5) {
    this.in = new DataInputStream(in);
    this.out = out;
    this.isVersion5 = isVersion5;
  }

  /// Says who is here.
  ///
  /// @return the reason code, or the return code of 3.1.1: 0 is success
  int connect(String clientId, @Nullable String userName, @Nullable String password)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    text(data, "MQTT");
    data.writeByte(isVersion5 ? 5 : 4);
    data.writeByte(2 | (userName == null ? 0 : 0x80) | (password == null ? 0 : 0x40));
    data.writeShort(KEEP_ALIVE_SECONDS);
    properties(data);
    text(data, clientId);
    if (userName != null) {
      text(data, userName);
    }
    if (password != null) {
      text(data, password);
    }
    send(0x10, body.toByteArray());
    return expect(CONNACK).body[1] & 0xff;
  }

  /// Subscribes with QoS 1.
  ///
  /// @param wantsRetained whether what is retained is wanted, too
  /// @return the reason code, below 128 if it is granted
  int subscribe(String filter, boolean wantsRetained) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    data.writeShort(nextId++);
    properties(data);
    text(data, filter);
    data.writeByte(1 | (isVersion5 && !wantsRetained ? 0x20 : 0));
    send(0x82, body.toByteArray());
    byte[] answer = expect(SUBACK).body;
    return answer[answer.length - 1] & 0xff;
  }

  /// Publishes with QoS 0 or 1, and waits for what the server says of it.
  ///
  /// @return the reason code, below 128 if it was taken; success for QoS 0
  int publish(String topic, byte[] payload, int qos, boolean retain) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(body);
    text(data, topic);
    if (qos > 0) {
      data.writeShort(nextId++);
    }
    properties(data);
    data.write(payload);
    send(0x30 | qos << 1 | (retain ? 1 : 0), body.toByteArray());
    if (qos == 0) {
      return 0;
    }
    byte[] answer = expect(PUBACK).body;
    return answer.length > 2 ? answer[2] & 0xff : 0;
  }

  /// The next message; acknowledges it.
  Received next() throws IOException {
    Received first = waiting.poll();
    while (first == null) {
      Packet packet = read();
      if (packet.type == PUBLISH) {
        first = received(packet);
      }
    }
    return first;
  }

  /// Says goodbye.
  void leave() throws IOException {
    send(0xe0, new byte[0]);
  }

  /// Whether a reason code says that something was refused.
  static boolean isRefusal(int code) {
    return code >= FIRST_ERROR;
  }

  private Packet expect(int type) throws IOException {
    for (Packet packet = read(); ; packet = read()) {
      if (packet.type == type) {
        return packet;
      }
      if (packet.type != PUBLISH) {
        throw new IOException("a packet of type " + packet.type + " came, not one of " + type);
      }
      waiting.add(received(packet));
    }
  }

  private Received received(Packet packet) throws IOException {
    byte[] body = packet.body;
    int topicEnd = 2 + number(body, 0);
    int qos = packet.flags >> 1 & 3;
    int at = topicEnd;
    if (qos > 0) {
      send(0x40, Arrays.copyOfRange(body, at, at + 2));
      at += 2;
    }
    if (isVersion5) {
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int digit = body[at++];
        length |= (digit & 0x7f) << shift;
        if (digit >= 0) {
          break;
        }
      }
      at += length;
    }
    return new Received(
        new String(body, 2, topicEnd - 2, UTF_8),
        Arrays.copyOfRange(body, at, body.length),
        qos,
        (packet.flags & 1) != 0);
  }

  private static int number(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private Packet read() throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("the server closed");
    }
    int length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      int digit = in.readUnsignedByte();
      length |= (digit & 0x7f) << shift;
      if (digit < 0x80) {
        break;
      }
    }
    byte[] body = in.readNBytes(Math.min(length, PACKET_BYTES_MAX));
    if (body.length < length) {
      throw new EOFException("the server closed in a packet");
    }
    if (first >> 4 == DISCONNECT) {
      throw new Ended(body.length == 0 ? 0 : body[0] & 0xff);
    }
    return new Packet(first >> 4, first & 0x0f, body);
  }

  private void send(int first, byte[] body) throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(first);
    int rest = body.length;
    do {
      int digit = rest & 0x7f;
      rest >>= 7;
      packet.write(rest > 0 ? digit | 0x80 : digit);
    } while (rest > 0);
    packet.writeBytes(body);
    out.write(packet.toByteArray());
    out.flush();
  }

  private void properties(DataOutputStream data) throws IOException {
    if (isVersion5) {
      data.writeByte(0);
    }
  }

  private static void text(DataOutputStream data, String text) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    data.writeShort(bytes.length);
    data.write(bytes);
  }
}
