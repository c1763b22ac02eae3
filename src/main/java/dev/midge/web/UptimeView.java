package dev.midge.web;

import dev.midge.history.Uptimes;
import java.util.List;
import java.util.Locale;

/// Whether a listener works, as a visitor sees it.
///
/// @param state `up`, `down`, or `unknown` before anybody has looked
/// @param word the same in a word for people
/// @param bars how it stood, in parts of a day, the oldest on the left
/// @param percent during which part of that it was up, in words
record UptimeView(String state, String word, List<BarsView> bars, String percent) {
  /// How many bars make a day.
  static final int BARS = 48;

  /// One part of a day.
  ///
  /// @param kind `up`, `part`, `down` or `unknown`
  record Bar(String kind) {}

  static UptimeView of(Uptimes uptimes, String name, long nowSeconds) {
    String state = uptimes.state(name).map(s -> s.isUp() ? "up" : "down").orElse("unknown");
    List<Uptimes.Bar> bars = uptimes.bars(name, BARS, nowSeconds);
    double known = bars.stream().filter(bar -> bar.up() >= 0).count();
    double up = bars.stream().filter(bar -> bar.up() >= 0).mapToDouble(Uptimes.Bar::up).sum();
    return new UptimeView(
        state,
        switch (state) {
          case "up" -> "works";
          case "down" -> "does not work";
          default -> "not tested yet";
        },
        BarsView.of(bars.stream().map(UptimeView::bar).toList()),
        known == 0 ? "no record yet" : String.format(Locale.ROOT, "%.1f %%", 100 * up / known));
  }

  private static Bar bar(Uptimes.Bar bar) {
    String kind = bar.up() < 0 ? "unknown" : bar.up() == 0 ? "down" : bar.up() < 1 ? "part" : "up";
    return new Bar(kind);
  }
}
