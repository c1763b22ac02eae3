package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import io.quarkus.qute.Engine;
import io.quarkus.qute.HtmlEscaper;
import io.quarkus.qute.ReflectionValueResolver;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.qute.TemplateLocator.TemplateLocation;
import io.quarkus.qute.Variant;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The pages of the site: templates in `web/templates`, filled in. What is filled in is text and
/// stays text. Any thread; a template is read when it is first asked for.
final class Pages {
  private static final String TYPE = "text/html";
  private static final String API = "/api/";
  private static final String PROBLEM = "application/problem+json";
  private static final Map<Integer, String> ERRORS =
      Map.of(
          400, "That was no good request",
          403, "That is not allowed",
          404, "Nothing is here",
          405, "Not like that",
          413, "That was too much",
          415, "Not in this form",
          429, "Wait a moment",
          503, "Not now");

  private static final List<Link> LINKS =
      List.of(
          new Link("/listeners", "listeners", "Listeners"),
          new Link("/faults", "faults", "Wrong on purpose"),
          new Link("/certificates", "certificates", "Certificates"),
          new Link("/client-certificates", "client-certificates", "Client certificates"),
          new Link("/limits", "limits", "Limits"));

  private final Engine engine =
      Engine.builder()
          .addDefaults()
          .addValueResolver(new ReflectionValueResolver())
          .addResultMapper(new HtmlEscaper(List.of(TYPE)))
          .addLocator(name -> Optional.of(new Location(name)))
          .strictRendering(true)
          .build();
  private final String styleVersion;
  private final String version;

  /// @param styleVersion the version of the style sheet
  /// @param version the version of this program
  Pages(String styleVersion, String version) {
    this.styleVersion = styleVersion;
    this.version = version;
  }

  /// A page that all pages lead to.
  ///
  /// @param path where it is
  /// @param template what it is made of
  /// @param text what it is called
  private record Link(String path, String template, String text) {}

  /// Where a template is.
  private record Location(String name) implements TemplateLocation {
    @Override
    public Reader read() {
      return new StringReader(new String(Asset.read("/web/templates/" + name + ".html"), UTF_8));
    }

    @Override
    public Optional<Variant> getVariant() {
      return Optional.of(new Variant(Locale.ENGLISH, TYPE, UTF_8.name()));
    }
  }

  /// A page.
  ///
  /// @param data what its template is filled in with, by name
  Answer page(int status, String template, Map<String, ?> data) {
    TemplateInstance page =
        engine
            .getTemplate(template)
            .data("styleVersion", styleVersion)
            .data("version", version)
            .data("template", template)
            .data("links", LINKS);
    data.forEach(page::data);
    return Answers.of(status, Answers.HTML, page.render());
  }

  /// Says what is wrong: a page for browsers, a problem (RFC 9457) for programs, a line for
  /// everybody else.
  Answer error(Request request, int status, String sentence) {
    String accept = request.header("accept");
    String title = ERRORS.getOrDefault(status, "That did not work");
    if (accept != null && accept.contains(TYPE)) {
      return page(status, "error", Map.of("title", title, "sentence", sentence));
    }
    return request.path().startsWith(API)
        ? Answers.shared(Answers.of(status, PROBLEM, problem(status, title, sentence)))
        : Answers.of(status, Answers.TEXT, sentence + "\n");
  }

  private static String problem(int status, String title, String sentence) {
    return Json.text(json -> {
      json.writeStartObject();
      json.writeStringField("type", "about:blank");
      json.writeStringField("title", title);
      json.writeNumberField("status", status);
      json.writeStringField("detail", sentence);
      json.writeEndObject();
    });
  }
}
