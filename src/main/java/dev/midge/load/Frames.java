package dev.midge.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The packets that clients send, as bytes (chapter 3).
final class Frames {

  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int PUBREC = 5;
  static final int PUBREL = 6;
  static final int PUBCOMP = 7;
  static final int SUBACK = 9;

  private static final byte[] DISCONNECT = {(byte) 0xE0, 0};
  private static final int VERSION_5 = 5;

  /// The properties of a CONNECT for a session that never expires.
  private static final byte[] FOREVER = {5, 0x11, -1, -1, -1, -1};

  private Frames() {}

  /// A CONNECT without keep alive, for a session that ends with its connection or lasts for ever.
  static byte[] connect(int version, String clientId, boolean isKept) {
    Body body = new Body();
    body.string("MQTT");
    body.write(version);
    body.write(isKept ? 0 : 2);
    body.unsigned16(0);
    if (isKept && version == VERSION_5) {
      body.writeBytes(FOREVER);
    } else {
      body.noProperties(version);
    }
    body.string(clientId);
    return body.packet(0x10);
  }

  /// A SUBSCRIBE for all of these filters.
  static byte[] subscribe(int version, List<String> filters, int qos) {
    Body body = new Body();
    body.unsigned16(1);
    body.noProperties(version);
    for (String filter : filters) {
      body.string(filter);
      body.write(qos);
    }
    return body.packet(0x82);
  }

  /// A PUBLISH whose payload is `x` throughout and whose packet identifier is 0: both are to be
  /// filled in.
  static byte[] publish(int version, String topic, int qos, boolean retain, int payloadBytes) {
    Body body = new Body();
    body.string(topic);
    if (qos > 0) {
      body.unsigned16(0);
    }
    body.noProperties(version);
    byte[] payload = new byte[payloadBytes];
    Arrays.fill(payload, (byte) 'x');
    body.writeBytes(payload);
    return body.packet(0x30 | qos << 1 | (retain ? 1 : 0));
  }

  /// Where the packet identifier is in what [#publish] made for QoS 1 or 2.
  static int packetIdAt(int version, byte[] publish, int payloadBytes) {
    return publish.length - payloadBytes - 2 - (version == VERSION_5 ? 1 : 0);
  }

  static byte[] disconnect() {
    return DISCONNECT;
  }

  private static final class Body extends ByteArrayOutputStream {

    void unsigned16(int value) {
      write(value >>> 8);
      write(value);
    }

    void string(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      unsigned16(bytes.length);
      writeBytes(bytes);
    }

    void noProperties(int version) {
      if (version == VERSION_5) {
        write(0);
      }
    }

    byte[] packet(int firstByte) {
      ByteArrayOutputStream packet = new ByteArrayOutputStream(size() + 5);
      packet.write(firstByte);
      int rest = size();
      while (rest > 0x7F) {
        packet.write((rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      packet.write(rest);
      packet.writeBytes(toByteArray());
      return packet.toByteArray();
    }
  }
}
