package dev.midge.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether each of some things was up, kept across restarts. Any thread.
public final class Uptimes implements AutoCloseable {
  private static final Span SPAN = Span.WEEK;

  private final Path folder;
  private final Map<String, History> histories = new HashMap<>();
  private final Map<String, State> states = new HashMap<>();

  /// How it stands with one of them.
  ///
  /// @param isUp whether it was up when it was last looked at
  /// @param sinceSeconds since when, in seconds since the epoch, as far as this process knows
  public record State(boolean isUp, long sinceSeconds) {}

  /// Part of a time.
  ///
  /// @param seconds its beginning, in seconds since the epoch
  /// @param up during which part of it the thing was up, 0 to 1, or -1 if nobody looked
  public record Bar(long seconds, double up) {}

  /// Nobody has looked yet.
  ///
  /// @param folder where files are kept, one set for each name
  public Uptimes(Path folder) {
    this.folder = folder;
  }

  /// Somebody has looked.
  ///
  /// @param found whether each was up, by a name that does as a file's
  public synchronized void note(long nowSeconds, Map<String, Boolean> found) {
    found.forEach((name, isUp) -> {
      State before = states.get(name);
      if (before == null || before.isUp != isUp) {
        states.put(name, new State(isUp, nowSeconds));
      }
      history(name).add(nowSeconds, List.of(isUp ? 1.0 : 0.0));
    });
    states.keySet().retainAll(found.keySet());
  }

  /// How it stands with one of them, if anybody has looked.
  public synchronized Optional<State> state(String name) {
    return Optional.ofNullable(states.get(name));
  }

  /// How it stood in the last `count` steps of a week, the present one included.
  public synchronized List<Bar> bars(String name, int count, long nowSeconds) {
    Columns columns = history(name).read(SPAN, nowSeconds);
    Map<Long, Float> known = new HashMap<>();
    for (int i = 0; i < columns.times().size(); i++) {
      known.put(columns.times().get(i), columns.columns().getFirst().get(i));
    }
    long last = nowSeconds / SPAN.stepSeconds() * SPAN.stepSeconds();
    List<Bar> bars = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      long begin = last - (long) i * SPAN.stepSeconds();
      bars.add(new Bar(begin, known.getOrDefault(begin, -1f)));
    }
    return bars;
  }

  private History history(String name) {
    return histories.computeIfAbsent(
        name,
        _ -> {
          try {
            return History.open(folder, name, List.of("up"), SPAN);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public synchronized void close() throws IOException {
    for (History history : histories.values()) {
      history.close();
    }
  }
}
