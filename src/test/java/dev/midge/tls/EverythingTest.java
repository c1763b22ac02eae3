package dev.midge.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import java.io.IOException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The port on which everything is spoken, and how the server knows what a client means.
class EverythingTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @RegisterExtension static final TestServer SERVER = TestServer.local().shared("loops: 4");

  private static SSLSocket open(String... protocols) throws IOException {
    return TlsClient.trusting(SERVER.caFile())
        .agreeingOn(protocols)
        .open(SERVER.port("everything"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mqtt", "x-amzn-mqtt-ca", "unheard-of", ""})
  void mqttIsSpokenWithItsNameAndWithout(String protocol) throws IOException {
    SSLSocket socket = protocol.isEmpty() ? open() : open(protocol);

    for (int version : new int[] {3, 4, 5}) {
      RawClient.connected(RawClient.over(socket), version, "everything " + version).leave();
      socket = protocol.isEmpty() ? open() : open(protocol);
    }
    assertThat(socket.getApplicationProtocol())
        .isEqualTo(protocol.startsWith("un") ? "" : protocol);
    socket.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/mqtt", "/", "/ws"})
  void webSocketsAreAtTheirUsualPaths(String path) throws IOException {
    for (String[] protocols : new String[][] {{}, {"http/1.1"}, {"h3", "http/1.1"}}) {
      RawWebSocket webSocket = RawWebSocket.open(open(protocols), path, "mqtt");
      RawClient.connected(RawClient.over(webSocket), 5, "socket " + path).leave();
    }
  }

  @Test
  void aByteAtATimeIsNoDifference() throws IOException {
    SSLSocket socket = open();
    for (byte b : new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 1, 'b'}) {
      socket.getOutputStream().write(b);
      socket.getOutputStream().flush();
    }
    RawClient.over(socket).expect("20 02 00 00").leave();
  }

  @Test
  void whatWasAgreedOnHolds() throws IOException {
    long strays = SERVER.count(Counter.STRAYS_OF_MQTT) + SERVER.count(Counter.STRAYS_OF_HTTP);

    RawClient.over(open("http/1.1"))
        .speak(4)
        .send(RawClient.connect(4, 2, "", "x"))
        .expect("20 02 00 03")
        .expectClosed();
    assertThat(ask(open("mqtt"), GET)).startsWith("HTTP/1.1 400 ");

    assertThat(SERVER.count(Counter.STRAYS_OF_MQTT) + SERVER.count(Counter.STRAYS_OF_HTTP))
        .isEqualTo(strays + 2);
  }

  @Test
  void theWebSiteIsThere() throws IOException {
    for (String[] protocols : new String[][] {{}, {"http/1.1"}, {"h3", "http/1.1"}}) {
      String request = "GET /ca.crt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      assertThat(ask(open(protocols), request))
          .startsWith("HTTP/1.1 200 ")
          .contains("BEGIN CERTIFICATE");
    }
  }

  private static String ask(SSLSocket socket, String request) throws IOException {
    try (socket) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
