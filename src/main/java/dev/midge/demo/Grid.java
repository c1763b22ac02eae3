package dev.midge.demo;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// Smart meters of two districts. Each says what it measures as JSON: power in watts, voltage, and
/// the energy that it has counted in kWh. What they take follows the time of day, with a peak in
/// the morning and one in the evening (UTC); about once an hour a district has no power for some
/// minutes, which is said as `outage`.
final class Grid {
  private static final List<String> DISTRICTS = List.of("north", "south");
  private static final int METERS = 6;
  private static final int STEPS_PER_HOUR = 720;

  private final RandomGenerator random;
  private final DemoTraffic.Voice voice;
  private final double[][] habits = new double[DISTRICTS.size()][METERS];
  private final double[][] energies = new double[DISTRICTS.size()][METERS];
  private final int[] darkSteps = new int[DISTRICTS.size()];

  Grid(RandomGenerator random, DemoTraffic.Voice voice) {
    this.random = random;
    this.voice = voice;
    for (int d = 0; d < habits.length; d++) {
      for (int m = 0; m < METERS; m++) {
        habits[d][m] = 300 + random.nextInt(900);
        energies[d][m] = random.nextInt(20_000);
      }
    }
  }

  void step(Instant now) {
    double demand = demand(now.atZone(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 3600.0);
    double sum = 0;
    for (int d = 0; d < habits.length; d++) {
      changeOutage(d);
      for (int m = 0; m < METERS; m++) {
        double watts =
            darkSteps[d] > 0 ? 0 : habits[d][m] * demand * (0.8 + 0.4 * random.nextDouble());
        double volts = darkSteps[d] > 0 ? 0 : 230 - watts / 1000 + random.nextGaussian() / 2;
        energies[d][m] += watts / 1000 / STEPS_PER_HOUR;
        sum += watts;
        voice.say(
            "grid/%s/meter-%d".formatted(DISTRICTS.get(d), m + 1),
            String.format(
                Locale.ROOT, "{\"w\":%.0f,\"v\":%.1f,\"kwh\":%.3f}", watts, volts, energies[d][m]));
      }
    }
    voice.say("grid/load", String.format(Locale.ROOT, "%.0f", sum));
  }

  private void changeOutage(int district) {
    if (darkSteps[district] > 0) {
      darkSteps[district]--;
    } else if (random.nextInt(STEPS_PER_HOUR) == 0) {
      darkSteps[district] = 12 + random.nextInt(48);
    }
    voice.say(
        "grid/" + DISTRICTS.get(district) + "/outage", Boolean.toString(darkSteps[district] > 0));
  }

  /// What part of its habit a household takes at this hour of the day.
  private static double demand(double hour) {
    return 0.35 + 0.5 * peak(hour, 7.5, 1.5) + 0.9 * peak(hour, 19.5, 2.5);
  }

  private static double peak(double hour, double at, double width) {
    double distance = (hour - at) / width;
    return Math.exp(-distance * distance);
  }
}
