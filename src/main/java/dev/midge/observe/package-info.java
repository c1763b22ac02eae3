/// What happened: counters and logs of the broker, for people. Changes nothing that it watches.
@NullMarked
package dev.midge.observe;

import org.jspecify.annotations.NullMarked;
