package dev.midge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes on in connections over TLS. With four loops, most clients move from the one that
/// accepted them to that of their identifier.
class TlsConnectionTest {

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .shared("loops: 4")
          .listener(
              "tls-new", "tls: { certificate: localhost, versions: [TLSv1.3] }", "fault: none")
          .listener(
              "tls-old", "tls: { certificate: localhost, versions: [TLSv1.2] }", "fault: none")
          .listener(
              "tls-hasty",
              """
              tls: { certificate: localhost }
              mqtt: { connect_seconds_max: 1 }
              """,
              "fault: none")
          .listener(
              "tls-small",
              """
              tls: { certificate: localhost }
              limits: { outbound_bytes_max: 64KiB }
              """,
              "fault: none");

  private static TlsClient tls;

  @BeforeAll
  static void trust() {
    tls = TlsClient.trusting(SERVER.caFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bothVersionsOfTlsAreSpoken(String version) throws IOException {
    try (SSLSocket socket = tls.open(SERVER.port("tls"), version)) {
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
      RawClient.connected(RawClient.over(socket), 5, version).leave();
    }
  }

  @Test
  void aVersionThatTheListenerDoesNotSpeakIsRefused() {
    assertThatThrownBy(() -> tls.open(SERVER.port("tls-new"), "TLSv1.2"))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(() -> tls.open(SERVER.port("tls-old"), "TLSv1.3"))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void anEarlierHandshakeIsResumed(String version) throws IOException {
    TlsClient client = TlsClient.trusting(SERVER.caFile());
    long first = sessionCreated(client, version);

    assertThat(sessionCreated(client, version)).isEqualTo(first);
  }

  /// The key of what a client keeps changes each hour, when the server looks after certificates.
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aHandshakeIsResumedHoursLaterButNotADayLater(String version) throws IOException {
    TlsClient client = TlsClient.trusting(SERVER.caFile());
    long first = sessionCreated(client, version);

    SERVER.renewCertificates(Instant.now());
    assertThat(sessionCreated(client, version)).isEqualTo(first);

    for (int hour = 0; hour < 24; hour++) {
      SERVER.renewCertificates(Instant.now());
    }
    assertThat(sessionCreated(client, version)).isNotEqualTo(first);
  }

  /// When the session began that a connection uses.
  private static long sessionCreated(TlsClient client, String version) throws IOException {
    try (SSLSocket socket = client.open(SERVER.port("tls"), version)) {
      RawClient.connected(RawClient.over(socket), 5, "resuming").leave();
      SSLSession session = socket.getSession();
      return session.getCreationTime();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void megabytesComeAndGo(String version) {
    byte[] packet = publish("large " + version, 3 << 20);
    try (RawClient publisher = connected("tls", version, "large publisher " + version);
        RawClient subscriber = connected("tls", version, "large subscriber " + version)) {
      subscribe(subscriber, "large " + version);
      publisher.sendBytes(packet);

      assertThat(subscriber.read().body()).hasSize(packet.length - 5);
    }
  }

  @Test
  void aConnectionIsTakenOverAcrossLoops() {
    for (int i = 0; i < 8; i++) {
      try (RawClient former = connected("tls", "TLSv1.3", "taken")) {
        RawClient.connected(SERVER.port(), 5, "taken").leave();
        former.expectEnd(0x8E);
      }
    }
  }

  @Test
  void theServerSaysThatItHasSaidAllBeforeItCloses() throws IOException {
    // Without close_notify, Java would throw instead of ending the stream.
    try (SSLSocket socket = tls.open(SERVER.port("tls"), "TLSv1.3")) {
      RawClient client = RawClient.connected(RawClient.over(socket), 5, "to end");
      client.send("30 00").expectType(WirePacket.DISCONNECT);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientThatDoesNotReadIsWaitedForAndLosesNothing() {
    int messages = 200;
    byte[] packet = publish("slow", 32 << 10);
    try (RawClient publisher = connected("tls", "TLSv1.3", "slow publisher");
        RawClient subscriber = connected("tls-small", "TLSv1.3", "slow subscriber")) {
      subscriber.send("82 ( 0001 00 \"slow\" 01 )").expectType(WirePacket.SUBACK);
      packet[0] = 0x32;
      byte[] acknowledged = withPacketId(packet, "slow");
      for (int i = 0; i < messages; i++) {
        publisher.sendBytes(acknowledged).expectType(WirePacket.PUBACK);
      }

      for (int i = 0; i < messages; i++) {
        assertThat(subscriber.read().body().length).isGreaterThan(32 << 10);
      }
    }
  }

  @Test
  void aRenewedCertificateIsShownFromThenOnAndConnectionsStay() throws IOException {
    RawClient before = connected("tls", "TLSv1.3", "before");
    var serial = serial();

    SERVER.renewCertificates(Instant.now().plus(Duration.ofDays(61)));

    assertThat(serial()).isNotEqualTo(serial);
    before.expectNothing().leave();
  }

  private static Object serial() throws IOException {
    // Of its own, so that no session is resumed.
    try (SSLSocket socket = TlsClient.trusting(SERVER.caFile()).open(SERVER.port("tls"))) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void whatIsNotTlsCostsItsConnectionOnly() {
    try (RawClient good = connected("tls", "TLSv1.3", "undisturbed");
        RawClient plain = RawClient.open(SERVER.port("tls"))) {
      plain.sendBytes(new byte[] {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 60, 0, 0});

      expectEndOfStream(plain);
      good.expectNothing();
    }
  }

  @Test
  void aHandshakeThatStopsIsEndedInTime() throws IOException {
    try (RawClient good = connected("tls", "TLSv1.3", "in time");
        Socket half = new Socket(InetAddress.getLoopbackAddress(), SERVER.port("tls-hasty"))) {
      half.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1, 0});
      half.setSoTimeout(10_000);

      while (half.getInputStream().read() != -1) {
        // An alert may come first.
      }
      good.expectNothing();
    }
  }

  private static RawClient connected(String listener, String version, String clientId) {
    return RawClient.connected(tls.raw(SERVER.port(listener), version), 5, clientId);
  }

  private static void subscribe(RawClient client, String topic) {
    client.send("82 ( 0001 00 \"" + topic + "\" 00 )").expectType(WirePacket.SUBACK);
  }

  /// A PUBLISH with QoS 0 of MQTT 5.0 with so many bytes, more than 16 KiB.
  private static byte[] publish(String topic, int bytes) {
    int length = 2 + topic.length() + 1 + bytes;
    int lengthBytes = length < 1 << 21 ? 3 : 4;
    byte[] packet = new byte[1 + lengthBytes + length];
    packet[0] = 0x30;
    for (int i = 0; i < lengthBytes; i++) {
      packet[1 + i] = (byte) (((length >> (7 * i)) & 0x7F) | (i < lengthBytes - 1 ? 0x80 : 0));
    }
    packet[2 + lengthBytes] = (byte) topic.length();
    for (int i = 0; i < topic.length(); i++) {
      packet[3 + lengthBytes + i] = (byte) topic.charAt(i);
    }
    return packet;
  }

  /// The packet of [#publish], with two bytes of its payload as packet identifier.
  private static byte[] withPacketId(byte[] packet, String topic) {
    packet[1 + 3 + 2 + topic.length() + 1] = 1;
    return packet;
  }

  private static void expectEndOfStream(RawClient client) {
    try {
      while (client.read().type() >= 0) {
        // An alert may come first; it looks like a packet.
      }
    } catch (AssertionError closed) {
      assertThat(closed).hasMessageContaining("closed");
    }
  }
}
