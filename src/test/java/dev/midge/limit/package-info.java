/// Limits of addresses.
@NullMarked
package dev.midge.limit;

import org.jspecify.annotations.NullMarked;
