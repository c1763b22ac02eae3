/// How much one address may ask for: rates and counts, each bounded in memory itself, whoever comes
/// and however often. Implements the broker's port [dev.midge.broker.Shares].
@NullMarked
package dev.midge.limit;

import org.jspecify.annotations.NullMarked;
