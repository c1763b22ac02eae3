package dev.midge.auth;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// A password's bcrypt hash. Needs little memory to check, so that strangers who guess cannot take
/// much. Of long passwords the first 72 bytes count.
///
/// @param text in the usual form, `$2b$10$...`
record BcryptHash(String text) implements PasswordHash {
  private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
  private static final int COST_MAX = 14;
  private static final int PASSWORD_BYTES_MAX = 72;

  static BcryptHash of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("a bcrypt hash, $2b$ with 2 digits and 53 characters");
    }
    int cost = Integer.parseInt(form.group(1));
    if (cost < 4 || cost > COST_MAX) {
      throw new IllegalArgumentException("a bcrypt hash of cost 4 to " + COST_MAX);
    }
    return new BcryptHash(text);
  }

  /// Hashes a password.
  ///
  /// @param cost the logarithm of the work, 4 to 14
  static BcryptHash make(byte[] password, int cost, SecureRandom random) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    return new BcryptHash(OpenBSDBCrypt.generate("2b", counting(password), salt, cost));
  }

  @Override
  public boolean matches(byte[] password) {
    return OpenBSDBCrypt.checkPassword(text, counting(password));
  }

  private static byte[] counting(byte[] password) {
    return Arrays.copyOf(password, Math.min(password.length, PASSWORD_BYTES_MAX));
  }
}
