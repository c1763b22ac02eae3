package dev.midge.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole brokers, one for each seed. `-Dmidge.sim.seed=N` runs one seed, `-Dmidge.sim.runs=N` runs
/// so many fresh ones, `-Dmidge.sim.steps=N` sets how long each is, `-Dmidge.sim.trace=N` how many
/// of the last events are told of one that fails.
class SimulationTest {
  private static final int STEPS = Integer.getInteger("midge.sim.steps", 4000);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void brokerDoesWhatItMust(long seed) {
    assertThat(new Simulation(seed, STEPS).run()).isNotZero();
  }

  @Test
  void brokerDoesWhatItMustForFreshSeeds() {
    Long given = Long.getLong("midge.sim.seed");
    long first = given == null ? new SplittableRandom().nextLong(1L << 40) : given;
    int runs = given == null ? Integer.getInteger("midge.sim.runs", 1) : 1;
    System.out.println("simulation: -Dmidge.sim.seed=" + first + ", runs: " + runs);
    for (int i = 0; i < runs; i++) {
      assertThat(new Simulation(first + i, STEPS).run()).isNotZero();
    }
  }

  @Test
  void oneSeedIsOneRun() {
    assertThat(new Simulation(7, STEPS).run()).isEqualTo(new Simulation(7, STEPS).run());
  }
}
