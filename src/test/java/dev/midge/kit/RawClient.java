package dev.midge.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/// A client that says exactly what it is told to, and expects exactly what it is told to expect. It
/// knows where packets end, and no rule beyond that. One thread.
public final class RawClient implements Closeable {
  /// How long to wait for what must come.
  private static final int PATIENCE_MILLIS = 10_000;

  private final Closeable socket;
  private final DataInputStream in;
  private final OutputStream out;
  private int version = 5;

  private RawClient(Closeable socket, InputStream in, OutputStream out) {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = out;
  }

  /// Opens a TCP connection to a port of this machine.
  public static RawClient open(int port) {
    try {
      return over(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Talks over a connection that is open.
  public static RawClient over(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens a WebSocket for MQTT to a port of this machine.
  public static RawClient openWebSocket(int port) {
    return over(RawWebSocket.open(port, "/mqtt", "mqtt"));
  }

  /// Connects from one of the addresses of the loopback device, `127.0.0.N`.
  public static RawClient openFrom(String address, int port) {
    try {
      return over(
          new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Talks over a WebSocket that is open.
  public static RawClient over(RawWebSocket socket) {
    return new RawClient(socket, socket.binaryInput(), socket.binaryOutput());
  }

  /// A client that has sent CONNECT with clean start and is accepted.
  ///
  /// @param version the protocol level: 3, 4 or 5
  public static RawClient connected(int port, int version, String clientId) {
    return connected(open(port), version, clientId);
  }

  /// The same over a connection that is open.
  public static RawClient connected(RawClient client, int version, String clientId) {
    client.speak(version).send(connect(version, 0x02, "", clientId));
    WirePacket connack = client.expectType(WirePacket.CONNACK);
    assertThat(connack.reason()).as("CONNACK reason").isZero();
    return client;
  }

  /// CONNECT in notation, with a keep alive of 60 s and nothing after the client identifier.
  ///
  /// @param flags the connect flags
  /// @param properties in notation; MQTT 5.0 only
  public static String connect(int version, int flags, String properties, String clientId) {
    return "10 ( %s %02x %02x 003c %s \"%s\" )"
        .formatted(
            version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
            version,
            flags,
            version == 5 ? "( " + properties + " )" : "",
            clientId);
  }

  /// How packets that come are to be read: protocol level 3, 4 or 5.
  public RawClient speak(int level) {
    version = level;
    return this;
  }

  /// The protocol level that the client speaks.
  public int version() {
    return version;
  }

  /// Sends the bytes that a [Notation] stands for.
  public RawClient send(String notation) {
    return sendBytes(Notation.bytes(notation));
  }

  /// Sends bytes. That the server has closed already is no failure: what it said before is what
  /// counts.
  public RawClient sendBytes(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
    } catch (SocketException closed) {
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// Waits for the next packet.
  public WirePacket read() {
    try {
      int header = in.readUnsignedByte();
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int next = in.readUnsignedByte();
        length |= (next & 0x7F) << shift;
        if (next < 0x80) {
          break;
        }
      }
      byte[] body = new byte[length];
      in.readFully(body);
      return new WirePacket(version, header, body);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("nothing came", e);
    } catch (EOFException | SocketException e) {
      throw new AssertionError("closed instead of sending a packet", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for so many packets and forgets them.
  public RawClient readAll(int count) {
    for (int i = 0; i < count; i++) {
      read();
    }
    return this;
  }

  /// Waits for a packet of this type and returns it.
  public WirePacket expectType(int type) {
    WirePacket packet = read();
    assertThat(packet.type()).as("type of %s", packet).isEqualTo(type);
    return packet;
  }

  /// Waits for exactly the packet that a [Notation] stands for.
  public RawClient expect(String notation) {
    WirePacket packet = read();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(packet.header());
    int rest = packet.body().length;
    while (rest > 0x7F) {
      all.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    all.write(rest);
    all.writeBytes(packet.body());
    assertThat(Notation.hex(all.toByteArray()))
        .as(notation)
        .isEqualTo(Notation.hex(Notation.bytes(notation)));
    return this;
  }

  /// Checks that nothing was sent to this client before now: the next thing that comes is the
  /// answer to a PINGREQ.
  public RawClient expectNothing() {
    return send("c0 00").expect("d0 00");
  }

  /// Waits for the server to close, without another packet before that.
  public void expectClosed() {
    try {
      int next = in.read();
      assertThat(next).as("end of stream").isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server did not close", e);
    } catch (SocketException reset) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits for the server to end the connection for this reason: by DISCONNECT in MQTT 5.0, by
  /// closing before that.
  public void expectEnd(int reason) {
    if (version == 5) {
      WirePacket disconnect = expectType(WirePacket.DISCONNECT);
      assertThat(disconnect.reason()).as("reason of %s", disconnect).isEqualTo(reason);
    }
    expectClosed();
  }

  /// Says DISCONNECT and waits until the server has taken note of it.
  public void leave() {
    send("e0 00").expectClosed();
  }

  /// Closes without a word. The server will notice soon.
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
