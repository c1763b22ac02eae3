/// What the certificates of a server are, and how long.
@NullMarked
package dev.midge.certs;

import org.jspecify.annotations.NullMarked;
