/// What happened, for people: the log of connections, and metrics. Reads what the broker counts and
/// implements its [dev.midge.broker.Journal]; decides nothing.
@NullMarked
package dev.midge.observe;

import org.jspecify.annotations.NullMarked;
