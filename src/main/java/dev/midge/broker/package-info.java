/// The rules: what the specification asks of a server, one class per chapter, for the clients of
/// one event loop at a time. Pure: time, loops, wires, chance, storage and permission are ports
/// that are passed in, so that a whole broker runs in a test on a clock of its own. A client and
/// all that is remembered of it belong to the home loop of its identifier; loops hand messages to
/// each other in batches. Uses `packet`, `topic` and `session`.
@NullMarked
package dev.midge.broker;

import org.jspecify.annotations.NullMarked;
