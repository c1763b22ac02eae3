package dev.midge.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midge.kit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// When timers fire.
class TimerWheelTest {
  private static final long START_MILLIS = 1_700_000_000_037L;

  private final class Alarm extends Timer {
    private final Consumer<Long> action;

    /// From when on, and until when, it must fire; unset when it must not.
    private boolean isSet;

    private long earliestMillis;
    private long latestMillis;

    Alarm(Consumer<Long> action) {
      super("alarm");
      this.action = action;
    }

    Alarm() {
      this(_ -> {});
    }

    void set(long dueMillis) {
      wheel.set(this, dueMillis);
      isSet = true;
      earliestMillis = dueMillis;
      latestMillis = Math.max(dueMillis, nowMillis) + TimerWheel.TICK_MILLIS;
    }

    @Override
    void fire(long nowMillis) {
      assertThat(isSet).as("set when it fires").isTrue();
      assertThat(nowMillis).isGreaterThanOrEqualTo(earliestMillis);
      isSet = false;
      fired.add(this);
      action.accept(nowMillis);
    }
  }

  private final List<Alarm> fired = new ArrayList<>();
  private final List<RuntimeException> failures = new ArrayList<>();
  private long nowMillis;
  private TimerWheel wheel = new TimerWheel(0);

  @BeforeEach
  void startTheClock() {
    nowMillis = START_MILLIS;
    wheel = new TimerWheel(nowMillis);
  }

  private void advance(long millis) {
    nowMillis += millis;
    wheel.advance(nowMillis, (_, failure) -> failures.add(failure));
  }

  @ParameterizedTest
  @MethodSource(Seeds.ALL)
  void aTimerFiresOnceNeverEarlyAndLessThanATickLate(long seed) {
    Random random = new Random(seed);
    List<Alarm> alarms = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      alarms.add(new Alarm());
    }
    for (int turn = 0; turn < 5_000; turn++) {
      Alarm alarm = alarms.get(random.nextInt(alarms.size()));
      if (random.nextInt(5) == 0) {
        wheel.cancel(alarm);
        alarm.isSet = false;
      } else {
        long inMillis =
            switch (random.nextInt(5)) {
              case 0 -> -random.nextInt(1_000);
              case 1 -> random.nextInt(100);
              case 2 -> random.nextInt(5_000);
              case 3 -> random.nextInt(300_000);
              default -> 102_400L * random.nextInt(4);
            };
        alarm.set(nowMillis + inMillis);
      }
      advance(random.nextInt(50) == 0 ? random.nextInt(500_000) : random.nextInt(150));
      assertThat(alarms)
          .as("turn %s of seed %s", turn, seed)
          .noneMatch(late -> late.isSet && late.latestMillis <= nowMillis);
    }
    advance(1_000_000);
    assertThat(alarms).noneMatch(late -> late.isSet);
    assertThat(failures).isEmpty();
  }

  @Test
  void aTimerThatIsSetAgainFiresAtItsNewTimeOnly() {
    Alarm alarm = new Alarm();
    alarm.set(nowMillis + 1_000);
    alarm.set(nowMillis + 3_000);
    advance(2_000);
    assertThat(fired).isEmpty();
    advance(1_100);
    assertThat(fired).containsExactly(alarm);
    advance(10_000);
    assertThat(fired).hasSize(1);
  }

  @Test
  void aCancelledTimerDoesNotFire() {
    Alarm alarm = new Alarm();
    alarm.set(nowMillis + 1_000);
    wheel.cancel(alarm);
    wheel.cancel(alarm);
    advance(5_000);
    assertThat(fired).isEmpty();
  }

  @Test
  void aTimerThatThrowsIsReportedAndTheOthersFire() {
    Alarm before = new Alarm();
    Alarm broken =
        new Alarm(_ -> {
          throw new IllegalStateException("broken");
        });
    Alarm after = new Alarm();
    before.set(nowMillis + 50);
    broken.set(nowMillis + 50);
    after.set(nowMillis + 50);
    advance(200);
    assertThat(fired).containsExactlyInAnyOrder(before, broken, after);
    assertThat(failures).singleElement().extracting(Throwable::getMessage).isEqualTo("broken");
  }

  @Test
  void aTimerMaySetItselfAgainAsItFires() {
    List<Alarm> self = new ArrayList<>();
    Alarm periodic = new Alarm(now -> self.getFirst().set(now + 1_000));
    self.add(periodic);
    periodic.set(nowMillis + 1_000);
    for (int i = 0; i < 50; i++) {
      advance(1_100);
    }
    assertThat(fired).hasSize(50);
  }

  @Test
  void aTimerThatIsSetToNowAsItFiresWaitsForTheNextTick() {
    List<Alarm> self = new ArrayList<>();
    Alarm eager = new Alarm(now -> self.getFirst().set(now));
    self.add(eager);
    eager.set(nowMillis);
    advance(100);
    assertThat(fired).hasSize(1);
    advance(100);
    assertThat(fired).hasSize(2);
  }

  @Test
  void aTimerMayCancelAnotherThatIsDueWithIt() {
    Alarm victim = new Alarm();
    Alarm killer = new Alarm(_ -> wheel.cancel(victim));
    killer.set(nowMillis + 50);
    victim.set(nowMillis + 50);
    advance(1_000);
    assertThat(fired).containsExactly(killer);
  }

  @Test
  void aTimerThatIsNeverDueNeverFires() {
    new Alarm().set(Long.MAX_VALUE);
    for (int i = 0; i < 3_000; i++) {
      advance(1_000);
    }
    assertThat(fired).isEmpty();
  }
}
