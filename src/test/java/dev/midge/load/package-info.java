/// Whether the load generator counts rightly, and whether every scenario works.
@NullMarked
package dev.midge.load;

import org.jspecify.annotations.NullMarked;
