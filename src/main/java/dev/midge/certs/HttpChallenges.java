package dev.midge.certs;

import java.util.Optional;

/// What this server tells an ACME server that asks over HTTP whether a host is ours (http-01, RFC
/// 8555 section 8.3). Any thread.
@FunctionalInterface
public interface HttpChallenges {
  /// Nothing was ordered, and nothing is told.
  HttpChallenges NONE = _ -> Optional.empty();

  /// The key authorization for a token of an order that is under way, and nothing for any other.
  Optional<String> answer(String token);
}
