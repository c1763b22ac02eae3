package dev.midge.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients are told that speak the right thing to the wrong port.
class WrongProtocolTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @CsvSource({
    "plain, MQTT over TCP, HTTP",
    "tls, MQTT over TLS, plain HTTP",
    "tls-client-certificate, MQTT over TLS, plain HTTP",
    "websocket-tls, MQTT over WebSocket and TLS, plain HTTP",
  })
  void httpIsToldWhatThePortSpeaksAndWhereWebSocketsAre(String listener, String what, String not)
      throws IOException {
    long before = SERVER.count(Counter.STRAYS_OF_HTTP);

    String answer = ask(plain(listener), GET.getBytes(UTF_8));

    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .endsWith(
            "\r\n\r\nThis port speaks %s, not %s. %s\n".formatted(what, not, whereWebSocketsAre()));
    assertThat(SERVER.count(Counter.STRAYS_OF_HTTP)).isEqualTo(before + 1);
  }

  @Test
  void httpWithinTlsIsToldSo() throws IOException {
    assertThat(ask(TlsClient.blind().open(SERVER.port("tls")), GET.getBytes(UTF_8)))
        .startsWith("HTTP/1.1 400 ")
        .endsWith("MQTT over TLS, not HTTP. " + whereWebSocketsAre() + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"POST /x", "PUT /x", "HEAD /", "OPTIONS *", "DELETE /x", "PATCH /x", "PRI *"})
  void httpIsKnownByAnyOfItsMethodsEvenByteByByte(String request) throws IOException {
    try (Socket socket = plain("plain")) {
      for (byte b : request.getBytes(UTF_8)) {
        socket.getOutputStream().write(b);
        socket.getOutputStream().flush();
      }
      assertThat(readAll(socket)).startsWith("HTTP/1.1 400 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "websocket", "web"})
  void tlsOnAPortWithoutItIsAnsweredByAnAlert(String listener) {
    long before = SERVER.count(Counter.STRAYS_OF_TLS);

    assertThatThrownBy(() -> TlsClient.blind().open(SERVER.port(listener)))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("unexpected_message");
    assertThat(SERVER.count(Counter.STRAYS_OF_TLS)).isEqualTo(before + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "websocket-tls", "tls", "web"})
  void mqttIsToldWhereItBelongs(String listener) {
    long before = SERVER.count(Counter.STRAYS_OF_MQTT);

    assertToldWhereMqttIs(RawClient.open(SERVER.port(listener)));

    assertThat(SERVER.count(Counter.STRAYS_OF_MQTT)).isEqualTo(before + 1);
  }

  @Test
  void mqttWithinTlsIsToldWhereItBelongs() {
    assertToldWhereMqttIs(TlsClient.blind().raw(SERVER.port("websocket-tls")));
  }

  private static void assertToldWhereMqttIs(RawClient client) {
    WirePacket connack = client.send(RawClient.connect(5, 2, "", "x")).expectType(2);
    assertThat(connack.reason()).isEqualTo(0x9C);
    assertThat(new String(connack.body(), UTF_8))
        .contains(
            "MQTT over TCP is on port %d, with TLS on port %d."
                .formatted(SERVER.port("plain"), SERVER.port("tls")));
    client.expectClosed();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void mqttBefore5IsToldThatThisServerIsNotAvailable(int version) {
    RawClient client = RawClient.open(SERVER.port("websocket")).speak(version);

    client.send(RawClient.connect(version, 2, "", "x")).expect("20 02 00 03").expectClosed();
  }

  @Test
  void whatIsKnownToNobodyIsClosedAtOnceWhereTlsIsSpoken() throws IOException {
    long before = SERVER.count(Counter.STRAYS_OF_NOTHING_KNOWN);

    assertThat(ask(plain("tls"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7})).isEmpty();

    assertThat(SERVER.count(Counter.STRAYS_OF_NOTHING_KNOWN)).isEqualTo(before + 1);
  }

  private static String whereWebSocketsAre() {
    return "MQTT over WebSocket is on port %d, with TLS on port %d. The web site is on port %d."
        .formatted(SERVER.port("websocket"), SERVER.port("websocket-tls"), SERVER.port("web"));
  }

  private static Socket plain(String listener) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), SERVER.port(listener));
  }

  private static String ask(Socket socket, byte[] request) throws IOException {
    try (socket) {
      socket.getOutputStream().write(request);
      return readAll(socket);
    }
  }

  private static String readAll(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }
}
