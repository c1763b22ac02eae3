package dev.midge.history;

import java.util.Arrays;
import java.util.Optional;

/// A length of time that is looked back, and how finely.
public enum Span {
  HOUR("1h", 15, 240),
  DAY("24h", 300, 288),
  WEEK("7d", 1800, 336);

  private final String text;
  private final int stepSeconds;
  private final int steps;

  Span(String text, int stepSeconds, int steps) {
    this.text = text;
    this.stepSeconds = stepSeconds;
    this.steps = steps;
  }

  /// The span that is called so, if there is one.
  public static Optional<Span> of(String text) {
    return Arrays.stream(values()).filter(span -> span.text.equals(text)).findFirst();
  }

  /// How much time makes one point.
  public int stepSeconds() {
    return stepSeconds;
  }

  /// How many points there are at most.
  public int steps() {
    return steps;
  }

  /// As people write it: `1h`.
  @Override
  public String toString() {
    return text;
  }
}
