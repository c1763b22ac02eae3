package dev.midge.web;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Whether the server is well, for programs that start it again if it is not: 200 and `UP`, or 503
/// and `DOWN`.
final class HealthPages {
  private final BooleanSupplier started;
  private final Supplier<List<String>> unanswered;

  /// @param started whether the server has opened all it has to open
  /// @param unanswered the names of the listeners that do not answer just now
  HealthPages(BooleanSupplier started, Supplier<List<String>> unanswered) {
    this.started = started;
    this.unanswered = unanswered;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Resource> resources) {
    resources.put("/q/health", Resource.get(this::ready));
    resources.put("/q/health/live", Resource.get(_ -> answer(true, List.of())));
    resources.put("/q/health/started", Resource.get(_ -> answer(isStarted(), List.of())));
    resources.put("/q/health/ready", Resource.get(this::ready));
  }

  private boolean isStarted() {
    return started.getAsBoolean();
  }

  private Answer ready(Request request) {
    List<String> silent = isStarted() ? unanswered.get() : List.of();
    return answer(isStarted() && silent.isEmpty(), silent);
  }

  private static Answer answer(boolean isWell, List<String> silent) {
    return Answers.with(
        Answers.of(
            isWell ? 200 : 503,
            Answers.JSON,
            Json.text(json -> {
              json.writeStartObject();
              json.writeStringField("status", isWell ? "UP" : "DOWN");
              if (!silent.isEmpty()) {
                json.writeArrayFieldStart("unanswered");
                for (String name : silent) {
                  json.writeString(name);
                }
                json.writeEndArray();
              }
              json.writeEndObject();
            })),
        "cache-control",
        "no-store");
  }
}
