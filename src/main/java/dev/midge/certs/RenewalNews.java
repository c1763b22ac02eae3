package dev.midge.certs;

import java.util.Optional;

/// How it stands with the renewal of a certificate that somebody else signs, in a sentence for
/// people. Any thread.
@FunctionalInterface
public interface RenewalNews {
  /// All certificates are our own, and there is nothing to tell.
  RenewalNews NONE = _ -> Optional.empty();

  /// How it stands with the certificate with this name.
  Optional<String> about(String name);
}
