/// TLS from the outside: what clients meet at every listener, and what becomes of connections.
@NullMarked
package dev.midge.tls;

import org.jspecify.annotations.NullMarked;
