package dev.midge.web;

import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.listener.Endpoint;
import dev.midge.listener.ListenerSpec;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/// What is said about the listeners, to people and to programs.
final class ListenerPages {
  private final Map<String, ListenerSpec> specs;
  private final Supplier<List<Endpoint>> endpoints;
  private final Pages pages;

  ListenerPages(List<ListenerSpec> specs, Supplier<List<Endpoint>> endpoints, Pages pages) {
    this.specs = specs.stream().collect(toMap(ListenerSpec::name, Function.identity()));
    this.endpoints = endpoints;
    this.pages = pages;
  }

  /// The first page: where to connect.
  Answer first(Request request) {
    return page(request, "index");
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
        .map(host -> Answers.shared(Answers.of(200, Answers.JSON, json(host))))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private Answer page(Request request, String template) {
    return Host.of(request)
        .map(host -> pages.page(200, template, Map.of("listeners", views(host), "host", host)))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private List<ListenerView> views(Host host) {
    return endpoints.get().stream()
        .map(open -> ListenerView.of(Objects.requireNonNull(specs.get(open.name())), open, host))
        .toList();
  }

  private String json(Host host) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (ListenerView listener : views(host)) {
        json.writeStartObject();
        json.writeStringField("name", listener.name());
        json.writeStringField("summary", listener.summary());
        json.writeStringField("url", listener.url());
        json.writeStringField("host", host.name());
        json.writeNumberField("port", listener.port());
        json.writeStringField("transport", listener.transport());
        json.writeBooleanField("tls", listener.isTls());
        json.writeStringField("auth", listener.auth());
        json.writeStringField("connect", listener.connect());
        if (listener.isTls()) {
          json.writeStringField("fault", listener.fault());
          json.writeStringField("verdict", listener.verdict());
          json.writeStringField("ca", host.origin() + "/ca.crt");
        }
        if (listener.isBad()) {
          json.writeStringField("explanation", listener.explanation());
          json.writeStringField("page", host.origin() + "/faults#" + listener.name());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return text + "\n";
  }
}
