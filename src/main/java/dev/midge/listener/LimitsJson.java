package dev.midge.listener;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.broker.Inspection.SessionFigures;
import dev.midge.broker.Limits;
import dev.midge.limit.AddressFigures;
import dev.midge.limit.Ban;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// What those who ask are told of their own limits, in JSON: the same over HTTP and over MQTT, as
/// far as it is of their address. Any thread.
public final class LimitsJson {
  private LimitsJson() {}

  /// What an address has, and what is left to it, as an object.
  public static void write(JsonGenerator json, AddressFigures figures) throws IOException {
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
    json.writeNumberField("wait_seconds", figures.waitSeconds());
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
    writeTraffic(json, figures.left());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void writeTraffic(JsonGenerator json, AddressFigures.Left left)
      throws IOException {
    number(json, "publishes", left.publishes());
    number(json, "subscribes", left.subscribes());
    number(json, "bytes_in", left.bytesIn());
    number(json, "bytes_out", left.bytesOut());
  }

  /// The same, and what one of its clients has.
  ///
  /// @param address null when it is not known any more
  /// @param pace how fast the client may be, or null if it may be as fast as it can
  static byte[] text(
      @Nullable AddressFigures address,
      @Nullable Pace pace,
      SessionFigures session,
      Limits limits) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      if (address != null) {
        json.writeFieldName("address");
        write(json, address);
      }
      json.writeObjectFieldStart("client");
      json.writeStringField("client_id", session.clientId());
      json.writeStringField("listener", session.listener());
      writePace(json, pace);
      json.writeObjectFieldStart("has");
      json.writeNumberField("subscriptions", session.subscriptions());
      json.writeNumberField("queue_messages", session.queuedMessages());
      json.writeNumberField("queue_bytes", session.waitingBytes());
      json.writeNumberField("inflight", session.inflightMessages());
      json.writeEndObject();
      json.writeObjectFieldStart("max");
      json.writeNumberField("subscriptions", limits.subscriptionsMax());
      json.writeNumberField("queue_messages", limits.queueMessagesMax());
      json.writeNumberField("queue_bytes", limits.queueBytesMax());
      json.writeNumberField("inflight", limits.inflightMax());
      json.writeEndObject();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Nothing is written anywhere.
    }
    return text.toString().getBytes(UTF_8);
  }

  private static void writePace(JsonGenerator json, @Nullable Pace pace) throws IOException {
    json.writeBooleanField("slowed", pace != null && pace.isSlowing());
    json.writeBooleanField("held_back", pace != null && pace.isHoldingBack());
    json.writeNumberField("wait_seconds", pace == null ? 0 : pace.restSeconds());
    json.writeObjectFieldStart("left");
    writeTraffic(
        json, pace == null ? new AddressFigures.Left(-1, -1, -1, -1, -1, -1) : pace.left());
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
}
