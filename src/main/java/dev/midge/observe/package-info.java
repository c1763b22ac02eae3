/// What happened, for people: the log of connections and, in time, metrics and `$SYS`. Reads what
/// the broker counts and implements its [dev.midge.broker.Journal]; decides nothing.
@NullMarked
package dev.midge.observe;

import org.jspecify.annotations.NullMarked;
