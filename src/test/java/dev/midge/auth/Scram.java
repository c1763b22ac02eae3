package dev.midge.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The client's side of SCRAM-SHA-256 (RFC 5802, section 3).
final class Scram {
  private Scram() {}

  /// The proof, in base 64, of a client that knows the password.
  ///
  /// @param salt in base 64
  /// @param signed what both sides have said
  static String proof(String password, String salt, byte[] signed) {
    try {
      byte[] saltBytes = Base64.getDecoder().decode(salt);
      PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), saltBytes, 4096, 256);
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
      byte[] clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.UTF_8));
      byte[] signature = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), signed);
      for (int i = 0; i < clientKey.length; i++) {
        clientKey[i] ^= signature[i];
      }
      return Base64.getEncoder().encodeToString(clientKey);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(data);
  }
}
