package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.RawWebSocket.Frame;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Chapter 6, MQTT over WebSocket, and what RFC 6455 asks of its server.
final class Spec6WebSocketTest {
  private static final byte[] CONNECT = Notation.bytes(RawClient.connect(4, 0x02, "", "socket"));
  private static final byte[] PING = Notation.bytes("c0 00");
  private static final byte[] PONG = Notation.bytes("d0 00");

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("narrow", "transport: websocket\nmqtt: { packet_bytes_max: 1000 }");

  private static RawWebSocket open() {
    return RawWebSocket.open(SERVER.port("websocket"), "/mqtt", "mqtt");
  }

  private static RawWebSocket connected() {
    RawWebSocket socket = open().send(0x82, CONNECT);
    assertThat(socket.read().payload()).containsExactly(0x20, 2, 0, 0);
    return socket;
  }

  private static void expectClosed(RawWebSocket socket, int status) {
    Frame last = socket.read();
    assertThat(last.opcode()).isEqualTo(RawWebSocket.CLOSE);
    assertThat(last.closeStatus()).isEqualTo(status);
    socket.expectEndOfStream();
  }

  @ParameterizedTest
  @CsvSource({"/mqtt, mqtt", "/, mqtt", "/ws, mqtt", "/mqtt, mqttv3.1", "/mqtt?token=1, mqtt"})
  @Statement({"MQTT-6.0.0-3", "MQTT-6.0.0-4", "MQTT-4.2.0-1"})
  void theUsualPathsAndSubprotocolsAreAccepted(String path, String subprotocol) throws IOException {
    try (RawWebSocket socket =
        RawWebSocket.open(SERVER.port("websocket"), path, subprotocol).send(0x82, CONNECT)) {
      Frame connack = socket.read();
      assertThat(connack.opcode()).isEqualTo(RawWebSocket.BINARY);
      assertThat(connack.payload()).containsExactly(0x20, 2, 0, 0);
    }
  }

