package dev.midge.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The listener for SCRAM-SHA-256, with the accounts that Midge comes with.
final class ScramListenerTest {
  private static final String METHOD = "15 \"SCRAM-SHA-256\"";

  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @Test
  void anAccountIsLetInWithItsPolicyAndProvesItselfAgain() {
    try (RawClient client = begin("ro")) {
      String bare = "n=ro,r=abc";
      client.send(auth(0x18, answer(client.read(), bare, "readonly")));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
      client.send("32 ( \"a\" 0001 ( ) 'x' )").expect("40 ( 0001 87 00 )");

      client.send(auth(0x19, "n,,n=rw,r=abc"));
      client.send(auth(0x18, answer(client.read(), "n=rw,r=abc", "readwrite")));
      assertThat(client.expectType(WirePacket.AUTH).reason()).isZero();
      client.send("32 ( \"a\" 0001 ( ) 'x' )").expect("40 ( 0001 10 00 )");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ro", "nobody"})
  void whoDoesNotKnowThePasswordIsRefused(String name) {
    try (RawClient client = begin(name)) {
      client.send(auth(0x18, answer(client.read(), "n=" + name + ",r=abc", "wrong")));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
      client.expectClosed();
    }
  }

  @Test
  void anAccountThatNobodyHasLooksLikeOneThatSomebodyHas() {
    String first = salt("nobody");
    assertThat(first).hasSameSizeAs(salt("ro")).isEqualTo(salt("nobody"));
    assertThat(first).isNotEqualTo(salt("somebody"));
  }

  @Test
  void aPasswordInConnectIsNotTaken() {
    try (RawClient client = RawClient.open(SERVER.port("scram")).speak(5)) {
      client.send("10 ( \"MQTT\" 05 c2 003c ( ) \"me\" \"ro\" \"readonly\" )");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x8C);
      client.expectClosed();
    }
  }

  private static RawClient begin(String name) {
    String properties = METHOD + " 16 [ 'n,,n=" + name + ",r=abc' ]";
    return RawClient.open(SERVER.port("scram"))
        .send(RawClient.connect(5, 0x02, properties, "scram-" + name));
  }

  private static String salt(String name) {
    try (RawClient client = begin(name)) {
      return client.read().property(0x16).text().split(",", -1)[1];
    }
  }

  private static String answer(WirePacket challenge, String bare, String password) {
    String first = challenge.property(0x16).text();
    String[] attributes = first.split(",", -1);
    String withoutProof = "c=biws," + attributes[0];
    byte[] signed = String.join(",", bare, first, withoutProof).getBytes(StandardCharsets.UTF_8);
    return withoutProof + ",p=" + Scram.proof(password, attributes[1].substring(2), signed);
  }

  private static String auth(int reason, String data) {
    return "f0 ( %02x ( %s 16 [ '%s' ] ) )".formatted(reason, METHOD, data);
  }
}
