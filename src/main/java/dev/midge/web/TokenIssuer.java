package dev.midge.web;

import java.util.List;

/// Who makes tokens to test with. A port.
public interface TokenIssuer {
  /// Makes a token.
  ///
  /// @param algorithm `RS256`, `ES256` or `HS256`
  /// @param seconds how long it lives
  /// @param publish the filters of topics to publish to, or none for no such list
  /// @param subscribe the filters to subscribe to, or none for no such list
  String issue(
      String algorithm, String subject, int seconds, List<String> publish, List<String> subscribe);

  /// The public keys that tokens are checked by, as a JWK Set in JSON.
  String publicKeys();
}
