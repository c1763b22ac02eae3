/// How much one address may ask for: rates and counts, each bounded in memory itself, whoever comes
/// and however often. Uses no other room.
@NullMarked
package dev.midge.limit;

import org.jspecify.annotations.NullMarked;
