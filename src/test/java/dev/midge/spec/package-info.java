/// The specification, chapter by chapter, as a client sees it over a socket.
@NullMarked
package dev.midge.spec;

import org.jspecify.annotations.NullMarked;
