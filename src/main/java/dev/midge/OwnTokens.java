package dev.midge;

import dev.midge.auth.Tokens;
import dev.midge.web.TokenIssuer;
import java.time.Instant;
import java.util.List;

/// What the site makes tokens with.
///
/// @param tokens who knows the keys
record OwnTokens(Tokens tokens) implements TokenIssuer {
  @Override
  public String issue(
      String algorithm, String subject, int seconds, List<String> publish, List<String> subscribe) {
    return tokens.issue(algorithm, subject, Instant.now().plusSeconds(seconds), publish, subscribe);
  }

  @Override
  public String publicKeys() {
    return tokens.publicKeys();
  }
}
