/// What outlives a server.
@NullMarked
package dev.midge.store;

import org.jspecify.annotations.NullMarked;
