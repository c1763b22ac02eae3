/// Who wants what: the subscriptions of all clients and the retained messages of all topics, each
/// as a tree of topic levels. The only state that all event loops share: written under a lock, read
/// without one. Uses `packet` only.
@NullMarked
package dev.midge.topic;

import org.jspecify.annotations.NullMarked;
