package dev.midge.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.midge.broker.Inspection;
import dev.midge.limit.BanBook;
import dev.midge.limit.Rates;
import dev.midge.limit.Source;
import dev.midge.listener.Site;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the operator of a server is served, as a site of its own on a port of its own: nothing of
/// it without the token, whatever the path. It knows no cookies, lets no page of another site ask,
/// and answers to addresses and `localhost` only, so that no name of a stranger leads here. Any
/// thread.
public final class OperatorSite implements Site {
  private static final String SCHEME = "bearer ";
  private static final int FAILURES_PER_MINUTE = 5;

  /// No segment is empty or begins with a dot, and nothing is there to be decoded. Nothing is tried
  /// twice, however long it is.
  private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9_-][A-Za-z0-9._-]*+)++");

  private static final Pattern HOST =
      Pattern.compile("(?i)(localhost|[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.]+])(:[0-9]{1,5})?");

  private final byte[] token;
  private final Rates failures = new Rates(FAILURES_PER_MINUTE, Duration.ofMinutes(1));
  private final Map<String, Map<String, Action>> actions = new HashMap<>();

  /// What a method does at a path.
  interface Action {
    /// Does it.
    Answer answer(Request request) throws Problem;
  }

  /// What the operator sees and changes.
  ///
  /// @param bans whom he has banned
  /// @param inspection the clients, and what is retained
  /// @param reloading takes up the configuration
  public record Matter(BanBook bans, Inspection inspection, Reloading reloading) {}

  /// @param token what a request must show
  public OperatorSite(byte[] token, Matter matter) {
    this.token = token.clone();
    BanDesk desk = new BanDesk(matter.bans());
    actions.put(
        "/api/v1/bans", Map.of("GET", desk::all, "POST", desk::add, "DELETE", desk::remove));
    new SessionDesk(matter.inspection()).addTo(actions);
    new RetainedDesk(matter.inspection()).addTo(actions);
    actions.put("/api/v1/reload", Map.of("POST", _ -> reload(matter.reloading())));
    OpenApi description = new OpenApi("openapi-operator.yaml");
    for (String path : OpenApi.PATHS) {
      actions.put(path, Map.of("GET", description::answer));
    }
  }

  private static Answer reload(Reloading reloading) throws Problem {
    Reloading.Outcome outcome = reloading.run();
    if (!outcome.mistakes().isEmpty()) {
      throw new Problem(
          422,
          "Wrong configuration",
          "Nothing has changed. " + String.join("\n", outcome.mistakes()));
    }
    return Answers.of(
        200,
        Answers.JSON,
        Json.text(json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("from_next_start");
          for (String block : outcome.later()) {
            json.writeString(block);
          }
          json.writeEndArray();
          json.writeEndObject();
        }));
  }

  @Override
  public Answer answer(Request request) {
    try {
      requireHost(request);
      requirePath(request.path());
      Answer refusal = refusal(request);
      return refusal == null ? action(request).answer(request) : refusal;
    } catch (Problem problem) {
      return problem.answer();
    }
  }

  private static void requireHost(Request request) throws Problem {
    String host = request.header("host");
    if (host == null || !HOST.matcher(host).matches()) {
      throw new Problem(
          421, "Misdirected request", "This port answers to localhost and to addresses only.");
    }
    String origin = request.header("origin");
    String own = (request.isTls() ? "https://" : "http://") + host;
    if (origin != null && !origin.equalsIgnoreCase(own)) {
      throw new Problem(403, "Forbidden", "This port does not answer to pages of other sites.");
    }
  }

  private static void requirePath(String path) throws Problem {
    if (!PATH.matcher(path).matches()) {
      throw Problem.badRequest(
          "A path here has letters, digits and ._- between single slashes, and nothing encoded.");
    }
  }

  /// What is answered to a request without the token, or null if it has it.
  private @Nullable Answer refusal(Request request) {
    String shown = request.header("authorization");
    boolean isShown =
        shown != null
            && shown.toLowerCase(Locale.ROOT).startsWith(SCHEME)
            && MessageDigest.isEqual(shown.substring(SCHEME.length()).getBytes(UTF_8), token);
    if (isShown) {
      return null;
    }
    Duration wait = failures.take(Source.of(request.client()));
    if (wait.isPositive()) {
      return Answers.with(
          new Problem(429, "Too many requests", "Too many requests without the token.").answer(),
          "retry-after",
          Long.toString(wait.toSeconds() + 1));
    }
    return Answers.with(
        new Problem(
                401,
                "Unauthorized",
                "The token in the file operator-token of the data folder is wanted: Authorization:"
                    + " Bearer TOKEN.")
            .answer(),
        "www-authenticate",
        "Bearer");
  }

  private Action action(Request request) throws Problem {
    Map<String, Action> methods = actions.get(request.path());
    if (methods == null) {
      throw new Problem(404, "Not found", "There is nothing at this path.");
    }
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    Action action = methods.get(method);
    if (action == null) {
      String all = Resource.allowed(methods.keySet());
      return _ ->
          Answers.with(
              new Problem(405, "Method not allowed", "This path understands " + all + " only.")
                  .answer(),
              "allow",
              all);
    }
    return action;
  }

  /// An answer with nothing but a status.
  static Answer done(int status) {
    Answer answer = Answers.of(status, Answers.JSON, "");
    Map<String, String> headers = new TreeMap<>(answer.headers());
    headers.remove("content-type");
    return new Answer(status, headers, new byte[0]);
  }
}
