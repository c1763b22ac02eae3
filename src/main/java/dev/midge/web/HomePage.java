package dev.midge.web;

import dev.midge.history.Span;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The first page: whether each listener works, how to connect, and how busy the server is. All of
/// it is there without a script; with one, it is live.
final class HomePage {
  private static final String FIRST = "plain";

  private final Listings listings;
  private final Watched watched;
  private final Pages pages;

  HomePage(Listings listings, Watched watched, Pages pages) {
    this.listings = listings;
    this.watched = watched;
    this.pages = pages;
  }

  /// A listener's row.
  ///
  /// @param listener what it is
  /// @param uptime whether it works
  record Row(ListenerView listener, UptimeView uptime) {}

  /// Some rows under a heading.
  ///
  /// @param title the heading
  /// @param page where there is more about them
  /// @param more what is there
  record Group(String title, String page, String more, List<Row> rows) {
    static Group of(String title, String page, List<Row> rows, Predicate<ListenerView> belongs) {
      return new Group(
          title,
          page,
          page.equals("/listeners") ? "with lines to copy" : "what each of them has",
          rows.stream().filter(row -> belongs.test(row.listener())).toList());
    }
  }

  /// The page.
  Answer page(Request request) {
    return pages.withHost(request, this::page);
  }

  private Answer page(Host host) {
    long now = Instant.now().getEpochSecond();
    List<Row> rows =
        listings.views(host).stream()
            .map(one -> new Row(one, UptimeView.of(watched.uptimes(), one.name(), now)))
            .toList();
    List<Group> groups =
        List.of(
            Group.of("Listeners", "/listeners", rows, listener -> !listener.isBad()),
            Group.of(
                "TLS in other forms",
                "/faults",
                rows,
                listener -> listener.isBad() && listener.isAccepted()),
            Group.of(
                "Wrong on purpose",
                "/faults",
                rows,
                listener -> listener.isBad() && !listener.isAccepted()));
    List<Double> figures = watched.vitals().latest().figures();
    return pages.page(
        200,
        "index",
        Map.of(
            "groups",
            groups,
            "state",
            state(rows),
            "summary",
            summary(rows),
            "charts",
            ChartView.all(figures),
            "figures",
            FigureView.all(figures),
            "first",
            rows.stream().map(Row::listener).filter(one -> one.name().equals(FIRST)).toList(),
            "spans",
            Arrays.stream(Span.values()).map(Span::toString).toList(),
            "host",
            host));
  }

  private static String state(List<Row> rows) {
    List<String> states = rows.stream().map(row -> row.uptime().state()).distinct().toList();
    return states.contains("down") ? "down" : states.contains("unknown") ? "unknown" : "up";
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
    return rows.size()
        + (state(rows).equals("up") ? " listeners, and all of them work" : " listeners are open");
  }
}
