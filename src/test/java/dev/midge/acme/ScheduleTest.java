package dev.midge.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.acme.Schedule.Window;
import dev.midge.certs.Certificates;
import dev.midge.certs.Recipe;
import dev.midge.certs.RecipeFiles;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When certificates are renewed, and how long to wait after failures.
class ScheduleTest {
  private static final int LIFE_DAYS = 91;

  @TempDir private Path folder;

  @Test
  void theRuleIsAThirdOfTheLifeAndALittleMoreForEachItsOwn() {
    Set<Instant> moments = new HashSet<>();
    Map<String, Recipe> recipes = RecipeFiles.load(Path.of("certs"));
    for (int i = 0; i < 10; i++) {
      X509Certificate certificate = certificate(folder.resolve("" + i), recipes);
      Instant end = certificate.getNotAfter().toInstant();
      Instant due = Schedule.due(certificate, null);

      assertThat(Schedule.due(certificate, null)).isEqualTo(due);
      assertThat(due)
          .isBetween(
              end.minus(Duration.ofDays(LIFE_DAYS).multipliedBy(11).dividedBy(30)),
              end.minus(Duration.ofDays(LIFE_DAYS).dividedBy(3)));
      moments.add(due);
    }
    assertThat(moments).hasSize(10);
  }

  @Test
  void theWindowOfTheAuthorityIsBetterThanTheRuleUnlessItIsTooLate() {
    X509Certificate certificate = certificate(folder, RecipeFiles.load(Path.of("certs")));
    Instant end = certificate.getNotAfter().toInstant();
    Instant now = Instant.now();

    assertThat(Schedule.due(certificate, new Window(now, now.plusSeconds(60))))
        .isBetween(now, now.plusSeconds(60));
    assertThat(Schedule.due(certificate, new Window(end, end.plusSeconds(60)))).isBefore(end);
    assertThat(Schedule.due(certificate, new Window(now, now)))
        .isEqualTo(Schedule.due(certificate, null));
  }

  @Test
  void pausesGrowUpToHalfADayAndChanceMakesThemLonger() {
    assertThat(Schedule.pause(1, 0)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Schedule.pause(2, 0)).isEqualTo(Duration.ofMinutes(10));
    assertThat(Schedule.pause(4, 0.5)).isEqualTo(Duration.ofMinutes(50));
    assertThat(Schedule.pause(1_000_000, 0)).isEqualTo(Duration.ofHours(12));
    assertThat(Schedule.pause(1_000_000, 1)).isEqualTo(Duration.ofHours(18));
  }

  private static X509Certificate certificate(Path folder, Map<String, Recipe> recipes) {
    return new Certificates(folder, recipes, "").credential("localhost").certificate();
  }
}
