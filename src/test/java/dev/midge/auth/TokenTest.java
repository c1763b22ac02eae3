package dev.midge.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens as passwords: those that the server makes, and those that nobody should believe.
final class TokenTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();

  @ParameterizedTest
  @CsvSource({"4, ES256", "5, ES256", "3, RS256", "5, RS256", "4, HS256", "5, HS256"})
  void aTokenOfTheSiteLetsIn(int version, String algorithm) throws Exception {
    try (RawClient client = connect(version, get("/api/v1/tokens?alg=" + algorithm))) {
      accept(client);
      client.leave();
    }
  }

  @Test
  void itsListsNarrowWhatTheClientMayDo() throws Exception {
    String token = get("/api/v1/tokens?sub=me&publish=out/%25u,b&subscribe=in/%23");
    try (RawClient client = connect(5, token)) {
      accept(client);
      client.send("82 ( 0001 ( ) \"in/a\" 00 \"in/+\" 00 \"out\" 00 \"#\" 00 )");
      client.expect("90 ( 0001 00 00 00 87 87 )");
      client.send("32 ( \"out/me\" 0001 ( ) 'x' )").expect("40 ( 0001 10 00 )");
      client.send("32 ( \"out/you\" 0001 ( ) 'x' )").expect("40 ( 0001 87 00 )");
    }
  }

  @Test
  void aClientThatTheServerNamesIsKnownByThatName() throws Exception {
    String token = get("/api/v1/tokens?publish=own/%25c");
    try (RawClient client = connect(5, token, "")) {
      String name = client.expectType(WirePacket.CONNACK).property(0x12).text();
      client.send("32 ( \"own/" + name + "\" 0001 ( ) 'x' )").expect("40 ( 0001 10 00 )");
      client.send("32 ( \"own/\" 0001 ( ) 'x' )").expect("40 ( 0001 87 00 )");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5})
  void theConnectionEndsWithTheToken(int version) throws Exception {
    try (RawClient client = connect(version, get("/api/v1/tokens?seconds=2"))) {
      accept(client);
      client.expectEnd(0xA0);
    }
  }

  @Test
  void whatIsForgedIsNotTaken() throws Exception {
    String token = get("/api/v1/tokens");
    String[] parts = token.split("\\.", -1);
    String header = "eyJhbGciOiJub25lIn0"; // {"alg":"none"}
    JWKSet published = JWKSet.parse(get("/jwks.json"));
    refuse("");
    refuse("not a token");
    refuse("x".repeat(10_000));
    refuse(parts[0] + "." + parts[1] + ".");
    refuse(header + "." + parts[1] + ".");
    refuse(new PlainJWT(claims(60)).serialize());
    refuse(parts[0] + "." + parts[1] + "x." + parts[2]);
    for (JWK key : published.getKeys()) { // A public key taken for a secret.
      refuse(signed(key.toJSONString().getBytes(UTF_8), key.getKeyID(), claims(60)));
    }
  }

  @Test
  void whatHasEndedOrHasNoEndIsNotTaken() throws Exception {
    JWK secret = secret();
    byte[] key = secret.toOctetSequenceKey().toByteArray();
    try (RawClient client = connect(5, signed(key, secret.getKeyID(), claims(60)))) {
      accept(client);
    }
    refuse(signed(key, secret.getKeyID(), claims(-1)));
    refuse(signed(key, secret.getKeyID(), new JWTClaimsSet.Builder().subject("me").build()));
    refuse(
        signed(
            key,
            secret.getKeyID(),
            new JWTClaimsSet.Builder()
                .subject("me")
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .claim("publish", List.of("a#"))
                .build()));
  }

  @Test
  void theSecretKeysAreForTheServerOnly() throws Exception {
    assertThat(get("/jwks.json")).contains("RS256", "ES256").doesNotContain("\"d\"", "\"k\"");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys())))
        .isEqualTo("rw-------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alg=none", "seconds=0", "seconds=4000", "seconds=x", "what=1"})
  void anOrderThatIsWrongIsRefused(String query) throws Exception {
    assertThat(send("/api/v1/tokens?" + query).statusCode()).isEqualTo(400);
  }

  private static JWTClaimsSet claims(int seconds) {
    return new JWTClaimsSet.Builder()
        .subject("me")
        .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
        .build();
  }

  private static String signed(byte[] secret, String keyId, JWTClaimsSet claims) throws Exception {
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(keyId).build(), claims);
    token.sign(new MACSigner(secret));
    return token.serialize();
  }

  private static JWK secret() throws Exception {
    get("/jwks.json"); // Now there are keys.
    return JWKSet.parse(Files.readString(keys())).getKeys().stream()
        .filter(key -> JWSAlgorithm.HS256.equals(key.getAlgorithm()))
        .findFirst()
        .orElseThrow();
  }

  private static Path keys() {
    return SERVER.data().resolve("tokens/keys.jwks");
  }

  private static RawClient connect(int version, String token) {
    return connect(version, token, "bearer");
  }

  private static RawClient connect(int version, String token, String clientId) {
    RawClient client = RawClient.open(SERVER.port("token-auth")).speak(version);
    String bytes = HexFormat.ofDelimiter(" ").formatHex(token.getBytes(UTF_8));
    return client.send(
        "10 ( %s %02x c2 003c %s \"%s\" \"anybody\" [ %s ] )"
            .formatted(
                version == 3 ? "\"MQIsdp\"" : "\"MQTT\"",
                version,
                version == 5 ? "( )" : "",
                clientId,
                bytes));
  }

  private static void accept(RawClient client) {
    assertThat(client.expectType(WirePacket.CONNACK).reason()).isZero();
  }

  private static void refuse(String token) {
    try (RawClient client = connect(5, token)) {
      assertThat(client.expectType(WirePacket.CONNACK).reason()).isEqualTo(0x86);
      client.expectClosed();
    }
  }

  private static String get(String path) throws Exception {
    HttpResponse<String> response = send(path);
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> send(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://localhost:" + SERVER.port("web") + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
