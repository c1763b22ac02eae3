package dev.midge.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A WebSocket by hand (RFC 6455), so that a test can send frames that no library would. One
/// thread.
public final class RawWebSocket implements Closeable {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /// A frame as it came.
  ///
  /// @param opcode the lower four bits of its first byte
  public record Frame(int opcode, byte[] payload) {
    /// The status of a close frame.
    public int closeStatus() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  private RawWebSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /// Opens a WebSocket; the server must agree and choose the subprotocol.
  public static RawWebSocket open(int port, String path, String subprotocol) {
    return upgraded(dial(port), path, subprotocol);
  }

  private static RawWebSocket upgraded(RawWebSocket webSocket, String path, String subprotocol) {
    String answer = webSocket.request(path, "Sec-WebSocket-Protocol: " + subprotocol);
    assertThat(answer).startsWith("HTTP/1.1 101");
    assertThat(answer).containsIgnoringCase("sec-websocket-protocol: " + subprotocol);
    assertThat(answer).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return webSocket;
  }

  /// Opens a connection without asking for anything yet.
  public static RawWebSocket dial(int port) {
    try {
      return over(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RawWebSocket over(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    socket.setTcpNoDelay(true);
    return new RawWebSocket(socket);
  }

  /// The same as [#open] over a connection that is open.
  public static RawWebSocket open(Socket socket, String path, String subprotocol) {
    try {
      return upgraded(over(socket), path, subprotocol);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks for an upgrade with these further headers, and returns the head of the answer.
  public String request(String path, String... headers) {
    String request =
        """
        GET %s HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        %s\r
        \r
        """
            .formatted(path, String.join("\r\n", headers));
    return sendText(request.replace("\r\n\r\n\r\n", "\r\n\r\n"));
  }

  /// Sends text before the upgrade, and returns the head of the answer.
  public String sendText(String text) {
    try {
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      return head.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends a masked frame.
  ///
  /// @param first its first byte: FIN, reserved bits, opcode
  public RawWebSocket send(int first, byte[] payload) {
    return sendFrame(first, payload, true);
  }

  /// Sends a frame, masked or not.
  public RawWebSocket sendFrame(int first, byte[] payload, boolean masked) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    int mark = masked ? 0x80 : 0;
    if (payload.length < 126) {
      frame.write(mark | payload.length);
    } else if (payload.length < 65_536) {
      frame.write(mark | 126);
      frame.write(payload.length >>> 8);
      frame.write(payload.length);
    } else {
      frame.write(mark | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >>> shift));
      }
    }
    byte[] mask = {0x11, 0x22, 0x33, 0x44};
    if (masked) {
      frame.writeBytes(mask);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.write(masked ? payload[i] ^ mask[i % 4] : payload[i]);
    }
    try {
      out.write(frame.toByteArray());
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// Sends the beginning of a masked frame.
  ///
  /// @param length what its header announces, 126 to 65,535 bytes
  public RawWebSocket sendBeginning(int first, int length, byte[] payload) {
    byte[] header = {(byte) first, (byte) 0xFE, (byte) (length >>> 8), (byte) length, 0, 0, 0, 0};
    try {
      out.write(header);
      out.write(payload);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// Waits for the next frame.
  public Frame read() {
    try {
      int first = in.readUnsignedByte();
      int length = in.readUnsignedByte();
      assertThat(length & 0x80).as("servers do not mask").isZero();
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = Math.toIntExact(in.readLong());
      }
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(first & 0x0F, payload);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for the end of the stream.
  public void expectEndOfStream() {
    try {
      assertThat(in.read()).as("end of stream").isEqualTo(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The bytes that binary frames bring.
  InputStream binaryInput() {
    return new InputStream() {
      private ByteArrayInputStream frame = new ByteArrayInputStream(new byte[0]);

      @Override
      public int read() throws IOException {
        while (frame.available() == 0) {
          int first = in.read();
          if (first < 0) {
            return -1;
          }
          int length = in.readUnsignedByte();
          if (length == 126) {
            length = in.readUnsignedShort();
          } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
          }
          byte[] payload = new byte[length];
          in.readFully(payload);
          if ((first & 0x0F) == CLOSE) {
            return -1;
          }
          frame = new ByteArrayInputStream(payload);
        }
        return frame.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int first = read();
        if (first < 0) {
          return -1;
        }
        bytes[offset] = (byte) first;
        return 1 + Math.max(0, frame.read(bytes, offset + 1, length - 1));
      }
    };
  }

  /// Takes bytes and sends each flush as one binary frame.
  OutputStream binaryOutput() {
    return new ByteArrayOutputStream() {
      @Override
      public void flush() {
        RawWebSocket.this.send(0x80 | BINARY, toByteArray());
        reset();
      }
    };
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
