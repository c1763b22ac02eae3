package dev.midge.web;

import dev.midge.certs.InvalidRequest;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.probe.Courier;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a message is published and the next one read with an HTTP client, under the rules and
/// within the rates of an anonymous MQTT client.
final class MessageDesk {
  private static final int SECONDS = 5;

  /// What an answer takes besides, of the time that a request has.
  private static final int MARGIN_SECONDS = 2;

  private static final int NOT_AUTHORIZED = 0x87;
  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int SERVER_BUSY = 0x89;

  private final Courier courier;
  private final Pages pages;

  MessageDesk(Courier courier, Pages pages) {
    this.courier = courier;
    this.pages = pages;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Resource> resources) {
    resources.put(
        "/api/v1/messages",
        new Resource(
            Map.of(
                "POST",
                new Query(Set.of("topic", "qos", "retain")).then(this::publish, pages),
                "GET",
                new Query(Set.of("topic", "seconds", "retained", "raw")).then(this::next, pages))));
  }

  private Answer publish(Request request, Fields fields) throws InvalidRequest {
    String topic = topic(fields);
    if (topic.contains("+") || topic.contains("#")) {
      throw new InvalidRequest("A topic to publish to has no wildcards.");
    }
    int qos = fields.value("qos").isEmpty() ? 1 : fields.whole("qos");
    if (qos > 1) {
      throw new InvalidRequest("The field qos must be 0 or 1.");
    }
    boolean retain = flag(fields, "retain", false);
    try {
      boolean isWanted = courier.publish(request.client(), topic, request.body(), qos, retain);
      return fresh(
          Answers.JSON,
          Json.text(
                  json -> {
                    json.writeStartObject();
                    json.writeStringField("topic", topic);
                    json.writeNumberField("bytes", request.body().length);
                    json.writeNumberField("qos", qos);
                    json.writeBooleanField("retain", retain);
                    if (qos > 0) {
                      json.writeBooleanField("subscribed", isWanted);
                    }
                    json.writeEndObject();
                  })
              .getBytes(StandardCharsets.UTF_8));
    } catch (Courier.Refused e) {
      return refusal(request, e);
    }
  }

  private Answer next(Request request, Fields fields) throws InvalidRequest {
    String filter = topic(fields);
    int max = Math.max(1, request.limits().requestSeconds() - MARGIN_SECONDS);
    int seconds =
        fields.value("seconds").isEmpty() ? Math.min(SECONDS, max) : fields.whole("seconds");
    if (seconds < 1 || seconds > max) {
      throw new InvalidRequest("The field seconds must be 1 to " + max + ".");
    }
    boolean isRaw = flag(fields, "raw", false);
    try {
      Optional<Courier.Message> next =
          courier.next(
              request.client(),
              filter,
              flag(fields, "retained", true),
              Duration.ofSeconds(seconds));
      if (next.isEmpty()) {
        return Answers.with(
            Answers.shared(Answers.of(204, Answers.TEXT, "")), "cache-control", "no-store");
      }
      return isRaw
          ? fresh("application/octet-stream", next.get().payload())
          : fresh(Answers.JSON, json(next.get()).getBytes(StandardCharsets.UTF_8));
    } catch (Courier.Refused e) {
      return refusal(request, e);
    }
  }

  private static Answer fresh(String type, byte[] body) {
    return Answers.with(Answers.shared(Answers.of(200, type, body)), "cache-control", "no-store");
  }

  private static String json(Courier.Message message) {
    String text = text(message.payload());
    return Json.text(json -> {
      json.writeStartObject();
      json.writeStringField("topic", message.topic());
      if (text == null) {
        json.writeStringField(
            "payload_base64", Base64.getEncoder().encodeToString(message.payload()));
      } else {
        json.writeStringField("payload", text);
      }
      json.writeNumberField("qos", message.qos());
      json.writeBooleanField("retain", message.retain());
      json.writeEndObject();
    });
  }

  /// The payload as text, or null if it is none.
  private static @Nullable String text(byte[] payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static String topic(Fields fields) throws InvalidRequest {
    String topic = fields.value("topic");
    if (topic.isEmpty()) {
      throw new InvalidRequest("The field topic says which topic.");
    }
    return topic;
  }

  private static boolean flag(Fields fields, String name, boolean usual) throws InvalidRequest {
    return switch (fields.value(name)) {
      case "" -> usual;
      case "true" -> true;
      case "false" -> false;
      default -> throw new InvalidRequest("The field " + name + " must be true or false.");
    };
  }

  private Answer refusal(Request request, Courier.Refused refused) {
    String sentence = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case NOT_AUTHORIZED -> pages.error(request, 403, sentence);
      case 0, QUOTA_EXCEEDED, SERVER_BUSY ->
          Answers.with(pages.error(request, 429, sentence), "retry-after", "10");
      default -> pages.error(request, 400, sentence);
    };
  }
}
