package dev.midge.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.midge.kit.Browser;
import dev.midge.kit.RawClient;
import dev.midge.kit.TestServer;
import dev.midge.kit.WirePacket;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every number on the first page, and the end of every curve, is what `/q/metrics` tells, while
/// clients keep the server busy.
class PageFiguresTest {
  @RegisterExtension static final TestServer SERVER = TestServer.local();
  @RegisterExtension static final Browser BROWSER = new Browser();

  /// One for each task, however few processors there are.
  private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

  /// How many rounds of the load there are at least between two samples.
  private static final int ROUNDS = 300;

  /// Metrics whose sum is what there is of something.
  private static final Map<String, String> GAUGES =
      Map.of(
          "clients", "midge_listener_clients\\{.*",
          "sessions", "midge_sessions",
          "subscriptions", "midge_subscriptions",
          "retained", "midge_retained_messages",
          "queued", "midge_messages_(queued|inflight)");

  /// Metrics whose sum grows at a rate that is shown.
  private static final Map<String, String> COUNTERS =
      Map.ofEntries(
          entry("messages_in_rate", packets("received")),
          entry("messages_out_rate", packets("sent")),
          entry("bytes_in_rate", "midge_listener_bytes_total\\{direction=\"received\".*"),
          entry("bytes_out_rate", "midge_listener_bytes_total\\{direction=\"sent\".*"),
          entry("dropped_offline_rate", dropped("offline|session_ended")),
          entry(
              "dropped_queue_rate",
              dropped("(address_|server_)?queue_bytes|queue_messages|store_full")),
          entry("dropped_slow_rate", dropped("(server_)?outbound_bytes")),
          entry("dropped_expired_rate", dropped("expired")),
          entry("dropped_size_rate", dropped("(packet|topic)_too_large")),
          entry("dropped_access_rate", dropped("reserved_topic|not_authorized|not_readable")),
          entry(
              "dropped_retained_rate",
              dropped("retained_(messages|bytes|too_large)|address_retained")),
          entry("refused_connect_rate", "midge_connects_refused_total\\{.*"),
          entry(
              "refused_address_rate",
              "midge_connect(ions_over_address|s_over_rate|s_after_failures)_total"),
          entry("refused_banned_rate", "midge_connect(s_while|ions)_banned_total"),
          entry(
              "refused_full_rate",
              "midge_(connections_turned_away|handshakes_(turned_away|over_rate))_total"),
          entry(
              "refused_protocol_rate",
              "midge_wrong_protocol_total\\{.*|midge_proxy_headers_broken_total"),
          entry(
              "refused_later_rate",
              "midge_clients_(over_rate|over_inbound|over_outbound|shed)_total"
                  + "|midge_websockets_over_rate_total"));

  private static final Pattern TEXT = Pattern.compile("([0-9.]+)(?:\u00a0([kMGT]?)(B|%)?)?");

  private final Visitor visitor = new Visitor(() -> SERVER.port("web"));

  private static String packets(String direction) {
    return "midge_listener_packets_total\\{direction=\"" + direction + "\",.*type=\"publish\".*";
  }

  private static String dropped(String reasons) {
    return "midge_messages_dropped_total\\{reason=\"(" + reasons + ")\"}";
  }

  /// What metrics tell before and after a sample, and when that was.
  private record Moment(
      String before,
      long beforeNanos,
      String sample,
      String after,
      long afterNanos,
      CompletableFuture<Void> look) {

    static double sum(String metrics, String series) {
      Pattern line = Pattern.compile("(" + series + ") ([-0-9.E]+)");
      return metrics
          .lines()
          .map(line::matcher)
          .filter(Matcher::matches)
          .mapToDouble(found -> Double.parseDouble(found.group(found.groupCount())))
          .sum();
    }
  }

  /// Takes a sample after another.
  private Moment sample(String number) {
    String before = visitor.text("/q/metrics");
    long beforeNanos = System.nanoTime();
    CompletableFuture<Void> look =
        CompletableFuture.runAsync(SERVER.server()::lookAtItself, THREADS);
    HttpResponse<byte[]> event = visitor.get("/api/v1/events", "last-event-id", number);
    long afterNanos = System.nanoTime();
    String sample = new String(event.body(), UTF_8);
    assertThat(number(sample)).isNotEqualTo(number);
    return new Moment(before, beforeNanos, sample, visitor.text("/q/metrics"), afterNanos, look);
  }

  private static String number(String event) {
    Matcher id = Pattern.compile("id: (\\d+)").matcher(event);
    assertThat(id.find()).isTrue();
    return id.group(1);
  }

  /// Messages, some of which nobody may send, and clients that are not let in, until it is told to
  /// stop.
  private static void load(AtomicBoolean stops, Runnable round) {
    try (RawClient receiver = RawClient.connected(SERVER.port(), 5, "receiver");
        RawClient sender = RawClient.connected(SERVER.port(), 4, "sender")) {
      receiver.send("82 ( 0001 ( ) \"load\" 00 )").expectType(WirePacket.SUBACK);
      while (!stops.get()) {
        sender.send("30 ( \"load\" 'twelve bytes' ) ".repeat(5) + "30 ( \"$SYS/a\" 'x' )");
        receiver.readAll(5);
        RawClient.open(SERVER.port())
            .send("10 ( \"MQTT\" 09 02 003c 00 \"x\" )")
            .readAll(1)
            .close();
        round.run();
      }
    }
  }

