package dev.midge.web;

import dev.midge.observe.Vitals;
import java.util.List;

/// A figure of this moment that tells how busy the server is.
///
/// @param name what it is called for programs
/// @param label what it is, in words
/// @param quantity what is counted, as a word
/// @param value what it is now, for people
record FigureView(String name, String label, String quantity, String value) {

  /// The few that people look for first.
  ///
  /// @param now the figures of this moment, in the order of [Vitals#NAMES]
  static List<FigureView> all(List<Double> now) {
    return List.of(
        of("clients", "clients", Quantity.COUNT, now),
        of("messages_in_rate", "messages in /s", Quantity.RATE, now),
        of("messages_out_rate", "messages out /s", Quantity.RATE, now),
        of("bytes_out_rate", "bytes out /s", Quantity.BYTES, now));
  }

  private static FigureView of(String name, String label, Quantity quantity, List<Double> now) {
    return new FigureView(
        name, label, quantity.word(), quantity.text(now.get(Vitals.NAMES.indexOf(name))));
  }
}
