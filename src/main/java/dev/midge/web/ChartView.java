package dev.midge.web;

import dev.midge.observe.Loss;
import dev.midge.observe.Vitals;
import java.util.ArrayList;
import java.util.List;

/// A chart of the first page: a few curves that share an axis. Without a script it is a list of the
/// figures of this moment.
///
/// @param title what it shows
/// @param quantity what is counted, as a word
/// @param curves what is drawn
record ChartView(String title, String quantity, List<Curve> curves) {

  /// One figure over time.
  ///
  /// @param name what it is called for programs
  /// @param label what it is called in this chart
  /// @param value what it is now, for people
  record Curve(String name, String label, String value) {}

  /// All charts.
  ///
  /// @param now the figures of this moment, in the order of [Vitals#NAMES]
  static List<ChartView> all(List<Double> now) {
    return List.of(
        chart("Clients", Quantity.COUNT, now, "clients", "connected", "sessions", "sessions"),
        chart(
            "Messages per second",
            Quantity.RATE,
            now,
            "messages_in_rate",
            "in",
            "messages_out_rate",
            "out"),
        chart(
            "Bytes per second",
            Quantity.BYTES,
            now,
            "bytes_in_rate",
            "in",
            "bytes_out_rate",
            "out"),
        chart("Subscriptions", Quantity.COUNT, now, "subscriptions", "subscriptions"),
        chart(
            "Messages that are kept",
            Quantity.COUNT,
            now,
            "retained",
            "retained",
            "queued",
            "queued"),
        losses("Messages dropped per second", true, now),
        losses("Clients refused per second", false, now),
        chart("Processor", Quantity.PERCENT, now, "cpu", "of the machine"),
        chart(
            "Memory",
            Quantity.BYTES,
            now,
            "memory_bytes",
            "of the process",
            "heap_bytes",
            "heap of it"));
  }

  private static ChartView chart(
      String title, Quantity quantity, List<Double> now, String... namesAndLabels) {
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < namesAndLabels.length; i += 2) {
      curves.add(curve(namesAndLabels[i], namesAndLabels[i + 1], quantity, now));
    }
    return new ChartView(title, quantity.word(), curves);
  }

  private static ChartView losses(String title, boolean isOfMessages, List<Double> now) {
    List<Curve> curves = new ArrayList<>();
    for (Loss loss : Loss.values()) {
      if (loss.isOfMessages() == isOfMessages) {
        curves.add(curve(loss.rateName(), label(loss), Quantity.RATE, now));
      }
    }
    return new ChartView(title, Quantity.RATE.word(), curves);
  }

  private static Curve curve(String name, String label, Quantity quantity, List<Double> now) {
    return new Curve(name, label, quantity.text(now.get(Vitals.NAMES.indexOf(name))));
  }

  private static String label(Loss loss) {
    return switch (loss) {
      case DROPPED_OFFLINE -> "offline";
      case DROPPED_QUEUE -> "queue full";
      case DROPPED_SLOW -> "slow reader";
      case DROPPED_EXPIRED -> "expired";
      case DROPPED_SIZE -> "too large";
      case DROPPED_ACCESS -> "not allowed";
      case DROPPED_RETAINED -> "not retained";
      case REFUSED_CONNECT -> "at CONNECT";
      case REFUSED_ADDRESS -> "address limit";
      case REFUSED_BANNED -> "banned";
      case REFUSED_FULL -> "server full";
      case REFUSED_PROTOCOL -> "wrong protocol";
      case REFUSED_LATER -> "sent away";
    };
  }
}
