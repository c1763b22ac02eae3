package dev.midge.web;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// What is left of the life of a certificate.
///
/// @param isValid whether it lives at all
/// @param text how long, for people
record LifeLeft(boolean isValid, String text) {
  static LifeLeft of(X509Certificate certificate, Instant now) {
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return new LifeLeft(false, "not yet valid");
    }
    Duration left = Duration.between(now, certificate.getNotAfter().toInstant());
    return left.isNegative()
        ? new LifeLeft(false, "expired")
        : new LifeLeft(true, left.toDays() == 1 ? "1 day" : left.toDays() + " days");
  }
}
