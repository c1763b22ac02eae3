package dev.midge.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// When something was down, and why: the last ones, in a file that outlives the process. Any
/// thread.
public final class Incidents {
  private static final int COUNT_MAX = 500;
  private static final int DETAIL_LENGTH_MAX = 500;

  private final Path file;

  /// The oldest first.
  private final List<Incident> all = new ArrayList<>();

  /// A time in which something was down.
  ///
  /// @param number grows by one with each
  /// @param name what was down
  /// @param beganSeconds since when, in seconds since the epoch
  /// @param endedSeconds until when, or 0 while it lasts
  /// @param detail what was wrong when it began
  public record Incident(
      long number, String name, long beganSeconds, long endedSeconds, String detail) {
    /// Whether it is over.
    public boolean isOver() {
      return endedSeconds > 0;
    }

    private String line() {
      return number + "\t" + beganSeconds + "\t" + endedSeconds + "\t" + name + "\t" + detail;
    }

    private static Incident of(String line) {
      String[] parts = line.split("\t", 5);
      return new Incident(
          Long.parseLong(parts[0]),
          parts[3],
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          parts[4]);
    }
  }

  private Incidents(Path file) {
    this.file = file;
  }

  /// Takes up what is in a file, or nothing if there is none that can be read.
  ///
  /// @throws IOException if its folder cannot be made
  public static Incidents open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
    Incidents incidents = new Incidents(file);
    try {
      Files.readAllLines(file).forEach(line -> incidents.all.add(Incident.of(line)));
    } catch (NoSuchFileException none) {
      return incidents;
    } catch (IOException | RuntimeException damaged) {
      incidents.all.clear();
    }
    return incidents;
  }

  /// Somebody has looked.
  ///
  /// @param problems what is wrong with each, by its name, or an empty string; what is not among
  ///   them is no more
  public synchronized void note(long nowSeconds, Map<String, String> problems) {
    List<Incident> before = List.copyOf(all);
    for (int i = 0; i < all.size(); i++) {
      Incident one = all.get(i);
      if (!one.isOver() && problems.getOrDefault(one.name, "").isEmpty()) {
        all.set(i, new Incident(one.number, one.name, one.beganSeconds, nowSeconds, one.detail));
      }
    }
    problems.forEach((name, problem) -> {
      if (!problem.isEmpty()
          && all.stream().allMatch(one -> one.isOver() || !one.name.equals(name))) {
        long number = all.isEmpty() ? 1 : all.getLast().number + 1;
        all.add(new Incident(number, name, nowSeconds, 0, line(problem)));
      }
    });
    while (all.size() > COUNT_MAX) {
      all.removeFirst();
    }
    if (!all.equals(before)) {
      write();
    }
  }

  /// Text in one line, not too long.
  private static String line(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ");
    return line.length() > DETAIL_LENGTH_MAX ? line.substring(0, DETAIL_LENGTH_MAX) : line;
  }

  private void write() {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(temporary, all.stream().map(Incident::line).toList(), UTF_8);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The last ones, the newest first.
  public synchronized List<Incident> latest() {
    return List.copyOf(all.reversed());
  }
}
