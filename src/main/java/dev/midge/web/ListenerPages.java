package dev.midge.web;

import dev.midge.listener.Endpoint;
import dev.midge.listener.EndpointJson;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What is said about the listeners, to people and to programs.
final class ListenerPages {
  private final Supplier<List<Endpoint>> endpoints;
  private final Pages pages;

  ListenerPages(Supplier<List<Endpoint>> endpoints, Pages pages) {
    this.endpoints = endpoints;
    this.pages = pages;
  }

  /// Every listener, with a line to paste.
  Answer all(Request request) {
    return page(request, "listeners");
  }

  /// Those with something wrong on purpose.
  Answer bad(Request request) {
    return page(request, "faults");
  }

  /// All of it for programs.
  Answer json(Request request) {
    return Host.of(request)
        .map(host ->
            Answers.shared(
                Answers.of(
                    200,
                    Answers.JSON,
                    new EndpointJson(host.name(), host.origin(), false).text(endpoints.get()))))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private Answer page(Request request, String template) {
    return Host.of(request)
        .map(host -> pages.page(200, template, Map.of("listeners", views(host), "host", host)))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private List<ListenerView> views(Host host) {
    return endpoints.get().stream().map(open -> ListenerView.of(open, host)).toList();
  }
}
