package dev.midge.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;

/// What an authority has said of a certificate of this server, signed, to be shown with it (OCSP
/// stapling, RFC 6066 section 8): that it is not revoked.
///
/// @param certificate what it is about
/// @param response the signed words, as clients take them
/// @param since when it was so
/// @param until when it may no longer be so
public record Staple(X509Certificate certificate, byte[] response, Instant since, Instant until) {}
