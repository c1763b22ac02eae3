package dev.midge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.broker.Counter;
import dev.midge.kit.Notation;
import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestClock;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Behind a proxy, limits hold for the address that it says; nobody else is believed.
final class ProxyTest {
  private static final TestClock CLOCK = new TestClock();
  private static final String PROXY = "127.0.0.5";
  private static final String NO_PROXY = "127.0.0.6";

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .clock(CLOCK)
          .listener("proxied", "proxy: { by: proxy-protocol, peers: [127.0.0.5] }")
          .listener(
              "forwarded",
              "transport: websocket\nproxy: { by: x-forwarded-for, peers: [127.0.0.1, 10.0.0.0/8] }")
          .addresses("connects: 10/s burst 10");

  @BeforeEach
  void allIsForgotten() {
    CLOCK.forget();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'PROXY TCP4 203.0.113.9 203.0.113.1 40000 1883' 0d 0a",
        "'PROXY TCP6 2001:db8::1 2001:db8::2 40000 1883' 0d 0a",
        "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 11 000c cb 00 71 09 cb 00 71 01 9c 40 07 5b"
      })
  void limitsHoldForTheAddressThatTheProxySays(String header) {
    for (int i = 0; i < 10; i++) {
      assertThat(isLetIn(PROXY, header)).isTrue();
    }
    long before = SERVER.count(Counter.CONNECTS_OVER_RATE);
    assertThat(isLetIn(PROXY, header)).isFalse();
    assertThat(SERVER.count(Counter.CONNECTS_OVER_RATE)).isEqualTo(before + 1);
    assertThat(isLetIn(PROXY, "'PROXY TCP4 203.0.113.10 203.0.113.1 40000 1883' 0d 0a")).isTrue();
    CLOCK.pass(Duration.ofSeconds(1));
    assertThat(isLetIn(PROXY, header)).isTrue();
  }

  @Test
  void whatTheProxyDoesForItselfIsNotCounted() {
    for (int i = 0; i < 30; i++) {
      assertThat(isLetIn(PROXY, "'PROXY UNKNOWN' 0d 0a")).isTrue();
    }
  }

  @Test
  void aProxyWithoutAHeaderIsNotServed() {
    long before = SERVER.count(Counter.PROXY_HEADERS_BROKEN);
    try (RawClient client = RawClient.openFrom(PROXY, SERVER.port("proxied"))) {
      client.send(RawClient.connect(4, 2, "", "no-header-is-here")).expectClosed();
    }
    assertThat(SERVER.count(Counter.PROXY_HEADERS_BROKEN)).isEqualTo(before + 1);
  }

  @Test
  void whoIsNoProxyIsNotBelieved() {
    try (RawClient client = RawClient.openFrom(NO_PROXY, SERVER.port("proxied"))) {
      client.send("'PROXY TCP4 203.0.113.9 203.0.113.1 40000 1883' 0d 0a");
      client.send(RawClient.connect(4, 2, "", "no-proxy")).expectClosed();
    }
    assertThat(isLetIn(NO_PROXY, "")).isTrue();
  }

  @Test
  void theLastForwardedAddressThatIsNoProxyCounts() throws IOException {
    for (int i = 0; i < 10; i++) {
      assertThat(upgrade("198.51.100." + i + ", 203.0.113.20, 10.1.2.3"))
          .startsWith("HTTP/1.1 101");
    }
    assertThat(upgrade("198.51.100.77, 203.0.113.20")).startsWith("HTTP/1.1 429");
    assertThat(upgrade("203.0.113.20, 203.0.113.21")).startsWith("HTTP/1.1 101");
  }

  @Test
  void aPortOrBracketsMakeNoOtherClientOfAnAddress() throws IOException {
    for (int i = 0; i < 5; i++) {
      assertThat(upgrade("203.0.113.30:" + (40_000 + i))).startsWith("HTTP/1.1 101");
      assertThat(upgrade("203.0.113.30")).startsWith("HTTP/1.1 101");
      assertThat(upgrade("[2001:db8::9]:4000" + i)).startsWith("HTTP/1.1 101");
      assertThat(upgrade("[2001:db8::9], 10.1.2.3:80")).startsWith("HTTP/1.1 101");
    }
    assertThat(upgrade("203.0.113.30:50000")).startsWith("HTTP/1.1 429");
    assertThat(upgrade("[2001:db8::9]:50000")).startsWith("HTTP/1.1 429");
  }

  @Test
  void aProxyThatNamesNobodyIsHeldToTheLimitsItself() throws IOException {
    for (int i = 0; i < 5; i++) {
      assertThat(upgrade("not-an-address")).startsWith("HTTP/1.1 101");
      assertThat(upgrade("203.0.113.31:99999")).startsWith("HTTP/1.1 101");
    }
    assertThat(upgrade("unknown")).startsWith("HTTP/1.1 429");
    assertThat(upgrade("203.0.113.32")).startsWith("HTTP/1.1 101");
  }

  private static String upgrade(String forwardedFor) throws IOException {
    try (RawWebSocket socket = RawWebSocket.dial(SERVER.port("forwarded"))) {
      return socket.request(
          "/mqtt", "Sec-WebSocket-Protocol: mqtt", "X-Forwarded-For: " + forwardedFor);
    }
  }

  private static boolean isLetIn(String address, String header) {
    try (RawClient client = RawClient.openFrom(address, SERVER.port("proxied")).speak(4)) {
      client.sendBytes(Notation.bytes(header + " " + RawClient.connect(4, 2, "", "proxied")));
      return client.expectType(WirePacket.CONNACK).reason() == 0;
    } catch (AssertionError closed) {
      return false;
    }
  }
}
