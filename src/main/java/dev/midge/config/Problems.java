package dev.midge.config;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Collects what is wrong with a configuration, so that all of it is told at once. One that is
/// reported twice is told once.
public final class Problems {

  private final SortedSet<ConfigurationProblem> found = new TreeSet<>();

  /// Notes a problem.
  public void add(Place place, String message, String suggestion) {
    add(new ConfigurationProblem(place, message, suggestion));
  }

  /// Notes a problem.
  void add(ConfigurationProblem problem) {
    found.add(problem);
  }

  /// Whether the problem was noted already.
  boolean contains(ConfigurationProblem problem) {
    return found.contains(problem);
  }

  /// Notes a problem whose message says all.
  public void add(Place place, String message) {
    add(place, message, "");
  }

  /// Notes all that the other has.
  public void addAll(Problems other) {
    found.addAll(other.found);
  }

  /// How many problems there are.
  public int count() {
    return found.size();
  }

  /// Ends the loading if there was any problem.
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new InvalidConfiguration(List.copyOf(found));
    }
  }
}
