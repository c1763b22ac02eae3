package dev.midge.listener;

import dev.midge.codec.Encoder;
import dev.midge.packet.Packet.Connack;
import dev.midge.packet.Properties;
import dev.midge.packet.Property;
import dev.midge.packet.ProtocolVersion;
import dev.midge.packet.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What is said to a client that speaks something else than its port: the same, in its own
/// language, as far as that has words for it.
final class StrayAnswer {
  /// A fatal alert: a message that was not expected (RFC 8446 section 6).
  private static final byte[] UNEXPECTED_MESSAGE = {0x15, 3, 3, 0, 2, 2, 10};

  /// Fixed header, protocol name and level of a CONNECT, and not much more.
  private static final int CONNECT_HEAD_BYTES = 16;

  private StrayAnswer() {}

  /// The answer to a client that began with these bytes, or null if there is none.
  ///
  /// @param sentences for people
  static @Nullable ByteBuf to(Protocol protocol, ByteBuf first, String sentences) {
    return switch (protocol) {
      case HTTP -> http(sentences);
      case TLS -> Unpooled.wrappedBuffer(UNEXPECTED_MESSAGE);
      case MQTT -> mqtt(first, sentences);
      case OTHER -> null;
    };
  }

  private static ByteBuf http(String sentences) {
    byte[] body = (sentences + "\n").getBytes(StandardCharsets.UTF_8);
    String head =
        """
        HTTP/1.1 400 Bad Request\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: %d\r
        Connection: close\r
        \r
        """
            .formatted(body.length);
    return Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body);
  }

  /// A CONNACK, if it can be seen of which version.
  private static @Nullable ByteBuf mqtt(ByteBuf first, String sentences) {
    ProtocolVersion version = version(first);
    if (version == null) {
      return null;
    }
    ByteBuf answer = Unpooled.buffer();
    Properties reason = Properties.builder().text(Property.REASON_STRING, sentences).build();
    Encoder.encode(new Connack(false, ReasonCode.USE_ANOTHER_SERVER, reason), version, answer);
    return answer;
  }

  /// What a CONNECT says of its version (3.1.2.2), as far as it came.
  private static @Nullable ProtocolVersion version(ByteBuf first) {
    int length = Math.min(first.readableBytes(), CONNECT_HEAD_BYTES);
    String head = first.toString(first.readerIndex(), length, StandardCharsets.ISO_8859_1);
    for (ProtocolVersion version : ProtocolVersion.values()) {
      if (head.contains(version.protocolName() + (char) version.level())) {
        return version;
      }
    }
    return null;
  }
}
