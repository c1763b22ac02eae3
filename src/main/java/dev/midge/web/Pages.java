package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.certs.InvalidRequest;
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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The pages of the site: templates in `web/templates`, filled in. What is filled in is text and
/// stays text. Any thread; a template is read when it is first asked for.
final class Pages {
  private static final String TYPE = "text/html";
  private static final String API = "/api/";
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
          new Link("/try", "try", "Try it"),
          new Link("/demo", "demo", "Demo"),
          new Link("/listeners", "listeners", "Listeners"),
          new Link("/faults", "faults", "Wrong on purpose"),
          new Link("/certificates", "certificates", "Certificates"),
          new Link("/client-certificates", "client-certificates", "Client certificates"),
          new Link("/limits", "limits", "Limits"),
          new Link("/about", "about", "About"));

  private final Engine engine =
      Engine.builder()
          .addDefaults()
          .addValueResolver(new ReflectionValueResolver())
          .addResultMapper(new HtmlEscaper(List.of(TYPE)))
          .addLocator(name -> Optional.of(new Location(name)))
          .strictRendering(true)
          .build();
  private final Map<String, String> addresses = new HashMap<>();
  private final String version;

  /// @param assets the files that pages need, by name
  /// @param version the version of this program
  Pages(Map<String, Asset> assets, String version) {
    assets.forEach(
        (name, asset) -> addresses.put(name, "/assets/" + name + "?v=" + asset.version()));
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
            .data("assets", addresses)
            .data("version", version)
            .data("template", template)
            .data("links", LINKS);
    data.forEach(page::data);
    return Answers.of(status, Answers.HTML, page.render());
  }

  /// What is answered to those who name a host.
  interface ForHost {
    /// The answer.
    ///
    /// @throws InvalidRequest if the request says something else that has no meaning
    Answer answer(Host host) throws InvalidRequest;
  }

  /// An answer to one who knows this server by some name, which must be one.
  Answer withHost(Request request, ForHost answer) {
    Optional<Host> host = Host.of(request);
    if (host.isEmpty()) {
      return error(request, 400, "The header Host names no host.");
    }
    try {
      return answer.answer(host.get());
    } catch (InvalidRequest e) {
      return error(request, 400, String.valueOf(e.getMessage()));
    }
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
        ? Answers.shared(new Problem(status, title, sentence).answer())
        : Answers.of(status, Answers.TEXT, sentence + "\n");
  }
}
