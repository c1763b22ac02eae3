package dev.midge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What a flood from many addresses does to a table of rates, and what it does not.
class RateTableTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Rate RATE = Rate.perSecond(5, 50);

  private final RateTable table = new RateTable(RATE, 16, new SplittableRandom(1));

  @Test
  void aSourceMayBeAheadByItsBurstAndThenEarnsItsRate() {
    Source one = address(1);

    assertThat(taken(one, 100, 0)).isEqualTo(50);
    assertThat(table.left(one, SECOND)).isEqualTo(5);
    assertThat(taken(one, 100, SECOND)).isEqualTo(5);
    assertThat(table.take(one, SECOND)).isEqualTo(SECOND / 5);
    assertThat(taken(one, 100, 3600 * SECOND)).isEqualTo(50);
  }

  @Test
  void whatIsSpentInAdvanceIsWaitedFor() {
    Source one = address(1);
    table.spend(one, 60, 0);

    assertThat(table.left(one, 0)).isEqualTo(-10);
    assertThat(table.take(one, SECOND)).isPositive();
    assertThat(table.waitNanos(one, 0)).isEqualTo(11 * SECOND / 5);
    assertThat(table.take(one, 11 * SECOND / 5)).isZero();
  }

  @Test
  void aNetworkOfIpv6HasTheRateOfSixteenSources() {
    Source one = new Source(0x20010db8_00010002L, Long.SIZE, false);

    assertThat(taken(one.network(), 10_000, 0)).isEqualTo(16 * 50);
    assertThat(table.left(one.network(), SECOND)).isEqualTo(16 * 5);
  }

  /// Ten thousand addresses that are over their rate do not get a fresh one by being many, and of a
  /// thousand others that behave next to no one is refused.
  @Test
  void aFloodFromManyAddressesGetsItsRateAndTakesNobodyElses() {
    int flooders = 10_000;
    int others = 1_000;
    long flooded = 0;
    long refused = 0;
    for (int second = 0; second < 20; second++) {
      for (int i = 0; i < flooders; i++) {
        flooded += taken(address(i), 20, second * SECOND);
      }
      for (int i = 0; i < others; i++) {
        refused += 1 - taken(address(1_000_000 + i), 1, second * SECOND);
      }
    }

    assertThat(flooded).isLessThanOrEqualTo(flooders * (50L + 20 * 5));
    assertThat(refused).isLessThan(20 * others / 200);
  }

  /// A million addresses, each for the first and only time: they leave what the others have.
  @Test
  void newcomersDoNotMakeAnybodyForgotten() {
    Source one = address(1);
    taken(one, 50, 0);
    for (int i = 0; i < 100_000; i++) {
      taken(address(5_000_000 + i), 1, 0);
    }

    assertThat(table.take(one, 0)).isPositive();
  }

  private long taken(Source source, int attempts, long nowNanos) {
    long taken = 0;
    for (int i = 0; i < attempts; i++) {
      taken += table.take(source, nowNanos) == 0 ? 1 : 0;
    }
    return taken;
  }

  private static Source address(int number) {
    return new Source(number, Integer.SIZE, false);
  }
}
