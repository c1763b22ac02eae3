package dev.midge.certs;

import java.security.cert.X509Certificate;
import java.time.Instant;

/// The time in which a root has taken the place of another, and clients of either are served.
///
/// @param former the certificate of that other
/// @param until when clients must have the new one
public record Overlap(X509Certificate former, Instant until) {}
