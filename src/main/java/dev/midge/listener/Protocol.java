package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What clients speak when they begin to, as their first bytes tell it.
enum Protocol {
  /// It begins with the type of CONNECT.
  MQTT("MQTT"),
  /// It begins with a method of HTTP, or with the preface of HTTP/2.
  HTTP("HTTP"),
  /// It begins with a record that has a handshake of TLS, or of the SSL before it.
  TLS("TLS"),
  /// None of these.
  OTHER("this");

  private static final List<byte[]> METHODS =
      List.of(
          method("GET"),
          method("POST"),
          method("PUT"),
          method("HEAD"),
          method("OPTIONS"),
          method("DELETE"),
          method("PATCH"),
          method("CONNECT"),
          method("TRACE"),
          method("PRI"));

  private static final int HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 3;
  private static final int TLS_MINOR_MAX = 4;

  private final String word;

  Protocol(String word) {
    this.word = word;
  }

  /// What begins with the readable bytes of this buffer, or null if they are too few to tell: it
  /// takes eight at most.
  static @Nullable Protocol of(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int first = in.getUnsignedByte(in.readerIndex());
    if (first == HANDSHAKE) {
      return tls(in);
    }
    if (first >>> 4 == 1) {
      return MQTT;
    }
    return http(in);
  }

  /// The handshake record of TLS looks like a CONNECT with wrong flags, and a length that none has.
  private static @Nullable Protocol tls(ByteBuf in) {
    int at = in.readerIndex();
    if (in.readableBytes() > 1 && in.getByte(at + 1) != TLS_MAJOR) {
      return MQTT;
    }
    if (in.readableBytes() < 3) {
      return null;
    }
    return in.getUnsignedByte(at + 2) <= TLS_MINOR_MAX ? TLS : MQTT;
  }

  private static @Nullable Protocol http(ByteBuf in) {
    boolean isOpen = false;
    for (byte[] method : METHODS) {
      int length = Math.min(method.length, in.readableBytes());
      boolean isBegun = true;
      for (int i = 0; i < length && isBegun; i++) {
        isBegun = in.getByte(in.readerIndex() + i) == method[i];
      }
      if (isBegun && length == method.length) {
        return HTTP;
      }
      isOpen |= isBegun;
    }
    return isOpen ? null : OTHER;
  }

  private static byte[] method(String name) {
    return (name + " ").getBytes(StandardCharsets.US_ASCII);
  }

  /// The word for it in sentences.
  @Override
  public String toString() {
    return word;
  }
}
