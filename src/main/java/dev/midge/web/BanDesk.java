package dev.midge.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.midge.certs.InvalidRequest;
import dev.midge.limit.BanBook;
import dev.midge.limit.Bans;
import dev.midge.limit.Network;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Where the operator sees who is banned, bans and pardons. Any thread.
final class BanDesk {
  private static final long SECONDS_MAX = 10L * 365 * 24 * 60 * 60;
  private static final String JSON = "application/json";
  private static final JsonFactory STRICT =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final BanBook bans;

  BanDesk(BanBook bans) {
    this.bans = bans;
  }

  /// A ban as it is asked for.
  private record Wish(String network, String reason, long seconds) {}

  /// All bans that hold.
  Answer all(Request request) {
    List<Bans.Entry> all = bans.all();
    return Answers.of(
        200,
        Answers.JSON,
        Json.text(json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("bans");
          for (Bans.Entry each : all) {
            long left = bans.secondsLeft(each.ban());
            json.writeStartObject();
            json.writeStringField("network", each.network());
            json.writeStringField("by", each.ban().by().name().toLowerCase(Locale.ROOT));
            json.writeStringField("reason", each.ban().reason());
            if (left < 0) {
              json.writeNullField("seconds_left");
            } else {
              json.writeNumberField("seconds_left", left);
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        }));
  }

  /// Bans an address or a network.
  Answer add(Request request) throws Problem {
    Wish wish = wish(request);
    if (!wish.reason.matches("[^\\p{C}]{1," + BanBook.REASON_LENGTH_MAX + "}")) {
      throw Problem.badRequest(
          "'reason' must be there: 1 to " + BanBook.REASON_LENGTH_MAX + " characters, in a line.");
    }
    if (wish.seconds < 0 || wish.seconds > SECONDS_MAX) {
      throw Problem.badRequest("'seconds' is 1 to " + SECONDS_MAX + ", or left out for ever.");
    }
    try {
      return answer(bans.ban(network(wish.network), wish.reason, wish.seconds), 201);
    } catch (IOException e) {
      throw new Problem(
          500, "Not kept", "The ban holds until the server stops, but cannot be kept: " + e);
    }
  }

  /// Takes a ban back.
  Answer remove(Request request) throws Problem {
    try {
      String network = Fields.read(request.query(), Set.of("network")).value("network");
      return answer(bans.pardon(network(network).text()), 204);
    } catch (InvalidRequest e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new Problem(500, "Not kept", "It is pardoned until the server starts again: " + e);
    }
  }

  private static Answer answer(BanBook.Outcome outcome, int status) throws Problem {
    return switch (outcome) {
      case DONE -> OperatorSite.done(status);
      case IN_THE_FILE -> throw new Problem(409, "Conflict", "bans.yaml says it: change it there.");
      case UNKNOWN -> throw new Problem(404, "Not found", "There is no such ban.");
      case TOO_MANY -> throw new Problem(507, "Too many", "There are as many bans as may be.");
    };
  }

  private static Network network(String text) throws Problem {
    try {
      Network network = Network.of(text);
      if (network.bits() > 0) {
        return network;
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw Problem.badRequest("'network' must be like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.");
  }

  private static Wish wish(Request request) throws Problem {
    String type = request.header("content-type");
    if (type == null || !type.toLowerCase(Locale.ROOT).split(";", -1)[0].strip().equals(JSON)) {
      throw new Problem(415, "Unsupported media type", "The body must be " + JSON + ".");
    }
    try (JsonParser json = STRICT.createParser(request.body())) {
      return wish(json);
    } catch (JsonProcessingException e) {
      throw Problem.badRequest("The body is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw Problem.badRequest("The body is no JSON.");
    }
  }

  private static Wish wish(JsonParser json) throws IOException, Problem {
    String network = "";
    String reason = "";
    long seconds = 0;
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw Problem.badRequest("The body must be an object with 'network' and 'reason'.");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("network") && value == JsonToken.VALUE_STRING) {
        network = json.getText();
      } else if (field.equals("reason") && value == JsonToken.VALUE_STRING) {
        reason = json.getText();
      } else if (field.equals("seconds") && value == JsonToken.VALUE_NUMBER_INT) {
        seconds = json.getLongValue() < 1 ? -1 : json.getLongValue();
      } else {
        throw Problem.badRequest(
            "Known are 'network' and 'reason', which are text, and 'seconds', a whole number.");
      }
    }
    if (json.nextToken() != null) {
      throw Problem.badRequest("Something follows the object.");
    }
    return new Wish(network, reason, seconds);
  }
}
