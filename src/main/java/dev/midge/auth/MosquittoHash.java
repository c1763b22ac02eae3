package dev.midge.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.params.KeyParameter;

/// A hash as mosquitto_passwd writes it: PBKDF2 with SHA-512 (`$7$`), or SHA-512 of the password
/// and a salt once (`$6$`, before Mosquitto 2.0).
///
/// @param iterations how often, or 0 for the old kind
record MosquittoHash(int iterations, byte[] salt, byte[] hash) implements PasswordHash {
  private static final Pattern FORM =
      Pattern.compile("\\$(?:6|7\\$(\\d{1,7}))\\$([A-Za-z0-9+/=]{4,172})\\$([A-Za-z0-9+/]{86}==)");
  private static final int ITERATIONS_MAX = 1_000_000;

  static MosquittoHash of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("a hash of mosquitto_passwd, $7$ITERATIONS$SALT$HASH");
    }
    int iterations = form.group(1) == null ? 0 : Integer.parseInt(form.group(1));
    if (form.group(1) != null && (iterations < 1 || iterations > ITERATIONS_MAX)) {
      throw new IllegalArgumentException(
          "a hash of mosquitto_passwd with 1 to " + ITERATIONS_MAX + " iterations");
    }
    return new MosquittoHash(
        iterations,
        Base64.getDecoder().decode(form.group(2)),
        Base64.getDecoder().decode(form.group(3)));
  }

  @Override
  public boolean matches(byte[] password) {
    return MessageDigest.isEqual(iterations == 0 ? once(password) : derived(password), hash);
  }

  private byte[] derived(byte[] password) {
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA512Digest());
    generator.init(password, salt, iterations);
    return ((KeyParameter) generator.generateDerivedMacParameters(hash.length * 8)).getKey();
  }

  private byte[] once(byte[] password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(password);
      return digest.digest(salt);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing);
    }
  }
}
