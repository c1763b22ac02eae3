package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.RawWebSocket;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Listeners for clients with an account: name and password are checked (3.1.3.5, 3.1.3.6).
final class Spec3121AccountTest {
  private static final String ACCOUNTS =
      """
      argon: { policy: everything, password: "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxMjM0$%s" }
      slow: { policy: everything, password: "$2b$08$OJA9K8U7cQt9O9ZURSjKve9VY0Ol.03QmhRIBebfbt1PfnuxSSx8e" }
      """
          .formatted("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

  /// The four ports, each over its transport.
  private enum Port {
    PLAIN,
    TLS,
    WEBSOCKET,
    WEBSOCKET_TLS;

    RawClient open() {
      try {
        return switch (this) {
          case PLAIN -> RawClient.open(SERVER.port("plain-auth"));
          case TLS -> TlsClient.blind().raw(SERVER.port("tls-auth"));
          case WEBSOCKET -> RawClient.openWebSocket(SERVER.port("websocket-auth"));
          case WEBSOCKET_TLS ->
              RawClient.over(
                  RawWebSocket.open(
                      TlsClient.blind().open(SERVER.port("websocket-tls-auth")), "/mqtt", "mqtt"));
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .access("", ACCOUNTS)
          .listener("mixed", "access: { anonymous: true, users: accounts }");

  @ParameterizedTest
  @CsvSource({
    "3, rw, readwrite",
    "4, rw, readwrite",
    "5, rw, readwrite",
    "4, ro, readonly",
    "5, ro, readonly",
    "4, wo, writeonly",
    "5, wo, writeonly",
  })
  void whoHasAnAccountAndItsPasswordIsLetIn(int version, String name, String password) {
    for (Port port : Port.values()) {
      try (RawClient client = port.open()) {
        connect(client, version, "c2", "\"%s\" \"%s\"".formatted(name, password));
        assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
        client.leave();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, c2, '\"rw\" \"wrong\"'",
    "4, c2, '\"rw\" \"wrong\"'",
    "5, c2, '\"rw\" \"wrong\"'",
    "4, c2, '\"rw\" \"\"'",
    "5, c2, '\"rw\" \"\"'",
    "4, c2, '\"\" \"readwrite\"'",
    "5, c2, '\"RW\" \"readwrite\"'",
    "4, c2, '\"nobody\" \"readwrite\"'",
    "5, c2, '\"nobody\" \"readwrite\"'",
    "5, c2, '\"argon\" \"guess\"'",
    "4, 82, '\"rw\"'",
    "5, 82, '\"rw\"'",
    "5, 42, '\"readwrite\"'",
    "3, 02, ''",
    "4, 02, ''",
    "5, 02, ''",
  })
  void whoHasNotIsNot(int version, String flags, String credentials) {
    for (Port port : Port.values()) {
      refuse(port.open(), version, flags, credentials);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void whereNamesAreOptionalTheNamelessAreLetIn(int version) {
    RawClient.connected(RawClient.open(SERVER.port("mixed")), version, "nameless").leave();
    refuse(RawClient.open(SERVER.port("mixed")), version, "c2", "\"rw\" \"wrong\"");
  }

  @Test
  void theReasonDoesNotTellWhichNamesThereAre() {
    assertThat(refusal("\"rw\" \"wrong\"")).isEqualTo(refusal("\"nobody\" \"wrong\""));
  }

  @Test
  void thoseWhoGuessDoNotHoldUpThoseWhoDoNotAndSomeAreToldToComeAgain() {
    RawClient[] guessers = new RawClient[150];
    for (int i = 0; i < guessers.length; i++) {
      guessers[i] = RawClient.open(SERVER.port("plain-auth"));
      connect(guessers[i], 5, "c2", "\"slow\" \"guess\"");
    }
    RawClient.connected(SERVER.port(), 5, "at-ease").expectNothing().leave();
    int busy = 0;
    for (RawClient guesser : guessers) {
      int reason = guesser.expectType(WirePacket.CONNACK).reason();
      assertThat(reason).isIn(0x86, 0x89);
      busy += reason == 0x89 ? 1 : 0;
      guesser.expectClosed();
    }
    assertThat(busy).isPositive();
  }

  private static String refusal(String credentials) {
    try (RawClient client = RawClient.open(SERVER.port("plain-auth"))) {
      connect(client, 5, "c2", credentials);
      return HexFormat.of().formatHex(client.expectType(WirePacket.CONNACK).body());
    }
  }

  private static void refuse(RawClient client, int version, String flags, String credentials) {
    connect(client, version, flags, credentials);
    if (version == 5) {
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x86);
    } else {
      client.expect("20 02 00 04");
    }
    client.expectClosed();
  }

  private static void connect(RawClient client, int version, String flags, String credentials) {
    client.speak(version);
    client.send(
        "10 ( %s %02x %s 003c %s \"somebody\" %s )"
            .formatted(
                version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
                version,
                flags,
                version == 5 ? "( )" : "",
                credentials));
  }
}
