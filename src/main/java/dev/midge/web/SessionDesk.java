package dev.midge.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.broker.Inspection;
import dev.midge.broker.Inspection.SessionFigures;
import dev.midge.broker.Inspection.SubscriptionFigures;
import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.packet.ProtocolVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Where the operator sees clients, sessions and subscriptions, and ends them. Any thread.
final class SessionDesk {
  private static final int PATIENCE_SECONDS = 5;
  private static final String ID = "client_id";
  private static final String WHY = "the operator has ended this";

  private final Inspection inspection;

  SessionDesk(Inspection inspection) {
    this.inspection = inspection;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Map<String, OperatorSite.Action>> actions) {
    actions.put(
        "/api/v1/clients",
        Map.of(
            "GET",
            request -> sessions(request, "clients", true),
            "DELETE",
            request -> end(inspection.disconnect(clientId(request), WHY))));
    actions.put(
        "/api/v1/sessions",
        Map.of(
            "GET",
            request -> sessions(request, "sessions", false),
            "DELETE",
            request -> end(inspection.endSession(clientId(request), WHY))));
    actions.put("/api/v1/subscriptions", Map.of("GET", this::subscriptions));
  }

  private Answer sessions(Request request, String name, boolean connected) throws Problem {
    Page page = Page.of(request);
    Page.Gathering<String> ids = page.gathering(id -> id);
    await(inspection.clientIds(connected)).forEach(ids::add);
    List<SessionFigures> sessions = new ArrayList<>(await(inspection.sessions(ids.items())));
    sessions.removeIf(session -> connected && session.visit() == null); // It has just left.
    sessions.sort(Comparator.comparing(SessionFigures::clientId));
    return page(name, ids.next(), sessions, SessionDesk::write);
  }

  private static void write(JsonGenerator json, SessionFigures session) throws IOException {
    json.writeStringField(ID, session.clientId());
    Inspection.Visit visit = session.visit();
    json.writeBooleanField("connected", visit != null);
    if (visit != null) {
      json.writeStringField("user_name", visit.userName());
      json.writeStringField("address", visit.remoteAddress());
      json.writeStringField("version", version(visit.version()));
    }
    json.writeStringField("listener", session.listener());
    json.writeStringField("durability", session.durability().name().toLowerCase(Locale.ROOT));
    json.writeNumberField("expiry_seconds", session.expirySeconds());
    json.writeBooleanField("will", session.hasWill());
    json.writeNumberField("subscriptions", session.subscriptions());
    json.writeNumberField("queued_messages", session.queuedMessages());
    json.writeNumberField("inflight_messages", session.inflightMessages());
    json.writeNumberField("waiting_bytes", session.waitingBytes());
  }

  private static String version(ProtocolVersion version) {
    return switch (version) {
      case MQTT_3_1 -> "3.1";
      case MQTT_3_1_1 -> "3.1.1";
      case MQTT_5 -> "5.0";
    };
  }

  private Answer subscriptions(Request request) throws Problem {
    Page page = Page.of(request, ID);
    String clientId = required(page.fields());
    if (await(inspection.sessions(List.of(clientId))).isEmpty()) {
      throw noSession();
    }
    Page.Gathering<SubscriptionFigures> all =
        page.gathering(subscription -> subscription.filter().toString());
    await(inspection.subscriptions(clientId)).forEach(all::add);
    return page("subscriptions", all.next(), all.items(), SessionDesk::write);
  }

  private static void write(JsonGenerator json, SubscriptionFigures subscription)
      throws IOException {
    json.writeStringField("filter", subscription.filter().toString());
    json.writeNumberField("qos", subscription.qos().level());
    json.writeBooleanField("no_local", subscription.noLocal());
    json.writeBooleanField("retain_as_published", subscription.retainAsPublished());
    if (subscription.identifier() == 0) {
      json.writeNullField("identifier");
    } else {
      json.writeNumberField("identifier", subscription.identifier());
    }
  }

  private static Answer end(CompletableFuture<Boolean> ending) throws Problem {
    if (!await(ending)) {
      throw noSession();
    }
    return OperatorSite.done(204);
  }

  private static Problem noSession() {
    return new Problem(404, "Not found", "There is no such client.");
  }

  private static String clientId(Request request) throws Problem {
    try {
      return required(Fields.read(request.query(), Set.of(ID)));
    } catch (InvalidRequest e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static String required(Fields fields) throws Problem {
    String clientId = fields.value(ID);
    if (clientId.isEmpty()) {
      throw Problem.badRequest("'" + ID + "' must be there.");
    }
    return clientId;
  }

  /// Writes one item of a list.
  interface Item<T> {
    /// Writes its fields.
    void write(JsonGenerator json, T item) throws IOException;
  }

  /// An answer with a part of a list.
  ///
  /// @param next what the next part comes after, or null when this is the last one
  static <T> Answer page(String name, @Nullable String next, List<T> items, Item<T> item) {
    return Answers.of(
        200,
        Answers.JSON,
        Json.text(json -> {
          json.writeStartObject();
          json.writeArrayFieldStart(name);
          for (T each : items) {
            json.writeStartObject();
            item.write(json, each);
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeStringField("next", next);
          json.writeEndObject();
        }));
  }

  /// What a loop answers; one that is stuck is told of.
  static <T> T await(CompletableFuture<T> answer) throws Problem {
    try {
      return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw new Problem(503, "Not now", "An event loop did not answer in time.");
      }
      throw e;
    }
  }
}
