package dev.midge.certs;

import java.util.Optional;

/// What this server shows an ACME server that asks in a TLS handshake whether a host is ours
/// (tls-alpn-01, RFC 8737). Any thread.
@FunctionalInterface
public interface TlsChallenges {
  /// The protocol that is asked for in such a handshake.
  String PROTOCOL = "acme-tls/1";

  /// Nothing was ordered, and nothing is shown.
  TlsChallenges NONE = Optional::empty;

  /// What to show at the moment, if an order is under way that is proved so.
  Optional<Credential> proof();
}