  @Test
  void everyNumberIsThatOfTheMetricWithTheSameMeaning() throws InterruptedException {
    leaveSomethingThatWaits();
    Page page = BROWSER.open("http://localhost:" + SERVER.port("web") + "/");
    assertThat(page.locator("figure canvas").last()).isVisible();
    AtomicBoolean stops = new AtomicBoolean();
    CountDownLatch[] runs = {new CountDownLatch(ROUNDS), new CountDownLatch(ROUNDS)};
    CompletableFuture<Void> load =
        CompletableFuture.runAsync(
            () -> load(stops, () -> runs[runs[0].getCount() > 0 ? 0 : 1].countDown()), THREADS);
    runs[0].await();
    Moment first = sample(number(visitor.text("/api/v1/events")));
    runs[1].await();
    Moment second = sample(number(first.sample));
    stops.set(true);
    CompletableFuture.allOf(load, first.look, second.look).join();

    String told = visitor.text("/api/v1/statistics");
    Matcher rate = Pattern.compile("\"bytes_in_rate\":([-0-9.E]+)").matcher(told);
    assertThat(rate.find()).isTrue();
    page.waitForFunction(
        "rate => charts.find((c) => c.names[0] === 'bytes_in_rate').data[1].at(-1) === rate",
        Double.parseDouble(rate.group(1)));
    for (Locator place : page.locator("[data-figure]").all()) {
      String name = place.getAttribute("data-figure");
      assertIsTold(name, value(place.textContent()), first, second);
    }
    Map<?, ?> ends =
        (Map<?, ?>)
            page.evaluate(
                "Object.fromEntries(charts.flatMap((c) => c.names.map((n, i) => [n, c.data[i + 1].at(-1)])))");
    assertThat(ends).hasSizeGreaterThan(20);
    ends.forEach(
        (name, end) -> assertIsTold(name.toString(), ((Number) end).doubleValue(), first, second));
  }

  /// A retained message, and a session that is away with messages that wait for it.
  private static void leaveSomethingThatWaits() {
    try (RawClient absent = RawClient.open(SERVER.port()).speak(4);
        RawClient sender = RawClient.connected(SERVER.port(), 4, "sender")) {
      absent.send(RawClient.connect(4, 0, "", "absent")).expectType(WirePacket.CONNACK);
      absent.send("82 ( 0001 \"kept\" 01 )").expectType(WirePacket.SUBACK);
      absent.leave();
      for (int i = 1; i <= 3; i++) {
        sender.send("33 ( \"kept\" %04x 'x' )".formatted(i)).expectType(WirePacket.PUBACK);
      }
      sender.leave();
    }
  }

  /// A number as a person reads it.
  private static double value(String text) {
    Matcher parts = TEXT.matcher(text);
    assertThat(parts.matches()).as(text).isTrue();
    String prefix = parts.group(2) == null ? "" : parts.group(2);
    double scale = prefix.isEmpty() ? 1 : Math.pow(1000, "kMGT".indexOf(prefix) + 1);
    return Double.parseDouble(parts.group(1)) * scale / ("%".equals(parts.group(3)) ? 100 : 1);
  }

  private static void assertIsTold(String name, double value, Moment first, Moment second) {
    double least;
    double most;
    if (COUNTERS.containsKey(name)) {
      String series = COUNTERS.get(name);
      double secondsMost = (second.afterNanos - first.beforeNanos) / 1e9;
      double secondsLeast = (second.beforeNanos - first.afterNanos) / 1e9;
      least = (Moment.sum(second.before, series) - Moment.sum(first.after, series)) / secondsMost;
      most = (Moment.sum(second.after, series) - Moment.sum(first.before, series)) / secondsLeast;
      boolean isBusy = name.matches("(messages|bytes|dropped_access|refused_connect)_.*");
      assertThat(most > 0).as(name).isEqualTo(isBusy);
    } else if (GAUGES.containsKey(name)) {
      String series = GAUGES.get(name);
      double before = Moment.sum(second.before, series);
      double after = Moment.sum(second.after, series);
      least = Math.min(before, after);
      most = Math.max(before, after);
      assertThat(least).as(name).isPositive();
    } else if (name.equals("memory_bytes")) {
      least = 0.9 * Moment.sum(second.before, "process_resident_memory_bytes");
      most = 1.1 * Moment.sum(second.after, "process_resident_memory_bytes");
    } else if (name.equals("heap_bytes")) {
      least = 1; // It may be collected at any moment.
      most = Moment.sum(second.after, "jvm_memory_committed_bytes\\{area=\"heap\",.*");
    } else {
      assertThat(name).isEqualTo("cpu");
      assertThat(second.after).contains("\nprocess_cpu_usage ");
      least = 0;
      most = 1;
    }
    // Three digits are shown, and of what is less than ten one after the point.
    assertThat(value).as(name).isBetween(least * 0.994 - 0.06, most * 1.006 + 0.06);
  }
}
