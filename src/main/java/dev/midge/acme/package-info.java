/// Certificates of public authorities by ACME (RFC 8555, RFC 9773): an account, orders, the proof
/// that a domain is ours, and the moments at which all that happens. Waits for other machines, so
/// that it has a virtual thread of its own and no event loop ever comes here. Uses `certs` for keys
/// and certificates, `config` to say what is wrong with its settings.
@NullMarked
package dev.midge.acme;

import org.jspecify.annotations.NullMarked;
