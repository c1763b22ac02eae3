package dev.midge.web;

import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Where clients get tokens to test with. Any thread.
final class TokenDesk {
  private static final Set<String> FIELDS = Set.of("alg", "sub", "seconds", "publish", "subscribe");
  private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256", "HS256");
  private static final int SECONDS = 300;
  private static final int SECONDS_MAX = 3600;
  private static final int QUERY_LENGTH_MAX = 2048;

  private final TokenIssuer issuer;
  private final Pages pages;

  TokenDesk(TokenIssuer issuer, Pages pages) {
    this.issuer = issuer;
    this.pages = pages;
  }

  void addTo(Map<String, Resource> resources) {
    resources.put("/api/v1/tokens", Resource.get(this::issue));
    resources.put(
        "/jwks.json",
        Resource.get(
            _ -> Answers.shared(Answers.of(200, "application/jwk-set+json", issuer.publicKeys()))));
  }

  private Answer issue(Request request) {
    try {
      if (request.query().length() > QUERY_LENGTH_MAX) {
        throw new InvalidRequest("The query is too long.");
      }
      Fields fields = Fields.read(request.query(), FIELDS);
      String algorithm = fields.value("alg").isEmpty() ? "ES256" : fields.value("alg");
      if (!ALGORITHMS.contains(algorithm)) {
        throw new InvalidRequest("The field alg must be ES256, RS256 or HS256.");
      }
      int seconds = fields.value("seconds").isEmpty() ? SECONDS : fields.whole("seconds");
      if (seconds < 1 || seconds > SECONDS_MAX) {
        throw new InvalidRequest("The field seconds must be 1 to " + SECONDS_MAX + ".");
      }
      String token =
          issuer.issue(
              algorithm,
              fields.value("sub").isEmpty() ? "tester" : fields.value("sub"),
              seconds,
              filters(fields.value("publish")),
              filters(fields.value("subscribe")));
      return Answers.with(
          Answers.shared(Answers.of(200, Answers.TEXT, token)), "cache-control", "no-store");
    } catch (InvalidRequest e) {
      return pages.error(request, 400, String.valueOf(e.getMessage()));
    }
  }

  private static List<String> filters(String value) {
    return Stream.of(value.split(",", -1)).filter(filter -> !filter.isEmpty()).toList();
  }
}
