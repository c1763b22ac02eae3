package dev.midge.web;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.midge.kit.TlsClient;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;

/// A connection that sends the frames of HTTP/2 (RFC 9113 section 4) that it is told to, for what
/// no HTTP client would do.
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  static final int NO_ERROR = 0;
  static final int REFUSED_STREAM = 7;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int LITERAL_PATH = 4;
  private static final int LITERAL_AUTHORITY = 0x41;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// A frame that came.
  ///
  /// @param payload what follows its head
  record Frame(int type, int flags, int stream, byte[] payload) {
    /// What RST_STREAM or GOAWAY says is wrong.
    int error() {
      return ByteBuffer.wrap(payload).getInt(type == GOAWAY ? 4 : 0);
    }
  }

  private RawHttp2(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    out.writeBytes(PREFACE.getBytes(US_ASCII));
  }

  /// Opens a connection to a port of this machine, and says hello.
  static RawHttp2 open(TlsClient client, int port) throws IOException {
    return new RawHttp2(client.agreeingOn("h2").open(port)).frame(SETTINGS, 0, 0).flush();
  }

  /// Adds a frame to what is sent next.
  RawHttp2 frame(int type, int flags, int stream, byte... payload) {
    out.writeBytes(
        ByteBuffer.allocate(9)
            .putInt(payload.length << 8 | type)
            .put((byte) flags)
            .putInt(stream)
            .array());
    out.writeBytes(payload);
    return this;
  }

  /// Adds a whole request.
  RawHttp2 get(int stream, String path) {
    return frame(HEADERS, END_HEADERS | END_STREAM, stream, headers(0x82, path));
  }

  /// Adds the beginning of a request that has a body.
  RawHttp2 post(int stream, String path) {
    return frame(HEADERS, END_HEADERS, stream, headers(0x83, path));
  }

  /// The headers of a request, compressed as little as may be (RFC 7541).
  ///
  /// @param method its place in the static table
  static byte[] headers(int method, String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(method);
    bytes.write(0x87); // https
    bytes.write(LITERAL_PATH);
    bytes.write(path.length());
    bytes.writeBytes(path.getBytes(US_ASCII));
    bytes.write(LITERAL_AUTHORITY);
    bytes.write(9);
    bytes.writeBytes("localhost".getBytes(US_ASCII));
    return bytes.toByteArray();
  }

  /// Sends what was added.
  RawHttp2 flush() throws IOException {
    OutputStream to = socket.getOutputStream();
    to.write(out.toByteArray());
    to.flush();
    out.reset();
    return this;
  }

  /// The next frame of this type.
  Frame next(int type) throws IOException {
    Frame frame = next();
    while (frame.type != type) {
      frame = next();
    }
    return frame;
  }

  /// The next frame of a type, on this stream.
  Frame next(int type, int stream) throws IOException {
    Frame frame = next(type);
    while (frame.stream != stream) {
      frame = next(type);
    }
    return frame;
  }

  /// All frames that come until the server ends the connection.
  List<Frame> rest() throws IOException {
    List<Frame> frames = new ArrayList<>();
    while (true) {
      try {
        frames.add(next());
      } catch (EOFException | SocketException end) {
        return frames;
      }
    }
  }

  private Frame next() throws IOException {
    int head = in.readInt();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[head >>> 8];
    in.readFully(payload);
    return new Frame(head & 0xFF, flags, stream, payload);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
