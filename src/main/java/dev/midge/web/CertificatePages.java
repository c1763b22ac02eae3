package dev.midge.web;

import dev.midge.certs.Certificates;
import dev.midge.certs.Overlap;
import dev.midge.certs.RenewalNews;
import dev.midge.certs.RootForms;
import dev.midge.listener.Site.Answer;
import dev.midge.listener.Site.Request;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is said about certificates, to people.
final class CertificatePages {
  private final Certificates certificates;
  private final String authority;
  private final RenewalNews news;
  private final Pages pages;

  /// @param authority the name of the authority for clients
  CertificatePages(Certificates certificates, String authority, RenewalNews news, Pages pages) {
    this.certificates = certificates;
    this.authority = authority;
    this.news = news;
    this.pages = pages;
  }

  /// The certificate to trust, and how it stands with all others.
  Answer all(Request request) {
    RootForms root = new RootForms(certificates.root(authority).certificate());
    Instant now = Instant.now();
    List<CertificateView> views =
        certificates.inUse().stream().map(inUse -> CertificateView.of(inUse, news, now)).toList();
    Optional<Overlap> overlap = certificates.overlap(authority);
    return page(
        request,
        "certificates",
        Map.of(
            "fingerprint", root.fingerprint(),
            "password", RootForms.PASSWORD,
            "isOverlap", overlap.isPresent(),
            "until", overlap.map(Overlap::until).map(CertificateView::day).orElse(""),
            "formerFingerprint",
                overlap.map(former -> new RootForms(former.former()).fingerprint()).orElse(""),
            "certificates", views));
  }

  /// How to get a certificate for a client.
  Answer forClients(Request request) {
    return page(request, "client-certificates", Map.of());
  }

  private Answer page(Request request, String template, Map<String, ?> data) {
    return pages.withHost(
        request,
        host -> {
          Map<String, Object> all = new HashMap<>(data);
          all.put("host", host);
          return pages.page(200, template, all);
        });
  }
}
