package dev.midge.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.auth.ScramCredentials;
import dev.midge.auth.ScramSha256;
import dev.midge.broker.AuthMethod;
import dev.midge.broker.Authenticator;
import dev.midge.broker.Identity;
import dev.midge.broker.Limits;
import dev.midge.broker.Verdict;
import dev.midge.kit.RawClient;
import dev.midge.kit.Statement;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import dev.midge.packet.Packet.Connect;
import dev.midge.packet.ReasonCode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// 3.15 AUTH and 4.12 Enhanced authentication, with SCRAM-SHA-256.
final class Spec412AuthTest {
  private static final String METHOD = "15 \"SCRAM-SHA-256\"";

  @RegisterExtension static final TestServer SERVER = TestServer.local().authenticating(accounts());

  private static Authenticator accounts() {
    ScramSha256 scram =
        new ScramSha256(
            Map.of("user", ScramCredentials.ofPassword("pencil", "some salt"))::get,
            () -> Long.toHexString(System.nanoTime()));
    return new Authenticator() {
      @Override
      public CompletionStage<Verdict> prove(Limits limits, Connect connect) {
        return greet(limits, connect);
      }

      @Override
      public CompletionStage<Verdict> greet(Limits limits, Connect connect) {
        boolean isRight = "user".equals(connect.userName());
        return CompletableFuture.supplyAsync(() ->
            isRight
                ? new Verdict.Admitted(Identity.proved("user"))
                : new Verdict.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD));
      }

      @Override
      public @Nullable AuthMethod method(Limits limits, String name) {
        return name.equals(ScramSha256.NAME) ? scram : null;
      }
    };
  }

  /// The client's side of SCRAM-SHA-256 (RFC 5802), written apart from the server's.
  private static final class Scram {
    private final String firstBare;
    private String serverSignature = "";

    Scram(String user) {
      firstBare = "n=" + user + ",r=clientnonce";
    }

    String first() {
      return "n,," + firstBare;
    }

    String last(String challenge, String password) {
      try {
        String[] parts = challenge.split(",", 3);
        String nonce = parts[0].substring(2);
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        int iterations = Integer.parseInt(parts[2].substring(2));
        byte[] salted =
            SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
        String withoutProof = "c=biws,r=" + nonce;
        String signed = firstBare + "," + challenge + "," + withoutProof;
        byte[] proof = hmac(storedKey, signed);
        for (int i = 0; i < proof.length; i++) {
          proof[i] ^= clientKey[i];
        }
        serverSignature =
            "v=" + Base64.getEncoder().encodeToString(hmac(hmac(salted, "Server Key"), signed));
        return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String auth(int reason, String data) {
    return "f0 ( %02x ( %s 16 [ '%s' ] ) )".formatted(reason, METHOD, data);
  }

  private static String challenge(WirePacket auth) {
    assertThat(auth.type()).isEqualTo(WirePacket.AUTH);
    assertThat(auth.reason()).isEqualTo(0x18);
    assertThat(auth.property(0x15).text()).isEqualTo("SCRAM-SHA-256");
    return auth.property(0x16).text();
  }

  private static RawClient begin(Scram scram, String id) {
    String properties = METHOD + " 16 [ '" + scram.first() + "' ]";
    return RawClient.open(SERVER.port()).send(RawClient.connect(5, 0x02, properties, id));
  }

  private static RawClient authenticated(String id) {
    Scram scram = new Scram("user");
    RawClient client = begin(scram, id);
    client.send(auth(0x18, scram.last(challenge(client.read()), "pencil")));
    WirePacket connack = client.expectType(WirePacket.CONNACK);
    assertThat(connack.reason()).isZero();
    assertThat(connack.property(0x15).text()).isEqualTo("SCRAM-SHA-256");
    assertThat(connack.property(0x16).text()).isEqualTo(scram.serverSignature);
    return client;
  }

  @Test
  @Statement({"MQTT-4.12.0-2", "MQTT-4.12.0-5", "MQTT-3.15.2-1"})
  void whoKnowsThePasswordIsLetIn() {
    authenticated("scram").expectNothing().close();
  }

  @Test
  @Statement({"MQTT-4.12.0-4", "MQTT-3.1.4-2"})
  void whoDoesNotIsNot() {
    for (String user : new String[] {"user", "nobody"}) {
      Scram scram = new Scram(user);
      try (RawClient client = begin(scram, "wrong")) {
        client.send(auth(0x18, scram.last(challenge(client.read()), "crayon")));
        assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
        client.expectClosed();
      }
    }
  }

  @Test
  void nonsenseIsRefused() {
    for (String nonsense :
        new String[] {"", "n,,", "y,,n=user,r=x", "n,,n=user", "n,,r=x,n=user"}) {
      String properties = METHOD + " 16 [ '" + nonsense + "' ]";
      try (RawClient client = RawClient.open(SERVER.port())) {
        client.send(RawClient.connect(5, 0x02, properties, "nonsense"));
        assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x87);
        client.expectClosed();
      }
    }
  }

  @Test
  @Statement("MQTT-4.12.0-1")
  void anUnknownMethodIsRefused() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, "15 \"GS2-KRB5\"", "kerberos"));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x8C);
      client.expectClosed();
    }
  }

  @Test
  @Statement("MQTT-3.1.2-30")
  void onlyAuthMayComeBeforeConnack() {
    try (RawClient client = begin(new Scram("user"), "hasty")) {
      challenge(client.read());
      client.send("c0 00");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x82);
      client.expectClosed();
    }
  }

  @Test
  void aClientMayGiveUpBeforeConnack() {
    try (RawClient client = begin(new Scram("user"), "gives-up")) {
      challenge(client.read());
      client.send("e0 00").expectClosed();
    }
  }

  @Test
  @Statement({"MQTT-4.12.0-5", "MQTT-4.12.0-3"})
  void theMethodStaysTheSame() {
    try (RawClient client = begin(new Scram("user"), "changes")) {
      challenge(client.read());
      client.send("f0 ( 18 ( 15 \"PLAIN\" ) )");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x82);
      client.expectClosed();
    }
  }

  @Test
  @Statement("MQTT-4.12.1-1")
  void aClientMayProveItselfAgainWhileItWorks() {
    try (RawClient client = authenticated("again")) {
      Scram scram = new Scram("user");
      client.send(auth(0x19, scram.first()));
      String challenge = challenge(client.read());
      client.expectNothing(); // Other packets go on.
      client.send(auth(0x18, scram.last(challenge, "pencil")));
      WirePacket success = client.expectType(WirePacket.AUTH);
      assertThat(success.reason()).isZero();
      assertThat(success.property(0x16).text()).isEqualTo(scram.serverSignature);
    }
  }

  @Test
  @Statement("MQTT-4.12.1-2")
  void whoFailsToProveItselfAgainIsOut() {
    try (RawClient client = authenticated("fails")) {
      Scram scram = new Scram("user");
      client.send(auth(0x19, scram.first()));
      client.send(auth(0x18, scram.last(challenge(client.read()), "crayon"))).expectEnd(0x87);
    }
  }

  @Test
  @Statement({"MQTT-4.12.0-6", "MQTT-4.12.0-7"})
  void withoutAMethodThereIsNoAuth() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 82 003c ( ) \"plain\" \"user\" )");
      WirePacket connack = client.expectType(WirePacket.CONNACK);
      assertThat(connack.has(0x15)).isFalse();
      client.send(auth(0x19, "x")).expectEnd(0x82);
    }
  }

  @Test
  @Statement({"MQTT-3.15.1-1", "MQTT-3.15.2-1"})
  void aWrongAuthIsAnswered() {
    for (String wrong :
        new String[] {
          "f1 ( 18 ( " + METHOD + " ) )=81", // Flags.
          "f0 ( 00 ( " + METHOD + " ) )=82", // Success is for the server to say.
          "f0 ( 8c ( " + METHOD + " ) )=82",
          "f0 00=82", // No method.
          "f0 ( 19 ( " + METHOD + METHOD + " ) )=82",
          "f0 ( 18 ( " + METHOD + " ) )=82", // Nothing to go on with.
        }) {
      String[] parts = wrong.split("=", 2);
      try (RawClient client = authenticated("auth-wrong")) {
        client.send(parts[0]).expectEnd(Integer.parseInt(parts[1], 16));
      }
    }
  }

  @Test
  @Statement({"MQTT-3.1.2-24", "MQTT-3.15.2-2", "MQTT-3.15.2-3"})
  void anAuthHasNothingButMethodAndDataAndIsNeverTooLong() {
    String start = METHOD + " 16 [ '" + new Scram("user").first() + "' ]";
    int length;
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send(RawClient.connect(5, 0x02, start, "auth-size"));
      WirePacket auth = client.expectType(WirePacket.AUTH);
      assertThat(auth.properties()).extracting(WirePacket.Property::id).containsOnly(0x15, 0x16);
      length = 2 + auth.body().length;
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      String half = " 27 %08x".formatted(length / 2);
      client.send(RawClient.connect(5, 0x02, start + half, "auth-size"));
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x95);
      client.expectClosed();
    }
  }

  @Test
  @Statement(value = "MQTT-3.1.4-2", v3 = "MQTT-3.1.4-2")
  void aWrongUserNameIsRefused() {
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 04 82 003c \"x\" \"stranger\" )").expect("20 02 00 04");
      client.expectClosed();
    }
    try (RawClient client = RawClient.open(SERVER.port())) {
      client.send("10 ( \"MQTT\" 05 82 003c ( ) \"x\" \"stranger\" )");
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x86);
      client.expectClosed();
    }
  }
}
