/// Certificates by ACME, ordered of a real server for it (Pebble) and of one that misbehaves.
@NullMarked
package dev.midge.acme;

import org.jspecify.annotations.NullMarked;
