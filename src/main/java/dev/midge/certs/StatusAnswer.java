package dev.midge.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;

/// What an authority has said of a certificate of this server, signed (OCSP, RFC 6960). That it is
/// good is shown with it (stapling, RFC 6066 section 8).
///
/// @param certificate what it is about
/// @param isRevoked whether it is not good any more
/// @param response the signed words, as clients take them
/// @param since when it was so
/// @param until when it may no longer be so
public record StatusAnswer(
    X509Certificate certificate,
    boolean isRevoked,
    byte[] response,
    Instant since,
    Instant until) {}
