package dev.midge.probe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What came of one look at all listeners.
///
/// @param at when it ended
/// @param results by listener, one for each family of addresses
public record ProbeRound(Instant at, List<ProbeResult> results) {
  /// Nobody has looked yet.
  public static final ProbeRound NONE = new ProbeRound(Instant.EPOCH, List.of());

  /// What came of one listener.
  public List<ProbeResult> of(String name) {
    return results.stream().filter(result -> result.name().equals(name)).toList();
  }

  /// What is wrong with each listener, by its name: an empty string where nothing is.
  public Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    for (ProbeResult result : results) {
      String problem = result.isGood() ? "" : result.family() + ": " + result.problem();
      problems.merge(
          result.name(),
          problem,
          (one, other) -> one.isEmpty() ? other : other.isEmpty() ? one : one + "; " + other);
    }
    return problems;
  }
}
