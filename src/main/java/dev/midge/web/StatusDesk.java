package dev.midge.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.history.Columns;
import dev.midge.history.History;
import dev.midge.history.Span;
import dev.midge.history.Uptimes;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.observe.Reading;
import dev.midge.observe.Vitals;
import dev.midge.probe.ProbeJson;
import dev.midge.probe.ProbeRound;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How the server is, for programs and for the charts of the first page: whether each listener
/// answers, the figures of this moment and those until now.
final class StatusDesk {
  /// How long a request for the next figures waits for them; less than a request may take.
  private static final Duration PATIENCE = Duration.ofSeconds(7);

  private final Supplier<List<Endpoint>> endpoints;
  private final Watched watched;
  private final Pages pages;

  StatusDesk(Supplier<List<Endpoint>> endpoints, Watched watched, Pages pages) {
    this.endpoints = endpoints;
    this.watched = watched;
    this.pages = pages;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Resource> resources) {
    resources.put("/api/v1/status", Resource.get(this::status));
    resources.put("/api/v1/statistics", Resource.get(this::statistics));
    resources.put("/api/v1/statistics/history", Resource.get(this::history));
    resources.put("/api/v1/events", Resource.get(this::event));
  }

  private Answer status(Request request) {
    return Host.of(request)
        .map(host -> json(json -> writeStatus(json, host)))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private void writeStatus(JsonGenerator json, Host host) throws IOException {
    long now = Instant.now().getEpochSecond();
    json.writeStartObject();
    json.writeStringField("time", Instant.ofEpochSecond(now).toString());
    ProbeRound round = watched.probes().get();
    if (round.equals(ProbeRound.NONE)) {
      json.writeNullField("looked_at");
    } else {
      json.writeStringField("looked_at", round.at().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    json.writeArrayFieldStart("listeners");
    for (Endpoint endpoint : endpoints.get()) {
      json.writeStartObject();
      json.writeStringField("name", endpoint.name());
      json.writeNumberField("port", endpoint.port());
      json.writeStringField("url", endpoint.url(host.name()));
      writeState(json, endpoint.name(), now);
      ProbeJson.write(json, round.of(endpoint.name()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeState(JsonGenerator json, String name, long now) throws IOException {
    Optional<Uptimes.State> state = watched.uptimes().state(name);
    if (state.isEmpty()) {
      json.writeNullField("up");
    } else {
      json.writeBooleanField("up", state.get().isUp());
      json.writeStringField("since", Instant.ofEpochSecond(state.get().sinceSeconds()).toString());
    }
    json.writeNumberField("bar_seconds", Span.WEEK.stepSeconds());
    json.writeArrayFieldStart("bars");
    for (Uptimes.Bar bar : watched.uptimes().bars(name, UptimeView.BARS, now)) {
      if (bar.up() < 0) {
        json.writeNull();
      } else {
        json.writeNumber(Math.round(bar.up() * 1000) / 1000.0);
      }
    }
    json.writeEndArray();
  }

  private Answer statistics(Request request) {
    return json(json -> {
      Vitals.Sample sample = watched.vitals().latest();
      json.writeStartObject();
      writeFigures(json, sample);
      writeTotals(json, sample.reading());
      json.writeEndObject();
    });
  }

  private static void writeFigures(JsonGenerator json, Vitals.Sample sample) throws IOException {
    json.writeObjectFieldStart("now");
    for (int i = 0; i < Vitals.NAMES.size(); i++) {
      json.writeNumberField(Vitals.NAMES.get(i), Math.round(sample.figures().get(i) * 1e4) / 1e4);
    }
    json.writeEndObject();
  }

  private static void writeTotals(JsonGenerator json, Reading reading) throws IOException {
    json.writeObjectFieldStart("since_start");
    json.writeNumberField("seconds", reading.uptimeSeconds());
    json.writeNumberField("messages_in", reading.publishesReceived());
    json.writeNumberField("messages_out", reading.publishesSent());
    json.writeNumberField("messages_dropped", reading.publishesDropped());
    json.writeNumberField("packets_in", reading.packetsReceived());
    json.writeNumberField("packets_out", reading.packetsSent());
    json.writeNumberField("bytes_in", reading.bytesReceived());
    json.writeNumberField("bytes_out", reading.bytesSent());
    json.writeNumberField("connections", reading.sockets());
    json.writeNumberField("connects", reading.connects());
    json.writeNumberField("connects_refused", reading.refused());
    json.writeEndObject();
  }

  private Answer history(Request request) {
    String wanted =
        request.query().startsWith("span=") ? request.query().substring("span=".length()) : "1h";
    return Span.of(wanted)
        .map(span -> json(json -> writeHistory(json, span)))
        .orElseGet(() -> pages.error(request, 400, "A span is one of 1h, 24h and 7d."));
  }

  private void writeHistory(JsonGenerator json, Span span) throws IOException {
    History history = watched.history();
    Columns columns = history.read(span, Instant.now().getEpochSecond());
    json.writeStartObject();
    json.writeStringField("span", span.toString());
    json.writeNumberField("step_seconds", span.stepSeconds());
    json.writeArrayFieldStart("time");
    for (long time : columns.times()) {
      json.writeNumber(time);
    }
    json.writeEndArray();
    json.writeObjectFieldStart("figures");
    for (int i = 0; i < history.names().size(); i++) {
      json.writeArrayFieldStart(history.names().get(i));
      for (float value : columns.columns().get(i)) {
        writeShort(json, value);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  /// Writes a number as short as a chart needs it.
  private static void writeShort(JsonGenerator json, float value) throws IOException {
    if (value == Math.rint(value) || value > 1000) {
      json.writeNumber(Math.round((double) value));
    } else {
      json.writeNumber(Math.round(value * 1e3) / 1e3);
    }
  }

  /// The next figures, as an event: one for each request. A browser asks for the next one by
  /// itself, so nothing stays open that a restart or a proxy would break.
  private Answer event(Request request) {
    Vitals.Sample sample;
    try {
      sample = watched.vitals().after(number(request.header("last-event-id")), PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return pages.error(request, 503, "The server stops.");
    }
    String data =
        Json.text(json -> {
          json.writeStartObject();
          json.writeNumberField("time", Instant.now().getEpochSecond());
          writeFigures(json, sample);
          json.writeArrayFieldStart("down");
          for (Endpoint endpoint : endpoints.get()) {
            if (isDown(endpoint.name())) {
              json.writeString(endpoint.name());
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
    return Answers.with(
        Answers.of(
            200,
            "text/event-stream",
            "retry: 200\nid: " + sample.number() + "\ndata: " + data + "\n"),
        "cache-control",
        "no-store");
  }

  private boolean isDown(String name) {
    return watched.uptimes().state(name).map(state -> !state.isUp()).orElse(false);
  }

  private static long number(@Nullable String text) {
    return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }

  private static Answer json(Json.Writing writing) {
    return Answers.shared(Answers.of(200, Answers.JSON, Json.text(writing)));
  }
}
