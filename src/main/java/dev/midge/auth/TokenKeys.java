package dev.midge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys of the tokens that this server makes, one for each algorithm: made when they are first
/// needed, and kept in a file that only the server may read. Any thread.
final class TokenKeys {
  private static final int RSA_BITS = 2048;
  private static final int SECRET_BITS = 256;

  private final Path folder;
  private @Nullable JWKSet keys;

  TokenKeys(Path folder) {
    this.folder = folder;
  }

  /// The key for an algorithm.
  JWK own(JWSAlgorithm algorithm) {
    return own().getKeys().stream()
        .filter(key -> algorithm.equals(key.getAlgorithm()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no key for " + algorithm));
  }

  /// All of them.
  ///
  /// @throws UncheckedIOException when they cannot be read or kept
  synchronized JWKSet own() {
    if (keys == null) {
      try {
        keys = load();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return keys;
  }

  private JWKSet load() throws IOException {
    Path file = folder.resolve("keys.jwks");
    if (Files.exists(file)) {
      try {
        return JWKSet.parse(Files.readString(file));
      } catch (ParseException e) {
        throw new IOException(file + " is no JWK Set: remove it, and another is made", e);
      }
    }
    JWKSet fresh = make();
    Files.createDirectories(folder);
    // A temporary file is readable by nobody else, and stays so.
    Path temporary = Files.createTempFile(folder, "keys-", ".tmp");
    Files.writeString(temporary, fresh.toString(false));
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    return fresh;
  }

  private static JWKSet make() {
    try {
      return new JWKSet(
          List.of(
              new ECKeyGenerator(Curve.P_256)
                  .algorithm(JWSAlgorithm.ES256)
                  .keyUse(KeyUse.SIGNATURE)
                  .keyIDFromThumbprint(true)
                  .generate(),
              new RSAKeyGenerator(RSA_BITS)
                  .algorithm(JWSAlgorithm.RS256)
                  .keyUse(KeyUse.SIGNATURE)
                  .keyIDFromThumbprint(true)
                  .generate(),
              new OctetSequenceKeyGenerator(SECRET_BITS)
                  .algorithm(JWSAlgorithm.HS256)
                  .keyUse(KeyUse.SIGNATURE)
                  .keyIDFromThumbprint(true)
                  .generate()));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
