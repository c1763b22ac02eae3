package dev.midge.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.limit.AddressFigures;
import dev.midge.limit.Addresses;
import dev.midge.limit.Ban;
import dev.midge.listener.LimitTable;
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
    return Answers.of(200, Answers.JSON, Json.text(json -> write(json, figures)));
  }

  private static void write(JsonGenerator json, AddressFigures figures) throws IOException {
    json.writeStartObject();
    json.writeStringField("address", figures.address());
    json.writeBooleanField("exempt", figures.isExempt());
    json.writeBooleanField("limited", figures.ban() != null || figures.left().isLimited());
    Ban ban = figures.ban();
    if (ban == null) {
      json.writeNullField("ban");
    } else {
      json.writeObjectFieldStart("ban");
      json.writeStringField("reason", ban.reason());
      number(json, "seconds_left", figures.banSecondsLeft());
      json.writeEndObject();
    }
    json.writeObjectFieldStart("has");
    json.writeNumberField("connections", figures.has().connections());
    json.writeNumberField("sessions", figures.has().sessions());
    json.writeNumberField("subscriptions", figures.has().subscriptions());
    json.writeNumberField("queued_bytes", figures.has().queuedBytes());
    json.writeNumberField("retained_messages", figures.has().retainedMessages());
    json.writeNumberField("retained_bytes", figures.has().retainedBytes());
    json.writeEndObject();
    json.writeObjectFieldStart("left");
    number(json, "connects", figures.left().connects());
    number(json, "failures", figures.left().failures());
    number(json, "publishes", figures.left().publishes());
    number(json, "subscribes", figures.left().subscribes());
    number(json, "bytes_in", figures.left().bytesIn());
    number(json, "bytes_out", figures.left().bytesOut());
    json.writeEndObject();
    json.writeEndObject();
  }

  /// A number, or null where there is no limit.
  private static void number(JsonGenerator json, String name, long value) throws IOException {
    if (value < 0) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
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
