package dev.midge.web;

import dev.midge.broker.Inspection;
import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.packet.Message;
import dev.midge.packet.ProtocolViolation;
import dev.midge.packet.TopicFilter;
import dev.midge.packet.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where the operator sees which topics have a retained message, and takes them away. Any thread.
final class RetainedDesk {
  private static final String FILTER = "filter";

  /// So many are forgotten in one turn of a loop.
  private static final int STEP = 1000;

  private final Inspection inspection;

  RetainedDesk(Inspection inspection) {
    this.inspection = inspection;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Map<String, OperatorSite.Action>> actions) {
    actions.put("/api/v1/retained", Map.of("GET", this::all, "DELETE", this::clear));
  }

  private Answer all(Request request) throws Problem {
    Page page = Page.of(request, FILTER);
    Page.Gathering<Message> found = page.gathering(message -> message.topic().toString());
    inspection.retained(filter(page.fields()), found::add);
    return SessionDesk.page(
        "retained",
        found.next(),
        found.items(),
        (json, message) -> {
          json.writeStringField("topic", message.topic().toString());
          json.writeNumberField("qos", message.qos().level());
          json.writeNumberField("payload_bytes", message.payload().length);
          json.writeStringField("publisher", message.publisherId());
        });
  }

  private Answer clear(Request request) throws Problem {
    List<TopicName> topics = new ArrayList<>();
    try {
      Fields fields = Fields.read(request.query(), Set.of(FILTER));
      inspection.retained(filter(fields), message -> topics.add(message.topic()));
    } catch (InvalidRequest e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
    for (int i = 0; i < topics.size(); i += STEP) {
      SessionDesk.await(
          inspection.clearRetained(topics.subList(i, Math.min(i + STEP, topics.size()))));
    }
    return Answers.of(
        200,
        Answers.JSON,
        Json.text(json -> {
          json.writeStartObject();
          json.writeNumberField("removed", topics.size());
          json.writeEndObject();
        }));
  }

  private static TopicFilter filter(Fields fields) throws Problem {
    try {
      TopicFilter filter = TopicFilter.of(fields.value(FILTER));
      if (!filter.isShared()) {
        return filter;
      }
    } catch (ProtocolViolation _) {
      // Told below.
    }
    throw Problem.badRequest("'filter' must be a topic, or a filter like spam/#.");
  }
}
