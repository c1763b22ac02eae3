package dev.midge.acme;

import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// When something is to be done about a certificate. Pure.
final class Schedule {
  /// Of validations that fail, Let's Encrypt allows five in an hour: these are four.
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(5);

  private static final Duration LONGEST_PAUSE = Duration.ofHours(12);
  private static final Duration ORDER_INTERVAL_MAX = Duration.ofHours(1);
  private static final int FRACTION_BITS = 32;

  private Schedule() {}

  /// The time in which an authority would like a certificate to be renewed. (RFC 9773)
  record Window(Instant start, Instant end) {}

  /// When a certificate is to be renewed: at a moment of the authority's choice or, without one,
  /// when a third of its life is left. Servers that got theirs at one time must not come back at
  /// one time, so that each certificate has a moment of its own, the same whenever it is asked for.
  ///
  /// @param window the choice of the authority, or null
  static Instant due(X509Certificate certificate, @Nullable Window window) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration life = life(certificate);
    double fraction = fraction(certificate.getSerialNumber());
    if (window != null && window.start().isBefore(window.end())) {
      Instant chosen =
          window.start().plus(part(Duration.between(window.start(), window.end()), fraction));
      Instant latest = end.minus(life.dividedBy(10));
      return chosen.isBefore(latest) ? chosen : latest;
    }
    return end.minus(life.dividedBy(3)).minus(part(life.dividedBy(30), fraction));
  }

  /// How long to wait after an order, whatever comes of it: an authority whose certificates are due
  /// at once must not be asked without end.
  static Duration orderInterval(X509Certificate certificate) {
    Duration tenth = life(certificate).dividedBy(10);
    return tenth.compareTo(ORDER_INTERVAL_MAX) < 0 ? tenth : ORDER_INTERVAL_MAX;
  }

  /// How long to wait after a failure: twice as long each time, and up to half as long again.
  ///
  /// @param failures how many there were in a row, 1 or more
  /// @param chance 0 to 1
  static Duration pause(int failures, double chance) {
    Duration pause = FIRST_PAUSE;
    for (int i = 1; i < failures && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    return pause.plus(part(pause.dividedBy(2), chance));
  }

  private static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /// A number from 0 to 1 that is as random as the serial number, and stays.
  private static double fraction(BigInteger serialNumber) {
    long bits = (serialNumber.longValue() * 0x9e3779b97f4a7c15L) >>> FRACTION_BITS;
    return (double) bits / (1L << FRACTION_BITS);
  }

  private static Duration part(Duration whole, double fraction) {
    return Duration.ofMillis((long) (whole.toMillis() * fraction));
  }
}
