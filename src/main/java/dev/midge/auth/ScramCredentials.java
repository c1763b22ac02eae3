package dev.midge.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.KeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// What a server keeps of an account for SCRAM-SHA-256: enough to check a proof, too little to make
/// one (RFC 5802, section 3).
///
/// @param storedKey the hash of the client's key, 32 bytes
/// @param serverKey by which the server proves itself, 32 bytes
public record ScramCredentials(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {
  /// The least that RFC 7677 allows.
  private static final int ITERATIONS = 4096;

  private static final int KEY_BITS = 256;

  private static final Pattern FORM =
      Pattern.compile(
          "SCRAM-SHA-256\\$(\\d{4,7}):([A-Za-z0-9+/]{4,88}={0,2})"
              + "\\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)");

  /// Reads what [#text] wrote.
  ///
  /// @throws IllegalArgumentException when it is something else; the message says what it must be
  static ScramCredentials of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(1)) < ITERATIONS) {
      throw new IllegalArgumentException(
          "as './midge passwd' writes it, SCRAM-SHA-256$4096:SALT$KEY:KEY");
    }
    Base64.Decoder base64 = Base64.getDecoder();
    return new ScramCredentials(
        base64.decode(form.group(2)),
        Integer.parseInt(form.group(1)),
        base64.decode(form.group(3)),
        base64.decode(form.group(4)));
  }

  /// The form in which it stands in files, that of RFC 5803 as databases write it.
  String text() {
    Base64.Encoder base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$%d:%s$%s:%s"
        .formatted(
            iterations,
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
  }

  /// What an account that nobody has shows to those who ask for it: always the same for one name,
  /// and nothing that tells it from one that somebody has.
  ///
  /// @param secret known to this server only
  static ScramCredentials ofNobody(String userName, byte[] secret) {
    byte[] salt = Arrays.copyOf(hmac(secret, userName.getBytes(StandardCharsets.UTF_8)), 16);
    return new ScramCredentials(salt, ITERATIONS, secret, secret);
  }

  /// Makes the credentials of a password. Costs milliseconds: not for an event loop.
  ///
  /// @param salt any text that other accounts do not have
  public static ScramCredentials ofPassword(String password, String salt) {
    return ofPassword(password, salt.getBytes(StandardCharsets.UTF_8));
  }

  /// The same with a salt that is no text.
  static ScramCredentials ofPassword(String password, byte[] salt) {
    byte[] salted = salted(password, salt);
    byte[] clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.UTF_8));
    return new ScramCredentials(
        salt,
        ITERATIONS,
        sha256(clientKey),
        hmac(salted, "Server Key".getBytes(StandardCharsets.UTF_8)));
  }

  /// Whether a client that made this proof knows the password.
  ///
  /// @param signed the text of the exchange that both sides sign
  boolean isProvedBy(byte[] proof, byte[] signed) {
    byte[] signature = hmac(storedKey, signed);
    if (proof.length != signature.length) {
      return false;
    }
    byte[] clientKey = new byte[proof.length];
    for (int i = 0; i < proof.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(sha256(clientKey), storedKey);
  }

  /// By what the client knows that the server has the account.
  byte[] serverSignature(byte[] signed) {
    return hmac(serverKey, signed);
  }

  private static byte[] salted(String password, byte[] salt) {
    try {
      KeySpec spec = new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, KEY_BITS);
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
