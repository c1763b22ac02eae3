/// A whole broker core in one thread: the real `broker` and all below it on loops, a clock, wires
/// and a session log that do what a seed says. One seed is one run, the same each time. Strict
/// clients talk to it, and an oracle that has heard every packet knows what must, may and must not
/// come of it.
@NullMarked
package dev.midge.sim;

import org.jspecify.annotations.NullMarked;
