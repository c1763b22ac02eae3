package dev.midge.auth;

import dev.midge.broker.AuthMethod;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The server's side of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677) as an MQTT 5.0
/// authentication method (4.12): the client proves that it knows the password without sending it,
/// and the server that it knows the account.
///
/// An unknown user name is answered like a known one with a wrong password, so that strangers
/// cannot find out which accounts exist. Any thread; an exchange belongs to one.
public final class ScramSha256 implements AuthMethod {
  /// The name of the method in CONNECT and AUTH.
  public static final String NAME = "SCRAM-SHA-256";

  private static final String NO_CHANNEL_BINDING = "n,,";

  private final Function<String, @Nullable ScramCredentials> accounts;
  private final Supplier<String> nonces;
  private final byte[] secret;

  /// @param accounts what is kept of the account with a user name, or null; asked on any thread
  /// @param nonces makes printable text without commas, never the same twice
  public ScramSha256(
      Function<String, @Nullable ScramCredentials> accounts, Supplier<String> nonces) {
    this.accounts = accounts;
    this.nonces = nonces;
    this.secret = Arrays.copyOf(nonces.get().getBytes(StandardCharsets.UTF_8), 32);
  }

  @Override
  public Exchange begin() {
    return new ServerExchange();
  }

  private final class ServerExchange implements Exchange {
    private String userName = "";
    private String nonce = "";
    private String signedSoFar = "";
    private @Nullable ScramCredentials credentials;
    private boolean isKnown;

    @Override
    public Step next(byte[] data) {
      String message = new String(data, StandardCharsets.UTF_8);
      return credentials == null ? first(message) : last(message);
    }

    /// Answers `n,,n=user,r=nonce` with `r=nonces,s=salt,i=iterations` (RFC 5802, section 5).
    private Step first(String message) {
      if (!message.startsWith(NO_CHANNEL_BINDING)) {
        return new Refused("no channel binding is supported");
      }
      String bare = message.substring(NO_CHANNEL_BINDING.length());
      String[] attributes = bare.split(",", -1);
      if (attributes.length < 2
          || !attributes[0].startsWith("n=")
          || !attributes[1].startsWith("r=")
          || attributes[1].length() == 2) {
        return new Refused("malformed SCRAM message");
      }
      userName = attributes[0].substring(2).replace("=2C", ",").replace("=3D", "=");
      nonce = attributes[1].substring(2) + nonces.get();
      ScramCredentials account = accounts.apply(userName);
      isKnown = account != null;
      ScramCredentials known =
          account == null ? ScramCredentials.ofNobody(userName, secret) : account;
      credentials = known;
      String answer = "r=" + nonce + ",s=" + base64(known.salt()) + ",i=" + known.iterations();
      signedSoFar = bare + "," + answer + ",";
      return new Continue(answer.getBytes(StandardCharsets.UTF_8));
    }

    /// Answers `c=biws,r=nonces,p=proof` with `v=signature`, if the proof is right.
    private Step last(String message) {
      int proofAt = message.lastIndexOf(",p=");
      String expected =
          "c=" + base64(NO_CHANNEL_BINDING.getBytes(StandardCharsets.UTF_8)) + ",r=" + nonce;
      if (credentials == null || proofAt < 0 || !message.startsWith(expected + ",")) {
        return new Refused("malformed SCRAM message");
      }
      byte[] signed =
          (signedSoFar + message.substring(0, proofAt)).getBytes(StandardCharsets.UTF_8);
      byte[] proof;
      try {
        proof = Base64.getDecoder().decode(message.substring(proofAt + 3));
      } catch (IllegalArgumentException notBase64) {
        return new Refused("malformed SCRAM message");
      }
      if (!isKnown || !credentials.isProvedBy(proof, signed)) {
        return new Refused("wrong user name or password");
      }
      String answer = "v=" + base64(credentials.serverSignature(signed));
      return new Accepted(answer.getBytes(StandardCharsets.UTF_8), userName);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
