package dev.midge.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Some figures over each [Span], kept across restarts in one small file for each. Any thread.
public final class History implements AutoCloseable {
  private final List<String> names;
  private final Map<Span, RingFile> rings = new EnumMap<>(Span.class);

  private History(List<String> names) {
    this.names = names;
  }

  /// Opens the files, or makes them.
  ///
  /// @param folder where they are
  /// @param name how their names begin
  /// @param names what the figures are called
  /// @throws IOException if that cannot be done
  public static History open(Path folder, String name, List<String> names) throws IOException {
    return open(folder, name, names, Span.values());
  }

  /// The same, of these spans only.
  static History open(Path folder, String name, List<String> names, Span... spans)
      throws IOException {
    History history = new History(List.copyOf(names));
    for (Span span : spans) {
      history.rings.put(span, RingFile.open(folder.resolve(name + "-" + span), span, names));
    }
    return history;
  }

  /// What the figures are called.
  public List<String> names() {
    return names;
  }

  /// Adds a sample.
  ///
  /// @param sample of each figure, in the order of their names
  public synchronized void add(long epochSeconds, List<Double> sample) {
    rings.values().forEach(ring -> ring.add(epochSeconds, sample));
  }

  /// What was, until now.
  public synchronized Columns read(Span span, long nowSeconds) {
    RingFile ring = rings.get(span);
    return ring == null ? new Columns(List.of(), List.of()) : ring.read(nowSeconds);
  }

  @Override
  public synchronized void close() throws IOException {
    for (RingFile ring : rings.values()) {
      ring.close();
    }
  }
}
