package dev.midge.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What charts are drawn from: averages by step, that outlive the process in files that do not
/// grow.
class HistoryTest {
  private static final List<String> NAMES = List.of("clients", "cpu");
  private static final long NOON = 1_750_000_000L / 1800 * 1800;

  @TempDir Path folder;

  private History open() throws IOException {
    return History.open(folder, "figures", NAMES);
  }

  @Test
  void aStepHasTheAverageOfItsSamples() throws IOException {
    try (History history = open()) {
      history.add(NOON, List.of(1.0, 0.5));
      history.add(NOON + 5, List.of(2.0, 0.0));
      history.add(NOON + 10, List.of(6.0, 0.1));
      history.add(NOON + 15, List.of(9.0, 0.2));

      assertThat(history.read(Span.HOUR, NOON + 16))
          .isEqualTo(
              new Columns(List.of(NOON, NOON + 15), List.of(List.of(3f, 9f), List.of(0.2f, 0.2f))));
      assertThat(history.read(Span.DAY, NOON + 16).columns().getFirst()).containsExactly(4.5f);
    }
  }

  @Test
  void whatIsLongerAgoThanTheSpanIsNotTold() throws IOException {
    try (History history = open()) {
      history.add(NOON, List.of(1.0, 0.0));
      history.add(NOON + 3600, List.of(2.0, 0.0));

      assertThat(history.read(Span.HOUR, NOON + 3600).times()).containsExactly(NOON + 3600);
      assertThat(history.read(Span.DAY, NOON + 3600).times()).containsExactly(NOON, NOON + 3600);
      assertThat(history.read(Span.HOUR, NOON + 8000).times()).isEmpty();
      assertThat(history.read(Span.WEEK, NOON + 6 * 86_400).times()).hasSize(2);
    }
  }

  @Test
  void itOutlivesTheProcessAndGoesOn() throws IOException {
    try (History history = open()) {
      history.add(NOON, List.of(1.0, 0.25));
    }
    try (History history = open()) {
      history.add(NOON + 1, List.of(3.0, 0.75));

      assertThat(history.read(Span.HOUR, NOON + 2).columns())
          .containsExactly(List.of(2f), List.of(0.5f));
    }
  }

  @Test
  void itsFilesDoNotGrow() throws IOException {
    try (History history = open()) {
      for (int i = 0; i < 20_000; i++) {
        history.add(NOON + i * 60L, List.of(1.0, 1.0));
      }
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(3).allMatch(file -> file.toFile().length() < 8_000);
    }
  }

  @Test
  void aFileThatIsNotOneOfTheseFiguresIsBegunAnew() throws IOException {
    Files.writeString(folder.resolve("figures-1h"), "no history at all, and long enough to read");
    try (History history = open()) {
      assertThat(history.read(Span.HOUR, NOON).times()).isEmpty();
      history.add(NOON, List.of(1.0, 0.25));
    }
    try (History other = History.open(folder, "figures", List.of("clients", "memory"))) {
      assertThat(other.read(Span.HOUR, NOON).times()).isEmpty();
    }
  }

  @Test
  void aFileThatWasCutShortIsReadAsFarAsItGoes() throws IOException {
    try (History history = open()) {
      history.add(NOON, List.of(1.0, 0.25));
    }
    Path file = folder.resolve("figures-1h");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
    try (History history = open()) {
      assertThat(history.read(Span.HOUR, NOON).times()).isEmpty();
      assertThat(history.read(Span.DAY, NOON).times()).containsExactly(NOON);
    }
  }

  @Test
  void howLongSomethingWasUpIsToldInBars() throws IOException {
    try (Uptimes uptimes = new Uptimes(folder)) {
      uptimes.note(NOON, Map.of("plain", true, "tls", true));
      uptimes.note(NOON + 30, Map.of("plain", false, "tls", true));
      uptimes.note(NOON + 1800, Map.of("plain", false, "tls", true));

      assertThat(uptimes.state("plain")).contains(new Uptimes.State(false, NOON + 30));
      assertThat(uptimes.state("tls")).contains(new Uptimes.State(true, NOON));
      assertThat(uptimes.state("other")).isEmpty();
      assertThat(uptimes.bars("plain", 3, NOON + 1801))
          .containsExactly(
              new Uptimes.Bar(NOON - 1800, -1),
              new Uptimes.Bar(NOON, 0.5),
              new Uptimes.Bar(NOON + 1800, 0));
    }
    try (Uptimes uptimes = new Uptimes(folder)) {
      assertThat(uptimes.state("plain")).isEmpty();
      assertThat(uptimes.bars("tls", 2, NOON + 1801))
          .containsExactly(new Uptimes.Bar(NOON, 1), new Uptimes.Bar(NOON + 1800, 1));
    }
  }
}
