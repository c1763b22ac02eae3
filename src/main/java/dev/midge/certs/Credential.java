package dev.midge.certs;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a server proves its name with.
///
/// @param key the secret
/// @param chain the certificates to show: that of the key, then those of its authorities as far as
///   clients need them
public record Credential(PrivateKey key, List<X509Certificate> chain) {

  /// The certificate of the key.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// The key as text, for its owner only.
  public String keyPem() {
    return Pem.of(key);
  }

  /// The certificates as text.
  public String chainPem() {
    return Pem.of(chain);
  }
}
