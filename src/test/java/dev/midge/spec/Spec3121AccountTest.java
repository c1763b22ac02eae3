package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.TlsClient;
import dev.midge.kit.WirePacket;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Listeners for clients with an account, while there are no accounts: a name and a password are
/// not enough (3.1.3.5, 3.1.3.6).
final class Spec3121AccountTest {
  @RegisterExtension
  static final TestServer SERVER =
      TestServer.local()
          .listener("members", "access: { anonymous: false, users: accounts }")
          .listener("mixed", "access: { anonymous: true, users: accounts }");

  @ParameterizedTest
  @CsvSource({"3, c2", "4, c2", "5, c2", "4, 82", "5, 82", "3, 02", "4, 02", "5, 02"})
  void nobodyIsLetInWhoHasNoAccount(int version, String flags) {
    refuse(RawClient.open(SERVER.port("members")), version, flags);
    refuse(TlsClient.blind().raw(SERVER.port("tls-auth")), version, flags);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void whereNamesAreOptionalTheNamelessAreLetIn(int version) {
    RawClient.connected(RawClient.open(SERVER.port("mixed")), version, "nameless").leave();
    refuse(RawClient.open(SERVER.port("mixed")), version, "c2");
  }

  private static void refuse(RawClient client, int version, String flags) {
    client.speak(version);
    String credentials =
        switch (flags) {
          case "c2" -> "\"rw\" \"readwrite\"";
          case "82" -> "\"rw\"";
          default -> "";
        };
    client.send(
        "10 ( %s %02x %s 003c %s \"somebody\" %s )"
            .formatted(
                version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
                version,
                flags,
                version == 5 ? "( )" : "",
                credentials));
    if (version == 5) {
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x86);
    } else {
      client.expect("20 02 00 04");
    }
    client.expectClosed();
  }
}
