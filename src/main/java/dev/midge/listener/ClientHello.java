package dev.midge.listener;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Finds in the first message of a TLS handshake what a client would like to speak.
final class ClientHello {
  private static final int VERSION_AND_RANDOM_BYTES = 2 + 32;
  private static final int ALPN = 16;

  private ClientHello() {}

  /// The protocols that it offers for the time after the handshake (ALPN, RFC 7301 section 3.1), or
  /// none.
  ///
  /// @param hello the message after its type and length; it is read to wherever that leads
  static List<String> protocols(ByteBuf hello) {
    try {
      hello.skipBytes(VERSION_AND_RANDOM_BYTES);
      hello.skipBytes(hello.readUnsignedByte()); // Session
      hello.skipBytes(hello.readUnsignedShort()); // Cipher suites
      hello.skipBytes(hello.readUnsignedByte()); // Compression
      ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
        if (type == ALPN) {
          return names(extension.readSlice(extension.readUnsignedShort()));
        }
      }
      return List.of();
    } catch (IndexOutOfBoundsException malformed) {
      return List.of(); // The handshake will say so.
    }
  }

  private static List<String> names(ByteBuf list) {
    List<String> names = new ArrayList<>();
    while (list.isReadable()) {
      int length = list.readUnsignedByte();
      names.add(list.readCharSequence(length, StandardCharsets.US_ASCII).toString());
    }
    return names;
  }
}
