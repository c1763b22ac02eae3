package dev.midge.web;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// What is left of the life of a certificate.
///
/// @param isOver whether that is nothing
/// @param days whole days
record LifeLeft(boolean isOver, long days) {
  static LifeLeft of(X509Certificate certificate, Instant now) {
    Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
    return new LifeLeft(left.isNegative(), left.toDays());
  }

  /// For people.
  String text() {
    return isOver ? "expired" : days == 1 ? "1 day" : days + " days";
  }
}
