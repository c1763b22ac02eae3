package dev.midge.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as JSON, for `%j` and `%J` of `-F`.
///
/// @param isPretty whether it has lines and indentation
record MessageJson(Message message, ZonedDateTime time, boolean isPretty) {

  /// The message with its payload as a JSON string.
  byte[] withPayloadAsText() {
    JsonText json = new JsonText(isPretty);
    header(json);
    if (message.payload().length == 0) {
      json.key("payload").literal("null");
    } else {
      json.key("payload").string(message.payload());
    }
    return json.endObject().bytes();
  }

  /// The message with its payload as the JSON that it is, or null if it is none.
  byte @Nullable [] withPayloadAsJson() {
    JsonText json = new JsonText(isPretty);
    header(json);
    json.key("payload");
    if (message.payload().length == 0) {
      json.literal("null");
    } else {
      try (JsonParser parser = new JsonFactory().createParser(message.payload())) {
        copy(parser, json);
      } catch (IOException e) {
        return null;
      }
    }
    return json.endObject().bytes();
  }

  private void header(JsonText json) {
    Message.Properties properties = message.properties();
    json.beginObject();
    json.key("tst").string(timestamp());
    json.key("topic").string(message.topic());
    json.key("qos").number(message.qos());
    json.key("retain").number(message.isRetained() ? 1 : 0);
    json.key("payloadlen").number(message.payload().length);
    if (!properties.isEmpty()) {
      json.key("properties").beginObject();
      properties(properties, json);
      json.endObject();
    }
  }

  private static void properties(Message.Properties properties, JsonText json) {
    if (properties.payloadFormat() >= 0) {
      json.key("payload-format-indicator").number(properties.payloadFormat());
    }
    if (properties.expirySeconds() >= 0) {
      json.key("message-expiry-interval").number((double) properties.expirySeconds());
    }
    if (properties.contentType() != null) {
      json.key("content-type").string(properties.contentType());
    }
    if (properties.responseTopic() != null) {
      json.key("response-topic").string(properties.responseTopic());
    }
    if (properties.correlationData() != null) {
      json.key("correlation-data").string(properties.correlationData());
    }
    if (!properties.userProperties().isEmpty()) {
      json.key("user-properties").beginObject();
      for (Map.Entry<String, String> property : properties.userProperties()) {
        json.key(property.getKey()).string(property.getValue());
      }
      json.endObject();
    }
  }

  private String timestamp() {
    return Strftime.format("%FT%T.", time)
        + "%06d".formatted(time.getNano() / 1_000)
        + Strftime.format("%z", time);
  }

  private static void copy(JsonParser parser, JsonText json) throws IOException {
    if (parser.nextToken() == null) {
      throw new IOException("no JSON");
    }
    for (JsonToken token = parser.currentToken(); token != null; token = parser.nextToken()) {
      if (json.isWhole()) {
        throw new IOException("more than one value");
      }
      switch (token) {
        case START_OBJECT -> json.beginObject();
        case END_OBJECT -> json.endObject();
        case START_ARRAY -> json.beginArray();
        case END_ARRAY -> json.endArray();
        case FIELD_NAME -> json.key(parser.currentName());
        case VALUE_STRING -> json.string(parser.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.number(parser.getDoubleValue());
        default -> json.literal(parser.getText());
      }
    }
  }
}
