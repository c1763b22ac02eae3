package dev.midge.config;

import java.util.Comparator;

/// One thing that is wrong with what the user configured, in words for the user.
///
/// @param place where it stands
/// @param message what is wrong, without a capital letter at its start
/// @param suggestion a sentence that says what to do about it, or an empty string
public record ConfigurationProblem(Place place, String message, String suggestion)
    implements Comparable<ConfigurationProblem> {

  private static final Comparator<ConfigurationProblem> ORDER =
      Comparator.comparing((ConfigurationProblem problem) -> problem.place.file())
          .thenComparingInt(problem -> problem.place.line())
          .thenComparing(ConfigurationProblem::message);

  /// Orders by file, then line.
  @Override
  public int compareTo(ConfigurationProblem other) {
    return ORDER.compare(this, other);
  }

  /// The problem as one line.
  @Override
  public String toString() {
    return place + ": " + message + "." + (suggestion.isEmpty() ? "" : " " + suggestion);
  }
}
