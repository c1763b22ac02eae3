package dev.midge.acme;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How things stand with the certificate of a public authority.
///
/// @param directory the authority
/// @param domains the names that it is asked for
/// @param notAfter when the certificate ends that there is, or null while there is none
/// @param next when the next order is due
/// @param failures how many attempts have failed since the last one that did not
/// @param lastFailure why the last of them failed, or an empty string
public record AcmeStatus(
    URI directory,
    List<String> domains,
    @Nullable Instant notAfter,
    Instant next,
    int failures,
    String lastFailure) {}
