package dev.midge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is counted as one, and how much one has.
class LimitTest {

  @ParameterizedTest
  @CsvSource({
    "203.0.113.9, 203.0.113.9, true",
    "203.0.113.9, 203.0.113.8, false",
    "::ffff:203.0.113.9, 203.0.113.9, true",
    "2001:db8:0:1::1, 2001:db8:0:1:ffff:ffff:ffff:ffff, true",
    "2001:db8:0:1::1, 2001:db8:0:2::1, false"
  })
  void anAddressOfIpv4IsOneSourceAnd64BitsOfIpv6Are(String one, String other, boolean areSame)
      throws UnknownHostException {
    assertThat(source(one).equals(source(other))).isEqualTo(areSame);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fe80::1", "fd00::1"})
  void thisMachineAndPrivateNetworksAreLocal(String address) throws UnknownHostException {
    assertThat(source(address).isLocal()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.9", "172.32.0.1", "2001:db8::1", "::ffff:203.0.113.9"})
  void allOthersAreNot(String address) throws UnknownHostException {
    assertThat(source(address).isLocal()).isFalse();
  }

  @Test
  void eachSourceHasItsOwnCountAndWhatIsLeftIsFree() throws UnknownHostException {
    Counts counts = new Counts(2);
    Source one = source("203.0.113.1");

    assertThat(counts.enter(one)).isTrue();
    assertThat(counts.enter(one)).isTrue();
    assertThat(counts.enter(one)).isFalse();
    assertThat(counts.enter(source("203.0.113.2"))).isTrue();
    counts.leave(one);
    assertThat(counts.enter(one)).isTrue();
    assertThat(counts.enter(one)).isFalse();
  }

  @Test
  void aSourceThatHasHadEnoughIsToldHowLongToWait() throws UnknownHostException {
    Rates rates = new Rates(3, Duration.ofHours(1));
    Source one = source("203.0.113.1");
    for (int i = 0; i < 3; i++) {
      assertThat(rates.take(one)).isZero();
    }

    assertThat(rates.take(one)).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(20));
  }

  /// Whoever has many addresses does not get more by making the others forgotten.
  @Test
  void nobodyIsForgottenForManyOthers() throws UnknownHostException {
    Rates rates = new Rates(1, Duration.ofHours(1));
    Source one = source("203.0.113.1");
    assertThat(rates.take(one)).isZero();
    for (long i = 0; i < 100_000; i++) {
      rates.take(new Source(i << 16, Long.SIZE, false));
    }

    assertThat(rates.take(one)).isPositive();
  }

  private static Source source(String address) throws UnknownHostException {
    return Source.of(InetAddress.getByName(address));
  }
}
