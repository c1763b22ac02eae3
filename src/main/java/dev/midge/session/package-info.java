/// One client's memory: what a server keeps for a client identifier while the client is connected
/// and, if so agreed, after (4.1). Subscriptions, messages on their way in both directions, the
/// will. Everything here belongs to the home loop of its session and is touched by no other thread.
/// Uses `packet` and `topic`.
@NullMarked
package dev.midge.session;

import org.jspecify.annotations.NullMarked;
