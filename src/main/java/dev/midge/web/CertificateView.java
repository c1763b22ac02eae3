package dev.midge.web;

import dev.midge.certs.Certificates.InUse;
import dev.midge.certs.Fault;
import dev.midge.certs.Kind;
import dev.midge.certs.RenewalNews;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// A certificate of this server as a visitor sees it.
///
/// @param name the name of its recipe
/// @param kind what it is for
/// @param issuer who signed it
/// @param end its last day
/// @param life what is left of its life
/// @param isMeant whether it is as bad as it is on purpose
/// @param news how it stands with its renewal
record CertificateView(
    String name,
    String kind,
    String issuer,
    String end,
    LifeLeft life,
    boolean isMeant,
    String news) {

  static CertificateView of(InUse inUse, RenewalNews news, Instant now) {
    Instant end = inUse.certificate().getNotAfter().toInstant();
    return new CertificateView(
        inUse.name(),
        kind(inUse.kind()),
        inUse
            .certificate()
            .getIssuerX500Principal()
            .getName()
            .replaceFirst("^CN=([^,+]+)(,.*)?$", "$1"),
        day(end),
        LifeLeft.of(inUse.certificate(), now),
        inUse.fault() != Fault.NONE,
        news.about(inUse.name()).orElseGet(() -> own(inUse)));
  }

  private static String kind(Kind kind) {
    return switch (kind) {
      case ROOT -> "root";
      case INTERMEDIATE -> "intermediate";
      case SERVER, CLIENT -> "server";
    };
  }

  private static String own(InUse inUse) {
    if (inUse.due().isEmpty()) {
      return inUse.kind() == Kind.ROOT ? "kept for as long as it lives" : "stays as it is";
    }
    return "renews itself on " + day(inUse.due().get());
  }

  /// The day of a time.
  static String day(Instant when) {
    return LocalDate.ofInstant(when, ZoneOffset.UTC).toString();
  }
}
