package dev.midge;

import dev.midge.certs.CredentialFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/// What the operator shows to be let in: a word in a file of the data folder that nobody else can
/// read, made by chance when there is none.
final class OperatorToken {
  private static final String FILE = "operator-token";
  private static final int BYTES = 32;

  /// That of 128 bits in base64.
  private static final int LENGTH_MIN = 22;

  private static final Set<PosixFilePermission> OF_OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private OperatorToken() {}

  /// The token, which is made if there is none.
  ///
  /// @throws StartFailure if others can read it, or it could be guessed
  static byte[] of(Path data) {
    Path file = data.resolve(FILE);
    try {
      return read(file);
    } catch (IOException e) {
      throw new StartFailure(file + ": cannot be read or made (" + e + ").", e);
    }
  }

  private static byte[] read(Path file) throws IOException {
    String token;
    try {
      token = Files.readString(file).strip();
    } catch (NoSuchFileException _) {
      return make(file).getBytes(StandardCharsets.US_ASCII);
    }
    if (!OF_OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      throw new StartFailure(
          file + ": others can read it. Say chmod 600, or remove it, and another is made.");
    }
    if (!token.matches("[A-Za-z0-9._~+/=-]{" + LENGTH_MIN + ",200}")) {
      throw new StartFailure(
          file
              + ": this is no token: it has 22 to 200 letters, digits and ._~+/=- in one line."
              + " Remove the file, and another is made.");
    }
    return token.getBytes(StandardCharsets.US_ASCII);
  }

  private static String make(Path file) throws IOException {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    CredentialFiles.replace(file, token + "\n", true);
    return token;
  }
}
