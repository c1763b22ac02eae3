package dev.midge.web;

import dev.midge.listener.EndpointJson;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.Map;
import java.util.Set;

/// What is said about the listeners, to people and to programs.
final class ListenerPages {
  private final Listings listings;
  private final Pages pages;

  ListenerPages(Listings listings, Pages pages) {
    this.listings = listings;
    this.pages = pages;
  }

  /// Every listener, with lines to copy.
  Answer all(Request request) {
    return page(request, "listeners");
  }

  /// Those with something wrong on purpose.
  Answer bad(Request request) {
    return page(request, "faults");
  }

  /// How to connect to the one that the query names.
  Answer one(Request request) {
    return pages.withHost(
        request,
        host -> {
          String name = Fields.read(request.query(), Set.of("listener")).value("listener");
          return listings.views(host).stream()
              .filter(listener -> listener.name().equals(name))
              .findFirst()
              .map(listener -> pages.page(200, "connect", Map.of("listener", listener)))
              .orElseGet(() -> pages.error(request, 404, "There is no listener of that name."));
        });
  }

  /// All of it for programs.
  Answer json(Request request) {
    return pages.withHost(
        request,
        host ->
            Answers.shared(
                Answers.of(
                    200,
                    Answers.JSON,
                    new EndpointJson(host.name(), host.origin(), false)
                        .text(listings.endpoints().get()))));
  }

  private Answer page(Request request, String template) {
    return pages.withHost(
        request,
        host ->
            pages.page(
                200,
                template,
                Map.of(
                    "listeners", listings.views(host), "host", host, "login", listings.login())));
  }
}
