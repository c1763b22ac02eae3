package dev.midge.web;

import dev.midge.certs.HttpChallenges;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Site;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The web site of the server: finds what is at a path, and lets it answer. Any thread.
public final class WebSite implements Site {
  private static final String CHALLENGES = "/.well-known/acme-challenge/";

  private final HttpChallenges challenges;
  private final Map<String, Resource> resources = new HashMap<>();
  private final Pages pages;

  /// @param version the version of this program
  /// @param endpoints what is open at the moment
  /// @param challenges what ACME servers are told
  public WebSite(String version, Supplier<List<Endpoint>> endpoints, HttpChallenges challenges) {
    this.challenges = challenges;
    Asset style = Asset.load("site.css");
    this.pages = new Pages(style.version(), version);
    resources.put("/assets/site.css", Resource.get(style::answer));
    resources.put(
        "/", Resource.get(_ -> pages.page(200, "index", Map.of("endpoints", endpoints.get()))));
  }

  @Override
  public Answer answer(Request request) {
    return Answers.tagged(find(request.path()).answer(request, pages), request);
  }

  /// What is at a path. A path is what it is: nothing in it is decoded or mended.
  private Resource find(String path) {
    Resource resource = resources.get(path);
    if (resource != null) {
      return resource;
    }
    if (path.startsWith(CHALLENGES)) {
      return Resource.get(request -> challenge(request, path.substring(CHALLENGES.length())));
    }
    return Resource.get(this::notFound);
  }

  private Answer challenge(Request request, String token) {
    return challenges
        .answer(token)
        .map(authorization -> Answers.of(200, "application/octet-stream", authorization))
        .orElseGet(() -> notFound(request));
  }

  private Answer notFound(Request request) {
    return pages.error(request, 404, "There is nothing at this address.");
  }
}
