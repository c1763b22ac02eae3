package dev.midge.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.limit.AddressFigures;
import dev.midge.limit.Addresses;
import dev.midge.listener.LimitTable;
import dev.midge.listener.LimitsJson;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// What this server allows, as it is configured now, and how much of that the one who asks has.
final class LimitPages {
  private final Supplier<LimitTable> now;
  private final Addresses addresses;
  private final Pages pages;

  LimitPages(Supplier<LimitTable> now, Addresses addresses, Pages pages) {
    this.now = now;
    this.addresses = addresses;
    this.pages = pages;
  }

  /// All limits, for people.
  Answer all(Request request) {
    LimitTable table = now.get();
    Map<String, Map<String, String>> listeners = new LinkedHashMap<>();
    Map<Map<String, String>, String> alike = new LinkedHashMap<>();
    table
        .listeners()
        .forEach((name, limits) -> alike.merge(limits, name, (one, other) -> one + ", " + other));
    alike.forEach((limits, names) -> listeners.put(names, limits));
    return pages.page(
        200,
        "limits",
        Map.of(
            "own", OwnLimits.of(addresses.figures(request.client())),
            "addresses", table.addresses().entrySet(),
            "server", table.server().entrySet(),
            "listeners", listeners.entrySet()));
  }

  /// The same for programs.
  Answer json(Request request) {
    LimitTable table = now.get();
    return Answers.shared(
        Answers.of(
            200,
            Answers.JSON,
            Json.text(json -> {
              json.writeStartObject();
              object(json, "addresses", table.addresses());
              object(json, "server", table.server());
              json.writeObjectFieldStart("listeners");
              for (Map.Entry<String, Map<String, String>> each : table.listeners().entrySet()) {
                object(json, each.getKey(), each.getValue());
              }
              json.writeEndObject();
              json.writeEndObject();
            })));
  }

  /// What the address that asks has, and what is left to it.
  Answer own(Request request) {
    AddressFigures figures = addresses.figures(request.client());
    return Answers.of(200, Answers.JSON, Json.text(json -> LimitsJson.write(json, figures)));
  }

  private static void object(JsonGenerator json, String name, Map<String, String> values)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, String> each : values.entrySet()) {
      json.writeStringField(each.getKey(), each.getValue());
    }
    json.writeEndObject();
  }
}
