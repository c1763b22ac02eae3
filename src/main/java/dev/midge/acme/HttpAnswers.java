package dev.midge.acme;

import dev.midge.certs.HttpChallenges;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What the web site says to an authority that looks whether a domain is ours: only as long as an
/// order is under way, and only for the tokens of that order. Any thread.
final class HttpAnswers implements HttpChallenges {
  private final Map<String, String> authorizations = new ConcurrentHashMap<>();

  void put(String token, String authorization) {
    authorizations.put(token, authorization);
  }

  void remove(String token) {
    authorizations.remove(token);
  }

  @Override
  public Optional<String> answer(String token) {
    return Optional.ofNullable(authorizations.get(token));
  }
}
