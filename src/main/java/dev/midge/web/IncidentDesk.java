package dev.midge.web;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.midge.certs.InvalidRequest;
import dev.midge.history.Incidents.Incident;
import dev.midge.history.Uptimes;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// When listeners were not as they promise: for programs, for readers of feeds, and as a picture.
final class IncidentDesk {
  private static final String ATOM = "http://www.w3.org/2005/Atom";
  private static final int LIMIT = 50;
  private static final int LIMIT_MAX = 500;

  private final Supplier<List<Endpoint>> endpoints;
  private final Watched watched;
  private final Pages pages;

  IncidentDesk(Supplier<List<Endpoint>> endpoints, Watched watched, Pages pages) {
    this.endpoints = endpoints;
    this.watched = watched;
    this.pages = pages;
  }

  /// Adds what is at each path.
  void addTo(Map<String, Resource> resources) {
    resources.put(
        "/api/v1/incidents",
        Resource.get(new Query(Set.of("limit", "before")).then(this::page, pages)));
    resources.put("/api/v1/incidents.atom", Resource.get(this::feed));
    resources.put(
        "/api/v1/badge.svg", Resource.get(new Query(Set.of("listener")).then(this::badge, pages)));
  }

  /// Some of them, the newest first, and where there are more.
  private Answer page(Request request, Fields fields) throws InvalidRequest {
    int limit = fields.value("limit").isEmpty() ? LIMIT : fields.whole("limit");
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new InvalidRequest("The field limit must be 1 to " + LIMIT_MAX + ".");
    }
    long before = fields.value("before").isEmpty() ? Long.MAX_VALUE : fields.whole("before");
    List<Incident> older =
        watched.incidents().latest().stream().filter(one -> one.number() < before).toList();
    List<Incident> shown = older.stream().limit(limit).toList();
    return Answers.shared(
        Answers.of(
            200,
            Answers.JSON,
            Json.text(json -> {
              json.writeStartObject();
              json.writeArrayFieldStart("incidents");
              for (Incident incident : shown) {
                write(json, incident);
              }
              json.writeEndArray();
              if (older.size() > shown.size()) {
                json.writeStringField(
                    "next",
                    "/api/v1/incidents?limit=" + limit + "&before=" + shown.getLast().number());
              } else {
                json.writeNullField("next");
              }
              json.writeEndObject();
            })));
  }

  private static void write(JsonGenerator json, Incident incident) throws IOException {
    json.writeStartObject();
    json.writeNumberField("number", incident.number());
    json.writeStringField("listener", incident.name());
    json.writeStringField("began", Instant.ofEpochSecond(incident.beganSeconds()).toString());
    if (incident.isOver()) {
      json.writeStringField("ended", Instant.ofEpochSecond(incident.endedSeconds()).toString());
    } else {
      json.writeNullField("ended");
    }
    json.writeStringField("problem", incident.detail());
    json.writeEndObject();
  }

  /// The last ones for readers of feeds (RFC 4287).
  private Answer feed(Request request) {
    Optional<Host> host = Host.of(request);
    if (host.isEmpty()) {
      return pages.error(request, 400, "The header Host names no host.");
    }
    List<Incident> incidents = watched.incidents().latest().stream().limit(LIMIT).toList();
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("feed");
      xml.writeDefaultNamespace(ATOM);
      String self = host.get().origin() + "/api/v1/incidents.atom";
      element(xml, "title", "Incidents of " + host.get().name());
      element(xml, "id", self);
      xml.writeEmptyElement("link");
      xml.writeAttribute("rel", "self");
      xml.writeAttribute("href", self);
      element(xml, "updated", updated(incidents));
      xml.writeStartElement("author");
      element(xml, "name", "Midge");
      xml.writeEndElement();
      for (Incident incident : incidents) {
        entry(xml, host.get(), incident);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e); // Nothing is written anywhere.
    }
    return Answers.shared(Answers.of(200, "application/atom+xml; charset=utf-8", text.toString()));
  }

  private static String updated(List<Incident> incidents) {
    long last =
        incidents.stream()
            .mapToLong(one -> Math.max(one.beganSeconds(), one.endedSeconds()))
            .max()
            .orElse(0);
    return Instant.ofEpochSecond(last).toString();
  }

  private static void entry(XMLStreamWriter xml, Host host, Incident incident)
      throws XMLStreamException {
    xml.writeStartElement("entry");
    element(
        xml,
        "title",
        incident.name() + (incident.isOver() ? " works again" : " is not as it promises"));
    element(xml, "id", host.origin() + "/api/v1/incidents#" + incident.number());
    xml.writeEmptyElement("link");
    xml.writeAttribute("href", host.origin() + "/");
    element(xml, "published", Instant.ofEpochSecond(incident.beganSeconds()).toString());
    element(xml, "updated", updated(List.of(incident)));
    element(
        xml,
        "summary",
        incident.detail()
            + (incident.isOver()
                ? " (" + (incident.endedSeconds() - incident.beganSeconds()) + " s)"
                : ""));
    xml.writeEndElement();
  }

  private static void element(XMLStreamWriter xml, String name, String text)
      throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  /// How it stands, as a picture for other pages: of one listener, or of all.
  private Answer badge(Request request, Fields fields) throws InvalidRequest {
    String wanted = fields.value("listener");
    List<String> names = endpoints.get().stream().map(Endpoint::name).toList();
    if (!wanted.isEmpty() && !names.contains(wanted)) {
      return pages.error(request, 404, "There is no listener with this name.");
    }
    List<String> looked =
        (wanted.isEmpty() ? names : List.of(wanted))
            .stream().filter(name -> watched.uptimes().state(name).isPresent()).toList();
    long down =
        looked.stream()
            .filter(name -> !watched.uptimes().state(name).map(Uptimes.State::isUp).orElse(true))
            .count();
    Badge badge =
        looked.isEmpty()
            ? new Badge("unknown", "#6b7280")
            : down == 0
                ? new Badge("up", "#15803d")
                : new Badge(wanted.isEmpty() ? down + " down" : "down", "#b91c1c");
    return Answers.with(
        Answers.shared(
            Answers.of(200, "image/svg+xml", badge.svg(wanted.isEmpty() ? "midge" : wanted))),
        "cache-control",
        "no-cache, max-age=0");
  }

  /// A picture with two words.
  private record Badge(String word, String colour) {
    private static final int LETTER = 7;
    private static final int MARGIN = 12;

    /// The names of listeners have no letters that mean anything in XML.
    String svg(String label) {
      int left = label.length() * LETTER + MARGIN;
      int right = word.length() * LETTER + MARGIN;
      return """
      <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="20" role="img" aria-label="%2$s: %3$s">
        <title>%2$s: %3$s</title>
        <rect width="%1$d" height="20" rx="3" fill="#374151"/>
        <rect x="%4$d" width="%5$d" height="20" rx="3" fill="%6$s"/>
        <g fill="#fff" font-family="Verdana,Geneva,sans-serif" font-size="11" text-anchor="middle">
          <text x="%7$d" y="14">%2$s</text>
          <text x="%8$d" y="14">%3$s</text>
        </g>
      </svg>
      """
          .formatted(left + right, label, word, left, right, colour, left / 2, left + right / 2);
    }
  }
}
