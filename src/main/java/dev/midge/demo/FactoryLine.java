package dev.midge.demo;

import java.util.Locale;
import java.util.random.RandomGenerator;

/// A machine that wears out: it gets hotter and shakes more, in about half an hour it fails, and a
/// minute later it is mended. Says its temperature in °C, its pressure in bar, its vibration in
/// mm/s, and its state.
final class FactoryLine {
  private static final double WEAR_PER_STEP = 1.0 / 900;
  private static final double WORN = 0.7;
  private static final int STEPS_TO_MEND = 30;

  private final RandomGenerator random;
  private final DemoTraffic.Voice voice;
  private double temperature = 22;
  private double wear;
  private int mending;

  FactoryLine(RandomGenerator random, DemoTraffic.Voice voice) {
    this.random = random;
    this.voice = voice;
  }

  void step() {
    if (mending > 0) {
      mending--;
      wear = 0;
    } else {
      wear += WEAR_PER_STEP * (0.5 + random.nextDouble());
      if (wear >= 1) {
        mending = STEPS_TO_MEND;
      }
    }
    boolean runs = mending == 0;
    double warmth = runs ? 58 + 35 * wear * wear : 22;
    temperature += (warmth - temperature) / 20;
    say("temperature", temperature + random.nextGaussian() / 5);
    say("pressure", runs ? 6.2 - 0.8 * wear + random.nextGaussian() / 20 : 0);
    say("vibration", runs ? (1.1 + 7 * wear * wear * wear) * (0.9 + random.nextDouble() / 5) : 0);
    voice.say("factory/line1/state", !runs ? "failed" : wear > WORN ? "worn" : "running");
  }

  private void say(String what, double value) {
    voice.say("factory/line1/" + what, String.format(Locale.ROOT, "%.2f", value));
  }
}