  @Test
  @Statement("MQTT-6.0.0-4")
  void mqttIsChosenAmongSeveral() throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("websocket"))) {
      String answer = socket.request("/mqtt", "Sec-WebSocket-Protocol: chat, mqtt, mqttv3.1");
      assertThat(answer).startsWith("HTTP/1.1 101").containsIgnoringCase("protocol: mqtt\r\n");
    }
  }

  @Test
  void extensionsAreNotNegotiated() throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("websocket"))) {
      String answer =
          socket.request(
              "/mqtt",
              "Sec-WebSocket-Protocol: mqtt",
              "Sec-WebSocket-Extensions: permessage-deflate");
      assertThat(answer).startsWith("HTTP/1.1 101").doesNotContainIgnoringCase("extensions");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/elsewhere, Sec-WebSocket-Protocol: mqtt, 404",
    "/mqtt, Sec-WebSocket-Protocol: chat, 400",
    "/mqtt, X-Nothing: x, 400",
  })
  @Statement("MQTT-6.0.0-3")
  void anUpgradeThatIsNotForMqttIsRefusedWithASentence(String path, String header, int status)
      throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("websocket"))) {
      assertThat(socket.request(path, header)).startsWith("HTTP/1.1 " + status);
    }
  }

  @Test
  void aBrowserThatOnlyLooksIsToldWhatThisIs() throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("websocket"))) {
      assertThat(socket.sendText("GET /mqtt HTTP/1.1\r\nHost: localhost\r\n\r\n"))
          .startsWith("HTTP/1.1 426");
    }
  }

  @Test
  @Statement("MQTT-6.0.0-2")
  void packetsAndFramesNeedNotBeginTogether() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(CONNECT);
    all.writeBytes(PING);
    all.writeBytes(PING);
    byte[] bytes = all.toByteArray();
    try (RawWebSocket socket = open()) {
      for (byte b : Arrays.copyOf(bytes, 5)) {
        socket.send(0x82, new byte[] {b}); // A frame for each byte.
      }
      socket.send(0x02, Arrays.copyOfRange(bytes, 5, 9)); // A message in fragments,
      socket.send(0x89, new byte[] {7}); // with a ping between them,
      socket.send(0x00, new byte[0]);
      socket.send(0x80, Arrays.copyOfRange(bytes, 9, bytes.length)); // and the rest in one.
      Frame pong = socket.read();
      assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
      assertThat(pong.payload()).containsExactly(7);
      ByteArrayOutputStream answers = new ByteArrayOutputStream();
      while (answers.size() < 8) {
        answers.writeBytes(socket.read().payload());
      }
      assertThat(Notation.hex(answers.toByteArray())).isEqualTo("20 02 00 00 d0 00 d0 00");
    }
  }

  @Test
  @Statement("MQTT-6.0.0-1")
  void textIsRefused() throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(0x81, PING), 1003);
    }
  }

  @Test
  void unmaskedFramesAreRefused() throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.sendFrame(0x82, PING, false), 1002);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x83, 0x87, 0x8B, 0x8F, 0xC2, 0xA2, 0x92, 0x80, 0x09})
  void whatTheProtocolDoesNotKnowIsRefused(int first) throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(first, PING), 1002);
    }
  }

  @Test
  void longControlFramesAreRefused() throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(0x89, new byte[126]), 1002);
    }
  }

  @Test
  void aFrameLongerThanAnyPacketIsRefused() throws IOException {
    try (RawWebSocket socket = RawWebSocket.open(SERVER.port("narrow"), "/mqtt", "mqtt")) {
      expectClosed(socket.send(0x82, new byte[1001]), 1009);
    }
  }

  @Test
  void closeIsAnsweredWithItsOwnStatus() throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(0x88, new byte[] {0x03, (byte) 0xE9}), 1001);
    }
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(0x88, new byte[0]), 1005);
    }
  }

  @Test
  void theServerEndsMqttAndThenTheWebSocket() throws IOException {
    try (RawWebSocket socket = open()) {
      socket.send(0x82, Notation.bytes(RawClient.connect(5, 0x02, "", "ends")));
      socket.read();
      socket.send(0x82, Notation.bytes("c1 00"));
      assertThat(socket.read().payload()[0] & 0xFF).as("DISCONNECT").isEqualTo(0xE0);
      expectClosed(socket, 1000);
    }
  }

  @Test
  void disconnectEndsTheWebSocketToo() throws IOException {
    try (RawWebSocket socket = connected()) {
      expectClosed(socket.send(0x82, Notation.bytes("e0 00")), 1000);
    }
  }

  @Test
  void aWillIsPublishedWhenTheWebSocketEndsWithoutDisconnect() throws IOException {
    try (RawClient watcher = RawClient.connected(SERVER.port(), 4, "ws-watcher");
        RawWebSocket socket = open()) {
      watcher.send("82 ( 0001 \"ws/will\" 00 )").expect("90 ( 0001 00 )");
      socket.send(
          0x82, Notation.bytes("10 ( \"MQTT\" 04 06 003c \"ws-will\" \"ws/will\" [ 'gone' ] )"));
      socket.read();
      expectClosed(socket.send(0x88, new byte[] {0x03, (byte) 0xE8}), 1000);
      watcher.expect("30 ( \"ws/will\" 'gone' )");
    }
  }

  @Test
  void messagesCrossBetweenTransports() {
    try (RawClient tcp = RawClient.connected(SERVER.port(), 5, "tcp-side");
        RawClient socket =
            RawClient.connected(
                RawClient.openWebSocket(SERVER.port("websocket")), 4, "socket-side")) {
      tcp.send("82 ( 0001 ( ) \"cross/#\" 02 )").expectType(9);
      socket.send("82 ( 0001 \"cross/#\" 02 )").expectType(9);
      socket.send("34 ( \"cross/a\" 0001 'from socket' )");
      assertThat(tcp.read().text()).isEqualTo("from socket");
      String big = "30 ( \"cross/big\" ( ) 'x' *100000 )";
      tcp.send(big).expect(big);
    }
  }

  @Test
  void pongsAnswerPings() throws IOException {
    try (RawWebSocket socket = connected()) {
      socket.send(0x8A, new byte[] {1, 2, 3}); // An unsolicited pong is ignored.
      socket.send(0x82, PING);
      assertThat(socket.read().payload()).isEqualTo(PONG);
    }
  }
}
