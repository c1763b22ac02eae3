package dev.midge.web;

import dev.midge.history.Span;
import dev.midge.listener.Endpoint;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import dev.midge.observe.Vitals;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// The first page: whether each listener works, how to connect, and how busy the server is. All of
/// it is there without a script; with one, it is live.
final class HomePage {
  private static final String FIRST = "plain";

  private final Supplier<List<Endpoint>> endpoints;
  private final Watched watched;
  private final Pages pages;

  HomePage(Supplier<List<Endpoint>> endpoints, Watched watched, Pages pages) {
    this.endpoints = endpoints;
    this.watched = watched;
    this.pages = pages;
  }

  /// A listener's row.
  ///
  /// @param listener what it is
  /// @param uptime whether it works
  record Row(ListenerView listener, UptimeView uptime) {}

  /// A figure of this moment.
  ///
  /// @param name what it is called for programs
  /// @param label what it is, in words
  /// @param value the number, or a rate for a second
  record Figure(String name, String label, String value) {}

  /// The page.
  Answer page(Request request) {
    return Host.of(request)
        .map(host -> page(host))
        .orElseGet(() -> pages.error(request, 400, "The header Host names no host."));
  }

  private Answer page(Host host) {
    long now = Instant.now().getEpochSecond();
    List<Endpoint> open = endpoints.get();
    List<Row> rows =
        open.stream()
            .map(one ->
                new Row(
                    ListenerView.of(one, host), UptimeView.of(watched.uptimes(), one.name(), now)))
            .toList();
    List<Snippet> snippets =
        open.stream()
            .filter(one -> one.name().equals(FIRST))
            .findFirst()
            .map(one -> Snippet.of(one, host.name()))
            .orElse(List.of());
    return pages.page(
        200,
        "index",
        Map.of(
            "rows",
            rows,
            "summary",
            summary(rows),
            "figures",
            figures(),
            "snippets",
            snippets,
            "spans",
            Arrays.stream(Span.values()).map(Span::toString).toList(),
            "host",
            host));
  }

  private static String summary(List<Row> rows) {
    List<String> down =
        rows.stream()
            .filter(row -> row.uptime().state().equals("down"))
            .map(row -> row.listener().name())
            .toList();
    if (!down.isEmpty()) {
      return down.size()
          + " of "
          + rows.size()
          + " listeners do not work: "
          + String.join(", ", down);
    }
    return rows.stream().allMatch(row -> row.uptime().state().equals("up"))
        ? "All " + rows.size() + " listeners work"
        : rows.size() + " listeners are open";
  }

  private List<Figure> figures() {
    List<Double> latest = watched.vitals().latest().figures();
    return List.of(
        figure(latest, "clients", "clients"),
        figure(latest, "sessions", "sessions"),
        figure(latest, "subscriptions", "subscriptions"),
        figure(latest, "retained", "retained"),
        figure(latest, "queued", "waiting"),
        figure(latest, "messages_in_rate", "messages in /s"),
        figure(latest, "messages_out_rate", "messages out /s"));
  }

  private static Figure figure(List<Double> latest, String name, String label) {
    double value = latest.get(Vitals.NAMES.indexOf(name));
    return new Figure(
        name, label, String.format(Locale.ROOT, name.endsWith("_rate") ? "%.1f" : "%.0f", value));
  }
}
