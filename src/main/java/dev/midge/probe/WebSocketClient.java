package dev.midge.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/// A WebSocket (RFC 6455) that carries MQTT, from the side of a client: what is written goes out in
/// binary frames, what comes in frames can be read as one stream. Blocks; one thread at a time.
final class WebSocketClient {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int HEAD_BYTES_MAX = 8192;
  private static final int BINARY = 0x82;
  private static final int FRAME_BYTES_MAX = 1 << 28;

  private final DataInputStream in;
  private final OutputStream out;
  private InputStream frame = new ByteArrayInputStream(new byte[0]);

  private WebSocketClient(InputStream in, OutputStream out) {
    this.in = new DataInputStream(in);
    this.out = out;
  }

  /// Asks for the protocol to be changed.
  ///
  /// @param key 16 bytes of chance
  /// @throws IOException if it is not, with what the server said
  static WebSocketClient open(
      InputStream in, OutputStream out, String host, String path, byte[] key) throws IOException {
    String encoded = Base64.getEncoder().encodeToString(key);
    String request =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            + "\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: "
            + encoded
            + "\r\n\r\n";
    out.write(request.getBytes(ISO_8859_1));
    out.flush();
    String head = head(in);
    String lower = head.toLowerCase(Locale.ROOT);
    if (!head.startsWith("HTTP/1.1 101 ")
        || !head.contains(accept(encoded))
        || !lower.contains("sec-websocket-protocol: mqtt\r\n")) {
      throw new IOException("no WebSocket: " + head.lines().findFirst().orElse("nothing"));
    }
    return new WebSocketClient(in, out);
  }

  /// The status line and the headers of an answer.
  static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.size() > HEAD_BYTES_MAX) {
        throw new EOFException("the server closed before it answered");
      }
      head.write(next);
    }
    return head.toString(ISO_8859_1);
  }

  private static String accept(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(ISO_8859_1));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-1", e);
    }
  }

  /// What comes.
  InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        return hasMore() ? frame.read() : -1;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        return hasMore() ? frame.read(bytes, offset, length) : -1;
      }
    };
  }

  /// Whether there is more to read; waits for it.
  private boolean hasMore() throws IOException {
    while (frame.available() == 0) {
      if (!nextFrame()) {
        return false;
      }
    }
    return true;
  }

  /// Takes the next frame; false at the end.
  private boolean nextFrame() throws IOException {
    int first = in.read();
    if (first < 0) {
      return false;
    }
    long length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length > FRAME_BYTES_MAX) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] payload = in.readNBytes((int) length);
    boolean isData = (first & 0x0f) <= 2;
    frame = new ByteArrayInputStream(isData ? payload : new byte[0]);
    return (first & 0x0f) != 8;
  }

  /// What goes: each write is a frame. The mask is 0, which is a mask like any other.
  OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(frame);
        data.writeByte(BINARY);
        if (length < 126) {
          data.writeByte(0x80 | length);
        } else {
          data.writeByte(0x80 | 126);
          data.writeShort(length);
        }
        data.writeInt(0);
        data.write(bytes, offset, length);
        out.write(frame.toByteArray());
      }

      @Override
      public void flush() throws IOException {
        out.flush();
      }
    };
  }
}
