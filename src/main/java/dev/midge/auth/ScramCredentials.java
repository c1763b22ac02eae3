package dev.midge.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.spec.KeySpec;
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
