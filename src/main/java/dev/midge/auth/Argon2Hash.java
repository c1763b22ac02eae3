package dev.midge.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// A password's Argon2id hash (RFC 9106).
///
/// @param memoryKib the memory that it takes to check, in KiB
/// @param passes how often that memory is gone through
/// @param lanes into how many parts it falls
record Argon2Hash(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash)
    implements PasswordHash {
  private static final Pattern FORM =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,6}),t=(\\d{1,2}),p=(\\d)"
              + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

  /// More would let a few guesses fill the heap.
  private static final int MEMORY_KIB_MAX = 64 << 10;

  private static final int PASSES_MAX = 10;

  static Argon2Hash of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "an Argon2id hash, like $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH");
    }
    int memoryKib = Integer.parseInt(form.group(1));
    int passes = Integer.parseInt(form.group(2));
    int lanes = Integer.parseInt(form.group(3));
    if (lanes < 1 || memoryKib < 8 * lanes || memoryKib > MEMORY_KIB_MAX) {
      throw new IllegalArgumentException(
          "an Argon2id hash with p from 1 and m from 8 p to " + MEMORY_KIB_MAX);
    }
    if (passes < 1 || passes > PASSES_MAX) {
      throw new IllegalArgumentException("an Argon2id hash with t from 1 to " + PASSES_MAX);
    }
    return new Argon2Hash(
        memoryKib,
        passes,
        lanes,
        Base64.getDecoder().decode(form.group(4)),
        Base64.getDecoder().decode(form.group(5)));
  }

  @Override
  public boolean matches(byte[] password) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] made = new byte[hash.length];
    generator.generateBytes(password, made);
    return MessageDigest.isEqual(made, hash);
  }
}
